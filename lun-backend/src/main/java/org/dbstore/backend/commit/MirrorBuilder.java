package org.dbstore.backend.commit;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;

/**
 * Makes the mirror of a device from its homes, after somebody wrote to them who knows no mirror.
 */
public final class MirrorBuilder {
    private static final int CHUNK_BLOCKS = 16;

    private MirrorBuilder() {}

    /**
     * Writes all copies and checksums. Does not force.
     *
     * @param device all of its metadata is at home
     * @param health failed by a failing transfer
     * @param identity of the device
     * @param geometry of the device
     * @param reserved where the mirror is
     * @return to be kept up to date from now on
     * @throws BackendException {@link BackendError#FAILED}
     */
    public static Mirror build(
            BlockDevice device,
            StoreHealth health,
            UUID identity,
            Geometry geometry,
            ReservedExtents reserved)
            throws BackendException {
        int[] checksums = new int[coveredBlocks(geometry, reserved)];
        Mirror mirror =
                new Mirror(identity, geometry, new BlockRuns(device, health), reserved, checksums);
        ByteBuffer chunk = AlignedBuffers.allocate(CHUNK_BLOCKS * Geometry.BLOCK_BYTES);
        for (int first = 0; first < checksums.length; first += CHUNK_BLOCKS) {
            int count = Math.min(CHUNK_BLOCKS, checksums.length - first);
            chunk.clear().limit(count * Geometry.BLOCK_BYTES);
            try {
                device.read((long) first * Geometry.BLOCK_BYTES, chunk);
            } catch (IOException e) {
                throw health.fail("read of metadata from " + device.name(), e);
            }
            for (int i = 0; i < count; i++) {
                int at = i * Geometry.BLOCK_BYTES;
                mirror.put((long) first + i, chunk.slice(at, Geometry.BLOCK_BYTES));
            }
        }
        mirror.end();
        return mirror;
    }

    /**
     * Goes on with a mirror that was checked. Does not force.
     *
     * @param device all of its metadata is at home
     * @param health failed by a failing transfer
     * @param identity of the device
     * @param geometry of the device
     * @param reserved where the mirror is
     * @param checksums of the homes
     * @param changed blocks whose copies are to be written, images by block number
     * @return to be kept up to date from now on
     * @throws BackendException {@link BackendError#FAILED}
     */
    public static Mirror resume(
            BlockDevice device,
            StoreHealth health,
            UUID identity,
            Geometry geometry,
            ReservedExtents reserved,
            int[] checksums,
            NavigableMap<Long, ByteBuffer> changed)
            throws BackendException {
        Mirror mirror =
                new Mirror(identity, geometry, new BlockRuns(device, health), reserved, checksums);
        for (Map.Entry<Long, ByteBuffer> block : changed.entrySet()) {
            mirror.put(block.getKey(), block.getValue());
        }
        mirror.end();
        return mirror;
    }

    /**
     * Returns how many blocks of tables a mirror has.
     *
     * @param geometry of the device
     * @param reserved where the mirror is
     * @return all, but on very large devices
     */
    public static int coveredBlocks(Geometry geometry, ReservedExtents reserved) {
        return (int)
                Math.min(
                        Mirror.tableBlocks(geometry),
                        (long) reserved.mirrors().size() * MirrorHeader.BLOCKS);
    }
}
