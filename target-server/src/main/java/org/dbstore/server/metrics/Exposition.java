package org.dbstore.server.metrics;

import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.StoreStatistics;
import org.dbstore.backend.VolumeInfo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts what was counted into the shape that Prometheus reads, at each scrape anew. */
final class Exposition {
    private static final long EXTENT_BYTES = 1 << 20;

    private final Metrics metrics;

    Exposition(Metrics metrics) {
        this.metrics = metrics;
    }

    String text() {
        Families families = new Families();
        units(families);
        sessions(families);
        metrics.initiators()
                .forEach((name, tally) ->
                        commands(
                                families,
                                "initiator",
                                Families.Names.of("initiator", name),
                                tally));
        metrics.devices().forEach(device -> device(families, device));
        metrics.missingDevices().forEach(name -> failed(families, name, true));
        families.gauge(
                "dbs_luns_missing",
                "LUNs that are configured and cannot be served",
                Families.Names.NONE,
                metrics.missingLuns());
        return families.text();
    }

    private void units(Families families) {
        Map<String, List<Tally>> byDevice = new TreeMap<>();
        for (UnitMeter unit : metrics.units()) {
            Tally total = unit.total();
            UnitMeter.Labels labels = unit.labels();
            byDevice.computeIfAbsent(labels.device(), name -> new ArrayList<>()).add(total);
            var names =
                    Families.Names.of(
                            "target",
                            labels.target(),
                            "lun",
                            Integer.toString(labels.lun()),
                            "device",
                            labels.device(),
                            "volume",
                            labels.volume(),
                            "snapshot",
                            labels.snapshot());
            commands(families, "lun", names, total);
            latency(families, "lun", names, total);
            for (Stage stage : Stage.values()) {
                long[] classes = total.classes(stage);
                families.summary(
                        "dbs_lun_stage_seconds",
                        "Time of commands in each stage",
                        names.with("stage", stage.label()),
                        sum(classes),
                        total.nanos(stage));
            }
        }
        byDevice.forEach((device, tallies) -> {
            Tally total = Tally.sum(true, tallies);
            var names = Families.Names.of("device", device);
            commands(families, "device", names, total);
            latency(families, "device", names, total);
            for (Stage stage : Stage.values()) {
                families.histogram(
                        "dbs_device_stage_seconds",
                        "Time of commands in each stage",
                        names.with("stage", stage.label()),
                        total.classes(stage),
                        total.nanos(stage));
            }
        });
    }

    private void sessions(Families families) {
        for (SessionMeter session : metrics.sessions()) {
            SessionMeter.Labels labels = session.labels();
            var names =
                    Families.Names.of(
                            "session",
                            Integer.toString(labels.handle()),
                            "initiator",
                            labels.initiator(),
                            "target",
                            labels.target(),
                            "address",
                            labels.peer().getAddress().getHostAddress());
            commands(families, "session", names, session.total());
            latency(families, "session", names, session.total());
        }
        families.gauge(
                "dbs_sessions", "Sessions open", Families.Names.NONE, metrics.sessions().size());
    }

    private static void commands(Families families, String of, Families.Names names, Tally tally) {
        for (Kind kind : Kind.values()) {
            Families.Names labels = names.with("kind", kind.label());
            families.counter(
                    "dbs_" + of + "_commands", "Commands answered", labels, tally.commands(kind));
            if (kind != Kind.OTHER) {
                families.counter(
                        "dbs_" + of + "_bytes", "Bytes of data moved", labels, tally.bytes(kind));
            }
        }
        for (Failure failure : Failure.values()) {
            long count = tally.failures(failure);
            if (count > 0) {
                families.counter(
                        "dbs_" + of + "_failures",
                        "Commands that ended otherwise than GOOD, by sense key or status",
                        names.with("failure", failure.label()),
                        count);
            }
        }
    }

    private static void latency(Families families, String of, Families.Names names, Tally tally) {
        for (Kind kind : Kind.values()) {
            long[] classes = tally.classes(kind);
            if (sum(classes) > 0) {
                families.histogram(
                        "dbs_" + of + "_latency_seconds",
                        "From the command to the last byte of its answer",
                        names.with("kind", kind.label()),
                        classes,
                        tally.nanos(kind));
            }
        }
    }

    private static void failed(Families families, String device, boolean failed) {
        families.gauge(
                "dbs_device_failed",
                "1 if nothing is written to the device any more, or it could not be opened",
                Families.Names.of("device", device),
                failed ? 1 : 0);
    }

    private static void device(Families families, DeviceFigures device) {
        var names = Families.Names.of("device", device.name());
        DeviceInfo info = device.info();
        StoreStatistics counted = device.statistics();
        failed(families, device.name(), device.failed());
        families.gauge(
                "dbs_device_size_bytes",
                "Space for data and metadata",
                names,
                info.totalExtents() * EXTENT_BYTES);
        families.gauge(
                "dbs_device_used_bytes", "Space in use", names, info.usedExtents() * EXTENT_BYTES);
        families.gauge("dbs_device_volumes", "Volumes", names, info.volumeCount());
        families.gauge(
                "dbs_device_snapshots",
                "Snapshots, the writable layers not counted",
                names,
                device.volumes().stream().mapToInt(volume -> volume.snapshotCount() - 1).sum());
        families.summary(
                "dbs_device_commit_seconds",
                "Commits: all that waits becomes durable",
                names,
                counted.commits(),
                counted.commitNanos());
        families.counter(
                "dbs_device_commit_waiters",
                "Who waited for commits",
                names,
                counted.commitWaiters());
        families.summary(
                "dbs_device_force_seconds",
                "Flushes of the medium below",
                names,
                counted.forces(),
                counted.forceNanos());
        families.counter(
                "dbs_device_journal_bytes",
                "Written to the journal",
                names,
                counted.journalBytes());
        families.gauge(
                "dbs_device_journal_used_ratio",
                "Of the half of the journal that is being written",
                names,
                counted.journalUse());
        families.counter(
                "dbs_device_copied_bytes",
                "Copied because a snapshot keeps what was there, or by maintenance",
                names,
                counted.copiedBytes());
        families.gauge(
                "dbs_device_recovery_seconds",
                "How long the last opening took, recovery included",
                names,
                counted.openingNanos() / 1e9);
        for (VolumeInfo volume : device.volumes()) {
            Families.Names labels = names.with("volume", volume.name());
            families.gauge("dbs_volume_size_bytes", "Size of volumes", labels, volume.sizeBytes());
            families.gauge(
                    "dbs_volume_mapped_bytes",
                    "What reads other than zeros for lack of a block",
                    labels,
                    volume.mappedBytes());
            families.gauge(
                    "dbs_volume_snapshots",
                    "Snapshots, the writable layer not counted",
                    labels,
                    volume.snapshotCount() - 1);
        }
    }

    private static long sum(long[] classes) {
        long sum = 0;
        for (long count : classes) {
            sum += count;
        }
        return sum;
    }
}
