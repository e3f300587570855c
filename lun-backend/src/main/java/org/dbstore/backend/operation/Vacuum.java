package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.VacuumInfo;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.volume.StoreParts;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Compacts a device that may be in use, and gives the space that nothing needs to what lies below:
 *
 * <ol>
 *   <li>deletions that waited are finished, and empty extents that hide nothing are freed
 *   <li>free extents are punched
 *   <li>the highest extents move to the lowest free places
 *   <li>what is unmapped in the extents is punched
 * </ol>
 *
 * <p>It can be cancelled between any two extents, and cut off at any instant: what is done is done,
 * the rest is as it was. Journal, mirror and catalogue stay where they are. Without a journal
 * nothing moves: two entries could not change at once.
 */
public final class Vacuum {
    /** More than once only where others allocate high extents meanwhile. */
    private static final int PASSES_MAX = 3;

    private final Management management;
    private final StoreParts parts;
    private final BooleanSupplier shared;
    private final ProgressListener progress;
    private final BooleanSupplier cancelled;

    /**
     * Creates the operation.
     *
     * @param management of the store
     * @param shared true as long as others read and write, whom it must not keep waiting
     * @param progress hears of the extents that move
     * @param cancelled asked often; true to end soon
     */
    public Vacuum(
            Management management,
            BooleanSupplier shared,
            ProgressListener progress,
            BooleanSupplier cancelled) {
        this.management = management;
        this.parts = management.parts();
        this.shared = shared;
        this.progress = progress;
        this.cancelled = cancelled;
    }

    /**
     * Runs it. One at a time.
     *
     * @return what was done
     * @throws BackendException {@link BackendError#READ_ONLY}; {@link BackendError#NO_SPACE} if the
     *     file system below is full; {@link BackendError#IO} if an extent cannot be read or
     *     written: it stays where it is; {@link BackendError#FAILED}
     */
    public VacuumInfo run() throws BackendException {
        management.checkWritable();
        long usedBefore = parts.table().usedCount();
        long endBefore = end();
        OptionalLong storedBefore = stored();
        parts.commits().ensureReserved();
        removeUseless();
        parts.commits().reclaim(!shared.getAsBoolean());
        HolePunching punching = new HolePunching(management, shared, cancelled);
        punching.punchFree();
        ExtentMoves moves = new ExtentMoves(management, progress, cancelled);
        long kept = parts.commits().isJournaled() ? move(moves) : stuck();
        parts.commits().reclaim(!shared.getAsBoolean());
        punching.punchUnmapped();
        return new VacuumInfo(
                usedBefore,
                parts.table().usedCount(),
                endBefore,
                end(),
                moves.moved(),
                kept,
                storedBefore,
                stored(),
                !cancelled.getAsBoolean());
    }

    /**
     * Tells what {@link #run} would do; deletions that wait are not counted. Changes nothing.
     *
     * @return of this moment
     * @throws BackendException {@link BackendError#IO}
     */
    public VacuumInfo preview() throws BackendException {
        HolePunching punching = new HolePunching(management, shared, cancelled);
        List<Integer> useless =
                management.locked(() -> new Tombstones(management, attached()).find());
        int[] owned = parts.table().owned();
        BitSet freed = new BitSet();
        useless.forEach(freed::set);
        int[] left = Arrays.stream(owned).filter(extent -> !freed.get(extent)).toArray();
        VacuumPlan plan =
                VacuumPlan.of(
                        left, extent -> parts.allocator().isFree(extent) || freed.get(extent));
        OptionalLong before = stored();
        long returned = before.isEmpty() ? 0 : punching.storedInFree() + punching.storedUnmapped();
        return new VacuumInfo(
                owned.length,
                left.length,
                end(),
                Math.max(plan.end(), reservedEnd()),
                plan.moved(),
                0,
                before,
                before.isEmpty() ? before : OptionalLong.of(before.getAsLong() - returned),
                true);
    }

    private long move(ExtentMoves moves) throws BackendException {
        long kept = 0;
        long before = -1;
        for (int pass = 0; pass < PASSES_MAX && before != moves.moved(); pass++) {
            before = moves.moved();
            kept = moves.run();
            parts.commits().reclaim(!shared.getAsBoolean());
        }
        return kept;
    }

    /** Extents in use that lie behind free ones and stay there. */
    private long stuck() {
        return VacuumPlan.of(parts.table().owned(), parts.allocator()::isFree).moved();
    }

    private BitSet attached() {
        LayerTree tree = new LayerTree(management.directory());
        BitSet attached = new BitSet();
        for (Layer layer : management.directory().layers()) {
            if (tree.isAttached(layer.id()) && !tree.isDamaged(layer.id())) {
                attached.set(layer.id());
            }
        }
        return attached;
    }

    private void removeUseless() throws BackendException {
        BitSet done = new BitSet();
        for (VolumeRecord volume : management.locked(management.directory()::volumes)) {
            if (cancelled.getAsBoolean()) {
                return;
            }
            try {
                management.lockOperations(volume);
            } catch (BackendException e) {
                if (e.error() != BackendError.NOT_FOUND) {
                    throw e;
                }
                continue; // deleted meanwhile
            }
            try {
                removeUseless(volume, done);
            } finally {
                volume.operations().unlock();
            }
        }
    }

    private void removeUseless(VolumeRecord volume, BitSet done) throws BackendException {
        if (volume.damage() != null || done.get(volume.headId())) {
            return;
        }
        BitSet trees =
                management.locked(() ->
                        new LayerTree(management.directory()).trees(List.of(volume.headId())));
        done.or(trees);
        parts.commits().flush();
        new LayerPruning(management).run(trees);
        if (!cancelled.getAsBoolean()) {
            new Tombstones(management, trees).free();
        }
    }

    /** Extents up to the last that is in use. */
    private long end() {
        int[] owned = parts.table().owned();
        long last = owned.length == 0 ? 0 : owned[owned.length - 1] + 1L;
        return Math.max(last, reservedEnd());
    }

    private long reservedEnd() {
        ReservedExtents reserved = parts.commits().reserved();
        return reserved == null
                ? 0
                : reserved.all().stream().mapToLong(kept -> kept.extent() + 1L).max().orElse(0);
    }

    private OptionalLong stored() throws BackendException {
        BlockDevice device = parts.device();
        try {
            return device.storedBytes(0, device.sizeBytes());
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "space of " + device.name(), e);
        }
    }
}
