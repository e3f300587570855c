package org.dbstore.backend.operation;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.volume.StoreParts;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Gives the space of everything that is not mapped to what lies below. */
final class HolePunching {
    /** Free extents that are kept from others at a time, while they are punched: at most. */
    private static final int EXTENTS_AT_ONCE = 1024;

    /** And one in so many of those that are left, so that the device does not seem full. */
    private static final int PART_AT_ONCE = 4;

    private static final Logger LOG = LogManager.getLogger(HolePunching.class);

    private final Management management;
    private final BooleanSupplier shared;
    private final StoreParts parts;
    private final ExtentTable table;
    private final BlockDevice device;
    private final BooleanSupplier cancelled;

    HolePunching(Management management, BooleanSupplier shared, BooleanSupplier cancelled) {
        this.management = management;
        this.shared = shared;
        this.parts = management.parts();
        this.table = parts.table();
        this.device = parts.device();
        this.cancelled = cancelled;
    }

    /** A part of an extent, in blocks. */
    @FunctionalInterface
    private interface RunVisitor {
        void visit(int extent, int from, int to) throws IOException;
    }

    /** Punches the free extents; nobody gets those of a step while it goes on. */
    void punchFree() {
        int end = parts.geometry().usableExtents();
        int from = parts.allocator().nextFree(0);
        while (from != ExtentMap.NONE && from < end && !cancelled.getAsBoolean()) {
            int part = parts.allocator().freeCount() / PART_AT_ONCE;
            int to = Math.min(end, from + Math.clamp(part, 1, EXTENTS_AT_ONCE));
            long ticket = parts.commits().beginGivingBack();
            int[] free = {};
            try {
                free = parts.allocator().allocateAll(from, to);
            } finally {
                parts.commits().giveBack(ticket, free);
            }
            parts.commits().awaitGivenBack(!shared.getAsBoolean());
            from = parts.allocator().nextFree(to);
        }
    }

    /** Punches what is unmapped in extents in use, once that is on the medium. */
    void punchUnmapped() throws BackendException {
        parts.commits().flush();
        IntStream.Builder holding = IntStream.builder();
        for (int extent : owned()) {
            if (cancelled.getAsBoolean()) {
                return;
            }
            if (mayHoldMore(extent)) {
                holding.add(extent);
            }
        }
        int[] extents = holding.build().toArray();
        GuardedExtents guarded = new GuardedExtents(management);
        int at = 0;
        while (at < extents.length && !cancelled.getAsBoolean()) {
            at = guarded.run(extents, at, (held, access) -> punch(held));
        }
    }

    /** What lies beyond, on a device that the original overfilled, is perhaps not all there. */
    private int[] owned() {
        int usable = parts.geometry().usableExtents();
        return Arrays.stream(table.owned()).filter(extent -> extent < usable).toArray();
    }

    private void punch(List<GuardedExtents.Held> held) throws BackendException {
        for (GuardedExtents.Held each : held) {
            if (!table.isUncommitted(each.extent())) {
                visitUnmapped(each.extent(), this::punch);
            }
        }
    }

    private void punch(int extent, int from, int to) {
        try {
            device.punchHole(offset(extent, from), (long) (to - from) * Geometry.BLOCK_BYTES);
        } catch (IOException e) {
            // Only space is lost: nobody reads what is unmapped.
            LOG.warn("{} blocks of extent {} keep their space", to - from, extent, e);
        }
    }

    /** Counts what punching would give back now; 0 where that cannot be known. */
    long storedInFree() throws BackendException {
        int usable = parts.geometry().usableExtents();
        long stored = 0;
        int extent = 0;
        while (extent < usable) {
            int end = extent;
            while (end < usable && parts.allocator().isFree(end)) {
                end++;
            }
            stored +=
                    end > extent
                            ? stored(extent, (long) (end - extent) * Geometry.EXTENT_BLOCKS)
                            : 0;
            extent = Math.max(end, extent + 1);
        }
        return stored;
    }

    /** Counts what punching would give back now; 0 where that cannot be known. */
    long storedUnmapped() throws BackendException {
        long[] stored = new long[1];
        for (int extent : owned()) {
            visitUnmapped(extent, (e, from, to) -> stored[0] += bytes(e, from, to));
        }
        return stored[0];
    }

    private long stored(int extent, long blocks) throws BackendException {
        try {
            return device.storedBytes(offset(extent, 0), blocks * Geometry.BLOCK_BYTES).orElse(0);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private boolean mayHoldMore(int extent) throws BackendException {
        if (table.owner(extent) == 0) {
            return false;
        }
        boolean[] holds = new boolean[1];
        visitUnmapped(
                extent,
                (e, from, to) ->
                        holds[0] |=
                                device.storedBytes(
                                                        offset(e, from),
                                                        (long) (to - from) * Geometry.BLOCK_BYTES)
                                                .orElse(1)
                                        > 0);
        return holds[0];
    }

    private void visitUnmapped(int extent, RunVisitor visitor) throws BackendException {
        int block = 0;
        try {
            while (block < Geometry.EXTENT_BLOCKS) {
                int end = table.runEnd(extent, block, Geometry.EXTENT_BLOCKS);
                if (!table.isMapped(extent, block)) {
                    visitor.visit(extent, block, end);
                }
                block = end;
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private long bytes(int extent, int from, int to) throws IOException {
        return device.storedBytes(offset(extent, from), (long) (to - from) * Geometry.BLOCK_BYTES)
                .orElse(0);
    }

    private long offset(int extent, int block) {
        return parts.geometry().extentOffset(extent) + (long) block * Geometry.BLOCK_BYTES;
    }

    private BackendException failed(IOException e) {
        return new BackendException(
                BackendError.IO, "space of " + device.name() + " cannot be given back", e);
    }
}
