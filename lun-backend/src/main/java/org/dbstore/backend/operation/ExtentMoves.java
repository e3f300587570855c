package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.volume.StoreParts;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Moves the highest extents in use to the lowest free ones. The mapped blocks are copied; one
 * transaction, which one record of the journal holds, gives the new place to the owner and frees
 * the old one; then the views are led to the new place, and the old one is given back as after a
 * deletion. A power loss leaves the one or the other.
 */
final class ExtentMoves {
    private final Management management;
    private final StoreParts parts;
    private final ExtentTable table;
    private final ExtentAllocator allocator;
    private final ProgressListener progress;
    private final BooleanSupplier cancelled;
    private long moved;

    private record Move(GuardedExtents.Held from, int to) {}

    ExtentMoves(Management management, ProgressListener progress, BooleanSupplier cancelled) {
        this.management = management;
        this.parts = management.parts();
        this.table = parts.table();
        this.allocator = parts.allocator();
        this.progress = progress;
        this.cancelled = cancelled;
    }

    long moved() {
        return moved;
    }

    /** Moves what can move, once through all extents; returns how many could not. */
    int run() throws BackendException {
        int usable = parts.geometry().usableExtents();
        int[] owned = Arrays.stream(table.owned()).filter(extent -> extent < usable).toArray();
        long planned = VacuumPlan.of(owned, allocator::isFree).moved();
        long total = (moved + planned) * Geometry.EXTENT_BYTES;
        int[] descending = new int[owned.length];
        for (int i = 0; i < owned.length; i++) {
            descending[i] = owned[owned.length - 1 - i];
        }
        GuardedExtents guarded = new GuardedExtents(management);
        int at = 0;
        while (at < descending.length
                && !cancelled.getAsBoolean()
                && allocator.hasFreeBelow(descending[at])) {
            Returned returned = new Returned();
            try {
                at = guarded.run(descending, at, (held, access) -> move(held, access, returned));
            } finally {
                returned.give();
            }
            long done = moved * Geometry.EXTENT_BYTES;
            progress.progress(done, Math.max(done, total));
        }
        return guarded.leftOut();
    }

    /** Extents that go to the allocator when no lock is held any more: punching takes a while. */
    private final class Returned {
        private long ticket;
        private int[] extents = {};

        void begin() {
            ticket = parts.commits().beginGivingBack();
        }

        void give() {
            if (ticket != 0) {
                parts.commits().giveBack(ticket, extents);
            }
        }
    }

    private void move(
            List<GuardedExtents.Held> extents, GuardedExtents.Access access, Returned returned)
            throws BackendException {
        returned.begin();
        List<Move> moves = new ArrayList<>();
        try {
            for (GuardedExtents.Held held : extents) {
                int to = allocator.allocateBelow(held.extent());
                if (to != ExtentMap.NONE) {
                    moves.add(new Move(held, to));
                    parts.copyOnWrite().copyExcept(held.extent(), to, 0, 0);
                }
            }
        } catch (BackendException | RuntimeException | Error e) {
            returned.extents = moves.stream().mapToInt(Move::to).sorted().toArray();
            throw e;
        }
        if (!moves.isEmpty()) {
            // What the medium has is unknown if this fails, so nobody gets the new extents then.
            management.commit(transaction(moves));
        }
        for (Move move : moves) {
            table.move(move.from().extent(), move.to(), table.bitmap(move.from().extent()));
            access.replace(move.from(), move.to());
        }
        moved += moves.size();
        returned.extents = moves.stream().mapToInt(move -> move.from().extent()).sorted().toArray();
    }

    private Transaction transaction(List<Move> moves) {
        Transaction transaction = new Transaction().needsData();
        for (Move move : moves) {
            GuardedExtents.Held from = move.from();
            ByteBuffer entry = MetadataBlocks.buffer(ExtentEntry.BYTES);
            ExtentEntry.write(
                    entry, 0, from.owner(), (int) from.position(), table.bitmap(from.extent()), 0);
            transaction.patch(Geometry.extentEntryOffset(move.to()), entry);
            transaction.patch(
                    Geometry.extentEntryOffset(from.extent()),
                    MetadataBlocks.buffer(ExtentEntry.BYTES));
        }
        return transaction;
    }
}
