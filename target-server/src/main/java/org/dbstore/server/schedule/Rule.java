package org.dbstore.server.schedule;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Store;
import org.dbstore.config.ScheduleConfig;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A rule at work. Of the due times that went by unseen the last one is made up for, if it was the
 * rule's already; the others are counted. One thread calls {@link #tick}.
 */
final class Rule {
    private static final Logger LOG = LogManager.getLogger(Rule.class);

    /** What may be wrong with one volume of a group, and not with the others. */
    private static final Set<BackendError> OF_ONE_VOLUME =
            EnumSet.of(
                    BackendError.NOT_FOUND,
                    BackendError.ALREADY_EXISTS,
                    BackendError.BUSY,
                    BackendError.CORRUPT,
                    BackendError.INVALID);

    private final ScheduleConfig config;
    private final OpenDevices devices;
    private final Timetable timetable;
    private final Selection selection;
    private final Retention retention;

    /**
     * The last due time of which nothing is to come any more; null = to be found on the devices.
     */
    private @Nullable Instant handled;

    private volatile boolean retired;
    private volatile RuleState state;

    /**
     * A rule that begins.
     *
     * @param devices where its volumes are
     * @param since due times up to here are none of its; empty: those after its newest snapshot
     */
    Rule(ScheduleConfig config, OpenDevices devices, Optional<Instant> since) {
        this.config = config;
        this.devices = devices;
        this.timetable = Timetable.of(config);
        this.selection = new Selection(config);
        this.retention = new Retention(config, devices, selection);
        this.handled = since.map(timetable::latest).orElse(null);
        this.state =
                new RuleState(config, Optional.empty(), Instant.MAX, List.of(), 0, 0, List.of());
    }

    ScheduleConfig config() {
        return config;
    }

    /** Makes a run that is under way end soon, and no other begin. */
    void retire() {
        retired = true;
    }

    RuleState state(Instant now) {
        RuleState last = state;
        return new RuleState(
                last.rule(),
                last.lastRun(),
                timetable.next(now),
                last.lastErrors(),
                last.missedRuns(),
                last.kept(),
                last.undeletable());
    }

    /** Runs if it is due. */
    void tick(Instant now) {
        Instant due = timetable.latest(now);
        Instant done = handled == null ? newest(now).map(timetable::latest).orElse(due) : handled;
        handled = done;
        long runs = timetable.periods(done, due);
        if (runs < -1) {
            LOG.warn("schedule {}: the clock went back; it goes on from {}", config.name(), now);
            handled = due;
        }
        if (runs < 1 || retired) {
            return;
        }
        handled = due;
        if (runs > 1) {
            LOG.warn(
                    "schedule {}: {} runs since {} were missed; the last one is made up for",
                    config.name(),
                    runs,
                    done);
        }
        run(now, runs - 1);
    }

    /** When the newest snapshot of the rule was taken, of those that the clock can have seen. */
    private Optional<Instant> newest(Instant now) {
        Instant newest = null;
        for (String device : selection.devices()) {
            try {
                List<SnapshotInfo> all = devices.with(device, store -> own(device, store));
                for (SnapshotInfo snapshot : all) {
                    Instant time = Marks.time(snapshot);
                    if (!time.isAfter(now) && (newest == null || time.isAfter(newest))) {
                        newest = time;
                    }
                }
            } catch (BackendException e) {
                LOG.warn("schedule {}: {}", config.name(), e.getMessage());
            }
        }
        return Optional.ofNullable(newest);
    }

    private List<SnapshotInfo> own(String device, Store store) throws BackendException {
        List<SnapshotInfo> own = new ArrayList<>();
        for (String volume : selection.volumes(device, store)) {
            store.snapshots(volume).stream()
                    .filter(snapshot -> Marks.isOf(config.name(), snapshot))
                    .forEach(own::add);
        }
        return own;
    }

    private void run(Instant now, long missed) {
        List<String> errors = new ArrayList<>();
        for (String device : selection.devices()) {
            if (retired) {
                return;
            }
            try {
                errors.addAll(devices.with(device, store -> take(device, store, now)));
            } catch (BackendException e) {
                errors.add("device " + device + ": " + e.getMessage());
            }
        }
        errors.forEach(error -> LOG.error("schedule {}: {}", config.name(), error));
        Retention.Result left = retention.run(now, () -> retired);
        state =
                new RuleState(
                        config,
                        Optional.of(now),
                        Instant.MAX,
                        errors,
                        state.missedRuns() + missed,
                        left.kept(),
                        left.undeletable());
    }

    /** Takes the snapshots of a device; returns what went wrong. */
    private List<String> take(String device, Store store, Instant now) throws BackendException {
        List<SnapshotRequest> requests = new ArrayList<>();
        for (String volume : selection.volumes(device, store)) {
            requests.add(request(volume, store, now));
        }
        if (requests.isEmpty()) {
            return List.of("device " + device + " has none of its volumes");
        }
        try {
            take(device, store, requests);
            return List.of();
        } catch (BackendException e) {
            if (requests.size() == 1 || !OF_ONE_VOLUME.contains(e.error())) {
                throw e;
            }
            return takeOneByOne(device, store, requests, e);
        }
    }

    /** One volume that cannot be frozen must not cost the others their snapshots. */
    private List<String> takeOneByOne(
            String device, Store store, List<SnapshotRequest> requests, BackendException reason) {
        List<String> errors = new ArrayList<>();
        errors.add(
                "device "
                        + device
                        + ": the volumes were not frozen at one instant, but one after the other: "
                        + reason.getMessage());
        for (SnapshotRequest request : requests) {
            try {
                take(device, store, List.of(request));
            } catch (BackendException e) {
                errors.add("volume " + device + "/" + request.volume() + ": " + e.getMessage());
            }
        }
        return errors;
    }

    private void take(String device, Store store, List<SnapshotRequest> requests)
            throws BackendException {
        store.createSnapshots(requests);
        for (SnapshotRequest request : requests) {
            LOG.info(
                    "schedule {}: snapshot {} of {}/{}",
                    config.name(),
                    request.name().orElseThrow(),
                    device,
                    request.volume());
        }
    }

    private SnapshotRequest request(String volume, Store store, Instant now)
            throws BackendException {
        Set<String> taken =
                store.snapshots(volume).stream()
                        .flatMap(snapshot -> snapshot.name().stream())
                        .collect(Collectors.toSet());
        return new SnapshotRequest(
                volume,
                Optional.of(Marks.name(config.prefix(), now, taken)),
                Marks.labels(config.name(), now));
    }
}
