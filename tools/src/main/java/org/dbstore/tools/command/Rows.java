package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.count;
import static org.dbstore.tools.output.Column.detail;
import static org.dbstore.tools.output.Column.flag;
import static org.dbstore.tools.output.Column.labels;
import static org.dbstore.tools.output.Column.size;
import static org.dbstore.tools.output.Column.text;
import static org.dbstore.tools.output.Column.texts;
import static org.dbstore.tools.output.Column.time;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.DeviceInfo;
import org.dbstore.backend.Finding;
import org.dbstore.backend.Severity;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.tools.output.Column;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** What is shown of devices, volumes and snapshots. The field names are promised to programs. */
final class Rows {
    /** Unit of allocation of the layout. */
    private static final long EXTENT_BYTES = 1 << 20;

    /** A device with what is wrong with it. */
    record Device(DeviceInfo info, List<Finding> findings) {}

    /** A snapshot with the volume it belongs to. */
    record Snapshot(String volume, SnapshotInfo info) {
        String name() {
            return volume + "@" + info.name().orElse(Integer.toString(info.id()));
        }
    }

    static final List<Column<Device>> DEVICE =
            List.of(
                    text("path", "PATH", device -> device.info.path().toString()),
                    text("version", "LAYOUT", device -> device.info.version()),
                    text("deviceId", "ID", device -> device.info.deviceId().toString()),
                    size("sizeBytes", "SIZE", device -> device.info.sizeBytes()),
                    size("usedBytes", "USED", device -> device.info.usedExtents() * EXTENT_BYTES),
                    size("freeBytes", "FREE", device -> freeExtents(device.info) * EXTENT_BYTES),
                    count("totalExtents", "EXTENTS", device -> device.info.totalExtents()),
                    count("usedExtents", "USED EXTENTS", device -> device.info.usedExtents()),
                    count(
                            "highWaterExtents",
                            "HIGH WATER",
                            device -> device.info.highWaterExtents()),
                    count("volumeCount", "VOLUMES", device -> (long) device.info.volumeCount()),
                    count(
                            "snapshotCount",
                            "SNAPSHOTS",
                            device -> (long) device.info.snapshotCount()),
                    texts("findings", "FINDINGS", device -> findings(device, true)),
                    detail(texts("remarks", "REMARKS", device -> findings(device, false))));

    static final List<Column<VolumeInfo>> VOLUME =
            List.of(
                    text("name", "NAME", VolumeInfo::name),
                    size("sizeBytes", "SIZE", VolumeInfo::sizeBytes),
                    size("mappedBytes", "MAPPED", VolumeInfo::mappedBytes),
                    count("snapshotCount", "SNAPSHOTS", volume -> (long) volume.snapshotCount()),
                    count("headSnapshotId", "HEAD", volume -> (long) volume.headSnapshotId()),
                    time("headCreatedAt", "HEAD SINCE", VolumeInfo::headCreatedAt),
                    count("slot", "SLOT", volume -> (long) volume.slot()),
                    detail(time("createdAt", "CREATED", volume -> volume.createdAt().orElse(null))),
                    detail(text("uuid", "UUID", volume -> volume.uuid().toString())),
                    detail(labels("labels", "LABELS", VolumeInfo::labels)));

    static final List<Column<Snapshot>> SNAPSHOT =
            List.of(
                    text("name", "NAME", Snapshot::name),
                    text("volume", "VOLUME", Snapshot::volume),
                    count("id", "ID", snapshot -> (long) snapshot.info.id()),
                    count("parentId", "PARENT", snapshot -> parent(snapshot.info)),
                    time("createdAt", "CREATED", snapshot -> snapshot.info.createdAt()),
                    flag("head", "HEAD", snapshot -> snapshot.info.head()),
                    size("ownBytes", "OWN", snapshot -> snapshot.info.ownExtents() * EXTENT_BYTES),
                    detail(
                            text(
                                    "snapshotName",
                                    "SNAPSHOT NAME",
                                    snapshot -> snapshot.info.name().orElse(null))),
                    detail(size("sizeBytes", "SIZE", snapshot -> snapshot.info.sizeBytes())),
                    detail(text("uuid", "UUID", snapshot -> snapshot.info.uuid().toString())),
                    detail(labels("labels", "LABELS", snapshot -> snapshot.info.labels())));

    private Rows() {}

    static Device device(Store store) throws BackendException {
        return new Device(store.info(), store.report());
    }

    /** The layers of a volume, head first. */
    static List<Snapshot> snapshots(Store store, String volume) throws BackendException {
        return store.snapshots(volume).stream().map(info -> new Snapshot(volume, info)).toList();
    }

    /** The layers of all volumes. */
    static List<Snapshot> snapshots(Store store) throws BackendException {
        List<Snapshot> all = new ArrayList<>();
        for (VolumeInfo volume : store.volumes()) {
            // The slot is a name that no second volume has.
            for (SnapshotInfo info : store.snapshots("#" + volume.slot())) {
                all.add(new Snapshot(volume.name(), info));
            }
        }
        return all;
    }

    private static List<String> findings(Device device, boolean wrong) {
        return device.findings.stream()
                .filter(finding -> (finding.severity() != Severity.INFO) == wrong)
                .map(Finding::text)
                .toList();
    }

    private static long freeExtents(DeviceInfo info) {
        return info.totalExtents() - info.usedExtents();
    }

    private static @Nullable Long parent(SnapshotInfo info) {
        return info.parentId() == 0 ? null : (Long) (long) info.parentId();
    }
}
