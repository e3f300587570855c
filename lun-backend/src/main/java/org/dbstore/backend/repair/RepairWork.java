package org.dbstore.backend.repair;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Problem;
import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.LayerRemoval;
import org.dbstore.backend.operation.LayerTree;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.Tables;
import org.dbstore.backend.operation.VolumeRecord;
import org.dbstore.backend.recovery.DeviceOpener;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Repairs a device in sessions, each a writable opening that puts right what it always does, then
 * one kind of change in transactions, then a clean close. So it may end anywhere and be run again.
 */
final class RepairWork {
    private static final int SESSIONS_MAX = 1000; // each takes a hundred findings of a kind

    private final BlockDevice device;
    private final RepairOptions options;
    private final OpenOptions opening;
    private final UUID bootId;

    /**
     * Prepares the work.
     *
     * @param device locked
     * @param options what the operator has decided
     * @param journaled true if the device has a journal: one without does not get one now
     * @param bootId of the running system
     */
    RepairWork(BlockDevice device, RepairOptions options, boolean journaled, UUID bootId) {
        this.device = device;
        this.options = options;
        this.bootId = bootId;
        this.opening =
                journaled
                        ? OpenOptions.DEFAULT
                        : new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE);
    }

    /**
     * Runs it.
     *
     * @throws BackendException {@link org.dbstore.backend.BackendError#CORRUPT} if something has to
     *     be decided before the device can be opened; nothing was changed then
     */
    void run() throws BackendException {
        boolean changed = true;
        for (int session = 0; session < SESSIONS_MAX && changed; session++) {
            changed = session();
        }
    }

    /** Returns true if another session may find something to do. */
    private boolean session() throws BackendException {
        DeviceOpener.Opened opened = DeviceOpener.open(device, opening, bootId, options.purpose());
        Management management = opened.management();
        management.parts().commits().start();
        boolean changed;
        try {
            opened.resumed().run();
            changed =
                    writeReservedEntries(opened)
                            || dropRecords(management)
                            || dropVolumes(management)
                            || dropContradictions(opened)
                            || freeOrphans(opened);
            management.parts().commits().reclaim(true);
        } finally {
            management.parts().commits().stop();
        }
        management.parts().commits().close();
        return changed;
    }

    private static List<Finding> placed(DeviceOpener.Opened opened, Set<Problem> problems) {
        return opened.findings().stream()
                .filter(finding -> problems.contains(finding.problem()))
                .filter(finding -> finding.offset().isPresent())
                .toList();
    }

    private static boolean commit(Management management, Transaction transaction)
            throws BackendException {
        management.lockedDo(() -> management.commit(transaction));
        return true;
    }

    private static int extent(Finding finding) {
        long inTable = finding.offset().orElseThrow() - Geometry.EXTENT_TABLE;
        return (int) (inTable / ExtentEntry.BYTES);
    }

    /**
     * Alone in its session: the table in memory still gives the extent to somebody else, and must
     * not free it.
     */
    private boolean writeReservedEntries(DeviceOpener.Opened opened) throws BackendException {
        List<Finding> findings =
                placed(opened, EnumSet.of(Problem.RESERVED_ENTRY, Problem.RESERVED_CLAIMED));
        ReservedExtents reserved = opened.management().parts().commits().reserved();
        if (!options.dropContradictions() || findings.isEmpty() || reserved == null) {
            return false;
        }
        Set<Integer> extents = new HashSet<>();
        findings.forEach(finding -> extents.add(extent(finding)));
        Transaction writing = new Transaction();
        for (ReservedExtents.Kept kept : reserved.all()) {
            if (extents.contains(kept.extent())) {
                writing.patch(Geometry.extentEntryOffset(kept.extent()), kept.entry());
            }
        }
        return commit(opened.management(), writing);
    }

    private static boolean dropRecords(Management management) throws BackendException {
        return management.locked(() -> {
            Transaction dropping = new Transaction();
            boolean any = management.catalogue().dropUnreadable(dropping);
            if (any) {
                management.commit(dropping);
            }
            return any;
        });
    }

    private boolean dropVolumes(Management management) throws BackendException {
        Transaction dropping = new Transaction();
        boolean any = false;
        for (VolumeRecord volume : management.directory().volumes()) {
            boolean named =
                    options.dropVolumes().contains(volume.name())
                            || options.dropVolumes().contains("#" + volume.slot());
            if (named && volume.damage() != null) {
                Tables.clearVolume(dropping, volume.slot());
                management.catalogue().removeVolume(dropping, volume.slot());
                any = true;
            }
        }
        return any && commit(management, dropping);
    }

    private boolean dropContradictions(DeviceOpener.Opened opened) throws BackendException {
        if (!options.dropContradictions()) {
            return false;
        }
        Management management = opened.management();
        List<Finding> beyond = placed(opened, EnumSet.of(Problem.BEYOND_DEVICE));
        if (!beyond.isEmpty()) {
            Transaction freeing = new Transaction();
            for (Finding finding : beyond) {
                freeing.patch(
                        Geometry.extentEntryOffset(extent(finding)),
                        MetadataBlocks.buffer(Short.BYTES));
            }
            return commit(management, freeing);
        }
        return !placed(opened, EnumSet.of(Problem.DUPLICATE)).isEmpty()
                && free(management, hidden(management.parts().table()));
    }

    /** Extents that another one hides, which has the same owner and position. */
    private static List<Integer> hidden(ExtentTable table) {
        Map<Long, Integer> winners = new HashMap<>();
        List<Integer> hidden = new ArrayList<>();
        table.scan((extent, owner, position) -> {
            Integer before = winners.put((long) owner << 32 | position, extent);
            if (before != null) {
                hidden.add(before);
            }
        });
        return hidden;
    }

    /**
     * While a volume is not served, or a reserved extent is a volume's, what seems to be an orphan
     * may be a part of it.
     */
    private boolean freeOrphans(DeviceOpener.Opened opened) throws BackendException {
        Management management = opened.management();
        boolean whole =
                management.directory().volumes().stream().allMatch(v -> v.damage() == null)
                        && placed(opened, EnumSet.of(Problem.RESERVED_CLAIMED)).isEmpty();
        if (!options.freeOrphans() || !whole) {
            return false;
        }
        List<Integer> ids = orphanedIds(management);
        if (!ids.isEmpty()) {
            new LayerRemoval(management).run(List.of(), ids);
            return true;
        }
        return free(management, beyondEnd(management));
    }

    private static List<Integer> orphanedIds(Management management) {
        Directory directory = management.directory();
        LayerTree tree = new LayerTree(directory);
        BitSet owners = new BitSet();
        management.parts().table().scan((extent, owner, position) -> owners.set(owner));
        directory.layers().forEach(layer -> owners.set(layer.id()));
        @Nullable ReservedExtents reserved = management.parts().commits().reserved();
        if (reserved != null) {
            owners.clear(ReservedExtents.OWNER);
        }
        return owners.stream().filter(id -> !tree.isAttached(id)).boxed().toList();
    }

    private static List<Integer> beyondEnd(Management management) {
        LayerTree tree = new LayerTree(management.directory());
        Map<Integer, Long> ends = tree.positionCounts();
        for (Layer layer : management.directory().layers()) {
            if (tree.isTrimmable(layer)) {
                ends.remove(layer.id());
            }
        }
        List<Integer> extents = new ArrayList<>();
        management
                .parts()
                .table()
                .scan((extent, owner, position) -> {
                    if (position >= ends.getOrDefault(owner, Long.MAX_VALUE)) {
                        extents.add(extent);
                    }
                });
        return extents;
    }

    private static boolean free(Management management, List<Integer> extents)
            throws BackendException {
        extents.forEach(management.parts().table()::free);
        management.parts().commits().flush();
        return !extents.isEmpty();
    }
}
