package org.dbstore.backend.commit;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/**
 * Second copies of metadata: of the tables in the mirror extents, with a checksum of each block,
 * and of each catalogue extent in its partner. Written together with the homes, so that each
 * testifies against a lost, misdirected or rotten write of the other.
 *
 * <p>Belongs to the leader of the commit.
 */
public final class Mirror {
    private final UUID device;
    private final Geometry geometry;
    private final BlockRuns runs;
    private final ByteBuffer header = MetadataBlocks.buffer(Geometry.BLOCK_BYTES);
    private final int[] checksums;
    private final BitSet staleHeaders = new BitSet();
    private List<Integer> mirrors;
    private List<Integer> catalogue;

    /**
     * Creates the writer.
     *
     * @param device identity of the device
     * @param geometry of the device
     * @param runs writes to it
     * @param reserved where the copies are
     * @param checksums of the table blocks, from block 0 on; belongs to this object
     */
    Mirror(
            UUID device,
            Geometry geometry,
            BlockRuns runs,
            ReservedExtents reserved,
            int[] checksums) {
        this.device = device;
        this.geometry = geometry;
        this.runs = runs;
        this.checksums = checksums;
        this.mirrors = reserved.mirrors();
        this.catalogue = reserved.catalogue();
    }

    /**
     * Returns how many blocks of metadata a device has before its data.
     *
     * @param geometry of the device
     * @return superblock, tables and what lies between them and the data
     */
    public static long tableBlocks(Geometry geometry) {
        return geometry.dataOffset() / Geometry.BLOCK_BYTES;
    }

    /**
     * Returns how many mirror extents a device gets.
     *
     * @param geometry of the device
     * @return enough for all tables, but on very large devices
     */
    public static int extentCount(Geometry geometry) {
        long needed = Math.ceilDiv(tableBlocks(geometry), (long) MirrorHeader.BLOCKS);
        return (int) Math.min(needed, ReservedExtents.MIRRORS_MAX);
    }

    /** Notes that reserved extents were added. */
    void extend(ReservedExtents reserved) {
        catalogue = reserved.catalogue();
    }

    /**
     * Writes the copy of a block; the checksum follows with {@link #end}.
     *
     * @param block number on the device
     * @param image 4096 bytes
     */
    void put(long block, ByteBuffer image) throws BackendException {
        if (block < checksums.length) {
            int index = (int) block / MirrorHeader.BLOCKS;
            checksums[(int) block] = MirrorHeader.checksum(image);
            staleHeaders.set(index);
            runs.add(firstBlock(mirrors.get(index)) + 1 + block % MirrorHeader.BLOCKS, image);
        } else {
            for (int i = 0; i < catalogue.size(); i += 2) {
                long home = firstBlock(catalogue.get(i));
                if (block >= home && block < home + Geometry.EXTENT_BLOCKS) {
                    runs.add(firstBlock(catalogue.get(i + 1)) + block - home, image);
                }
            }
        }
    }

    /** Writes what {@link #put} left. Does not force. */
    void end() throws BackendException {
        for (int i = staleHeaders.nextSetBit(0); i >= 0; i = staleHeaders.nextSetBit(i + 1)) {
            int from = i * MirrorHeader.BLOCKS;
            int[] part = Arrays.copyOfRange(checksums, from, from + MirrorHeader.BLOCKS);
            new MirrorHeader(device, i, part).write(header);
            runs.add(firstBlock(mirrors.get(i)), header);
        }
        runs.end();
        staleHeaders.clear();
    }

    private long firstBlock(int extent) {
        return geometry.extentOffset(extent) / Geometry.BLOCK_BYTES;
    }
}
