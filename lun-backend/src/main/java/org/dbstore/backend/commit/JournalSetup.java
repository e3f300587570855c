package org.dbstore.backend.commit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives a device its journal, mirror and catalogue, at its first change: one that is only looked at
 * stays as it is. A power loss on the way leaves entries that the superblock does not list; the
 * next opening frees them.
 */
public final class JournalSetup {
    private static final Logger LOG = LogManager.getLogger(JournalSetup.class);

    /** Fewer free extents than these must not be left by the setup. */
    private static final int FREE_EXTENTS_LEFT_MIN = 8;

    private final BlockDevice device;
    private final StoreHealth health;
    private final Barrier barrier;
    private final Geometry geometry;
    private final ExtentAllocator allocator;
    private final MetadataBlocks blocks;
    private final Superblock superblock;

    /**
     * Creates the setup.
     *
     * @param device without reserved extents, and with the id 65535 unused
     * @param health of the store
     * @param barrier of the device
     * @param geometry of the device
     * @param allocator gives the extents
     * @param blocks all metadata
     * @param superblock with an identity
     */
    public JournalSetup(
            BlockDevice device,
            StoreHealth health,
            Barrier barrier,
            Geometry geometry,
            ExtentAllocator allocator,
            MetadataBlocks blocks,
            Superblock superblock) {
        this.device = device;
        this.health = health;
        this.barrier = barrier;
        this.geometry = geometry;
        this.allocator = allocator;
        this.blocks = blocks;
        this.superblock = superblock;
    }

    /** A journal in use, and where it is. */
    record Made(JournaledCommit mode, ReservedExtents reserved) {}

    /**
     * Makes them durable.
     *
     * @param highWater as on the medium
     * @return null if there is no room
     * @throws BackendException {@link BackendError#FAILED}
     */
    @Nullable Made run(long highWater) throws BackendException {
        preallocate(device, 0, geometry.dataOffset());
        int mirrorCount = Mirror.extentCount(geometry);
        int catalogueEnd = 1 + mirrorCount + 2;
        int needed = catalogueEnd + 1;
        if (allocator.freeCountWithReserve() < needed + FREE_EXTENTS_LEFT_MIN) {
            return null;
        }
        List<Integer> taken = take(needed);
        if (taken.isEmpty()) {
            return null;
        }
        ReservedExtents reserved =
                new ReservedExtents(
                        taken.get(0),
                        taken.subList(1, 1 + mirrorCount),
                        taken.subList(1 + mirrorCount, catalogueEnd),
                        taken.subList(catalogueEnd, needed));
        try {
            for (int extent : taken) { // also so that there is room in the file system below
                zero(device, geometry, extent);
            }
        } catch (IOException e) {
            LOG.warn("no journal on {} for now", device.name(), e);
            taken.forEach(allocator::release);
            return null;
        }
        long mark = Math.max(highWater, taken.stream().mapToInt(e -> e + 1).max().orElseThrow());
        writeEntries(reserved, mark);
        Superblock open = superblock.withHighWater(mark).withFeatures(Superblock.OPEN);
        ByteBuffer head = MetadataBlocks.buffer(Superblock.BYTES);
        open.write(head);
        reserved.write(head);
        Mirror mirror =
                MirrorBuilder.build(
                        device, health, superblock.identity().orElseThrow(), geometry, reserved);
        mirror.put(0, head);
        mirror.end();
        barrier.force();
        blocks.patch(0, head);
        blocks.writeBack();
        barrier.force();
        Journal journal =
                new Journal(
                        new BlockRuns(device, health),
                        Journal.firstBlock(geometry, reserved.journal()),
                        superblock.identity().orElseThrow(),
                        0,
                        0,
                        0);
        JournaledCommit mode = new JournaledCommit(blocks, barrier, journal, mirror, open);
        mode.stampIfMissing();
        return new Made(mode, reserved);
    }

    /** Returns as many, or none. */
    private List<Integer> take(int count) {
        List<Integer> taken = new ArrayList<>();
        int extent = ExtentMap.NONE;
        for (int i = 0; i < count; i++) {
            extent =
                    allocator.allocateFromReserve(
                            extent == ExtentMap.NONE ? ExtentMap.NONE : extent + 1);
            if (extent == ExtentMap.NONE) {
                taken.forEach(allocator::release);
                return List.of();
            }
            taken.add(extent);
        }
        return taken;
    }

    private void writeEntries(ReservedExtents reserved, long mark) throws BackendException {
        ByteBuffer field = MetadataBlocks.buffer(Integer.BYTES);
        field.putInt(0, (int) mark);
        blocks.patch(Superblock.HIGH_WATER, field);
        for (ReservedExtents.Kept kept : reserved.all()) {
            ByteBuffer body = MetadataBlocks.buffer(ExtentEntry.BYTES);
            ExtentEntry.write(body, 0, 0, kept.kind(), new long[BlockBitmap.WORDS], 0);
            blocks.patch(Geometry.extentEntryOffset(kept.extent()), body);
        }
        ByteBuffer snapshot = MetadataBlocks.buffer(ReservedExtents.MARK_BYTES);
        ReservedExtents.MARK.write(snapshot, 0);
        blocks.patch(Geometry.snapshotEntryOffset(ReservedExtents.OWNER), snapshot);
        blocks.writeBack();
        barrier.force();
        for (ReservedExtents.Kept kept : reserved.all()) {
            ByteBuffer owner = MetadataBlocks.buffer(Short.BYTES);
            owner.putShort(0, (short) ReservedExtents.OWNER);
            blocks.patch(Geometry.extentEntryOffset(kept.extent()), owner);
        }
        blocks.writeBack();
        barrier.force();
    }

    /**
     * Takes the space of all metadata from the file system below: when that is full a commit must
     * still be possible, if only of deletions. Where files were copied sparsely it is not there.
     */
    static void preallocate(BlockDevice device, Geometry geometry, ReservedExtents reserved) {
        preallocate(device, 0, geometry.dataOffset());
        for (ReservedExtents.Kept kept : reserved.all()) {
            preallocate(device, geometry.extentOffset(kept.extent()), Geometry.EXTENT_BYTES);
        }
    }

    private static void preallocate(BlockDevice device, long offset, long lengthBytes) {
        try {
            device.preallocate(offset, lengthBytes);
        } catch (IOException e) {
            LOG.warn(
                    "{} may fail when the file system below is full: no room for metadata at {}",
                    device.name(),
                    offset,
                    e);
        }
    }

    /** Zeroes an extent: what a client once wrote there must not be taken for a record. */
    static void zero(BlockDevice device, Geometry geometry, int extent) throws IOException {
        device.write(
                geometry.extentOffset(extent),
                AlignedBuffers.allocate(Geometry.EXTENT_BYTES).clear());
    }
}
