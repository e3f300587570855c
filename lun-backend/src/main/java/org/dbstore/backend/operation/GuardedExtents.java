package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.volume.StoredVolume;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/**
 * Gives access to extents that others use: a few at a time, with the operations of their volumes
 * and the management lock held, and all stripes locked under which any open view could look them
 * up. Then nobody reads, writes, frees or relabels them, and no view of them comes into being.
 *
 * <p>Left out is what must stay where and what it is: extents of damaged volumes, of layers that
 * nobody has, or that are being made or deleted, and two entries of one layer for one position.
 */
final class GuardedExtents {
    /** At once; requests to their stripes wait for that long. */
    private static final int BATCH = 8;

    /** Enough for one who waits to get his turn. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final Management management;
    private final ExtentTable table;
    private final Set<Integer> doubled;
    private int leftOut;

    /** An extent as it is while the step runs. */
    record Held(int extent, int owner, long position) {}

    /** Work on extents. */
    @FunctionalInterface
    interface Step {
        void run(List<Held> extents, Access access) throws BackendException;
    }

    /** What is locked for the step. */
    record Access(Map<StoredVolume, Set<Long>> views) {
        /** Leads the views that show an extent to another, or to none. */
        void replace(Held held, int replacement) {
            for (StoredVolume view : views.keySet()) {
                if (held.position() < view.map().positionCount()
                        && view.map().get(held.position()) == held.extent()) {
                    view.map().put(held.position(), replacement);
                }
            }
        }
    }

    GuardedExtents(Management management) {
        this.management = management;
        this.table = management.parts().table();
        this.doubled = doubled(table);
    }

    private static Set<Integer> doubled(ExtentTable table) {
        LongStream.Builder all = LongStream.builder();
        table.scanAtOnce((extent, owner, position) -> all.add(key(owner, position)));
        long[] keys = all.build().sorted().toArray();
        Set<Long> twice = new HashSet<>();
        for (int i = 1; i < keys.length; i++) {
            if (keys[i] == keys[i - 1]) {
                twice.add(keys[i]);
            }
        }
        Set<Integer> doubled = new HashSet<>();
        if (!twice.isEmpty()) {
            table.scanAtOnce((extent, owner, position) -> {
                if (twice.contains(key(owner, position))) {
                    doubled.add(extent);
                }
            });
        }
        return doubled;
    }

    private static long key(int owner, long position) {
        return (long) owner << Integer.SIZE | position;
    }

    /** Number of extents that were asked for and left out. */
    int leftOut() {
        return leftOut;
    }

    /**
     * Runs a step on the next extents of a list that can be had at once.
     *
     * @return index of the first that is still to come
     */
    int run(int[] extents, int from, Step step) throws BackendException {
        int at = from;
        VolumeRecord first = null;
        while (at < extents.length && first == null) {
            int extent = extents[at];
            int owner = table.owner(extent);
            first = management.locked(() -> firstGuard(extent, owner)).orElse(null);
            if (first == null) {
                leftOut += owner == 0 ? 0 : 1;
                at++;
            }
        }
        if (first == null) {
            return at;
        }
        giveWay(first.operations());
        Deque<ReentrantLock> locked = new ArrayDeque<>();
        try {
            management.lockOperations(first);
        } catch (BackendException e) {
            if (e.error() != BackendError.NOT_FOUND) {
                throw e;
            }
            return at; // deleted: the next look finds another owner, or none
        }
        locked.push(first.operations());
        int begin = at;
        try {
            return management.locked(() -> runHeld(extents, begin, step, locked));
        } finally {
            locked.forEach(ReentrantLock::unlock);
        }
    }

    /** A lock that is given up and taken at once would never be another's. */
    private void giveWay(ReentrantLock operations) {
        if (management.lock().hasQueuedThreads() || operations.hasQueuedThreads()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private int runHeld(int[] extents, int from, Step step, Deque<ReentrantLock> locked)
            throws BackendException {
        LayerTree tree = new LayerTree(management.directory());
        List<Held> held = new ArrayList<>();
        int at = from;
        while (at < extents.length && held.size() < BATCH) {
            int extent = extents[at];
            int owner = table.owner(extent);
            VolumeRecord volume = guard(extent, owner, tree);
            if (volume != null && !hold(volume, locked)) {
                break;
            }
            if (volume != null) {
                held.add(new Held(extent, owner, table.position(extent)));
            } else {
                leftOut += owner == 0 ? 0 : 1;
            }
            at++;
        }
        if (!held.isEmpty()) {
            Map<StoredVolume, Set<Long>> views = views(held);
            lock(
                    List.copyOf(views.keySet()),
                    views,
                    () -> step.run(still(held), new Access(views)));
        }
        return at;
    }

    /** Another family is only taken if nobody has it: waiting for a second could be for ever. */
    private static boolean hold(VolumeRecord volume, Deque<ReentrantLock> locked) {
        if (volume.operations().isHeldByCurrentThread()) {
            return true;
        }
        if (volume.operations().tryLock()) {
            locked.push(volume.operations());
            return true;
        }
        return false;
    }

    private Optional<VolumeRecord> firstGuard(int extent, int owner) {
        return Optional.ofNullable(guard(extent, owner, new LayerTree(management.directory())));
    }

    /** The volume whose operations guard an extent; null if it is to be left alone. */
    private @Nullable VolumeRecord guard(int extent, int owner, LayerTree tree) {
        Layer layer = owner == 0 ? null : management.directory().layer(owner);
        boolean fit =
                layer != null
                        && !layer.isDeleting()
                        && !doubled.contains(extent)
                        && tree.isAttached(owner)
                        && !tree.isDamaged(owner);
        return fit ? tree.volumeOf(owner) : null;
    }

    /** All views whose chains have the owners, whatever they show just now. */
    private Map<StoredVolume, Set<Long>> views(List<Held> held) {
        Directory directory = management.directory();
        Map<StoredVolume, Set<Long>> views = new LinkedHashMap<>();
        for (VolumeRecord volume : directory.volumes()) {
            add(views, volume.view(), volume.headId(), held);
        }
        for (Layer layer : directory.layers()) {
            add(views, layer.view(), layer.id(), held);
        }
        return views;
    }

    private void add(
            Map<StoredVolume, Set<Long>> views,
            @Nullable StoredVolume view,
            int layerId,
            List<Held> held) {
        if (view == null) {
            return;
        }
        BitSet chain = new BitSet();
        for (int id : management.directory().chainIds(layerId)) {
            chain.set(id);
        }
        for (Held each : held) {
            if (chain.get(each.owner())) {
                views.computeIfAbsent(view, v -> new HashSet<>()).add(each.position());
            }
        }
    }

    private static void lock(
            List<StoredVolume> left,
            Map<StoredVolume, Set<Long>> positions,
            StoredVolume.SteadyStep step)
            throws BackendException {
        if (left.isEmpty()) {
            step.run();
            return;
        }
        StoredVolume view = left.getFirst();
        List<StoredVolume> rest = left.subList(1, left.size());
        view.exclusively(positions.getOrDefault(view, Set.of()), () -> lock(rest, positions, step));
    }

    /** Until the stripes were locked, a write or an unmap may have changed an owner. */
    private List<Held> still(List<Held> held) {
        return held.stream()
                .filter(each -> table.isEntryOf(each.extent(), each.owner(), each.position()))
                .toList();
    }
}
