package org.dbstore.backend.check;

import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The metadata of a device at one moment, in memory; everything else is read from the device.
 * Blocks of zeroes take no memory. Nothing can be written.
 */
public final class MetadataImage implements BlockDevice {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final byte[] ZEROES = new byte[BLOCK];

    private final BlockDevice device;
    private final NavigableMap<Long, Region> regions = new TreeMap<>();
    private final NavigableMap<Long, byte[]> blocks = new TreeMap<>();

    /**
     * Blocks that the image has.
     *
     * @param first number on the device
     * @param count how many
     */
    public record Region(long first, long count) {
        boolean contains(long block) {
            return block >= first && block < first + count;
        }
    }

    /**
     * Creates an image of nothing.
     *
     * @param device has the rest; read, never written
     */
    public MetadataImage(BlockDevice device) {
        this.device = device;
    }

    /**
     * Adds blocks, of zeroes at first.
     *
     * @param region not in the image yet
     */
    public void add(Region region) {
        regions.put(region.first(), region);
    }

    /**
     * Lists what the image has.
     *
     * @return in the order of the device
     */
    public List<Region> regions() {
        return List.copyOf(regions.values());
    }

    /**
     * Lists the blocks that are not zero.
     *
     * @return by number; 4096 bytes each, not to be changed
     */
    public NavigableMap<Long, byte[]> blocks() {
        return blocks;
    }

    /**
     * Tells whether the image has a block.
     *
     * @param block number on the device
     * @return false if it is read from the device
     */
    public boolean has(long block) {
        Map.Entry<Long, Region> before = regions.floorEntry(block);
        return before != null && before.getValue().contains(block);
    }

    /**
     * Sets a block.
     *
     * @param block number on the device, in a region
     * @param bytes 4096, not changed afterwards
     */
    public void put(long block, byte[] bytes) {
        if (Arrays.equals(bytes, ZEROES)) {
            blocks.remove(block);
        } else {
            blocks.put(block, bytes);
        }
    }

    /**
     * Returns a block of the image.
     *
     * @param block number on the device, in a region
     * @return little-endian copy
     */
    public ByteBuffer block(long block) {
        byte[] bytes = blocks.getOrDefault(block, ZEROES);
        return ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns the superblock.
     *
     * @return empty if there is none
     */
    public Optional<Superblock> superblock() {
        ByteBuffer block = block(0);
        return Superblock.hasMagic(block) ? Optional.of(Superblock.read(block)) : Optional.empty();
    }

    /**
     * Returns what the superblock lists.
     *
     * @return empty if it lists nothing
     */
    public Optional<ReservedExtents> reserved() {
        return ReservedExtents.read(block(0));
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public long sizeBytes() {
        return device.sizeBytes();
    }

    @Override
    public int alignment() {
        return device.alignment();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        long at = offset;
        int limit = target.limit();
        while (target.position() < limit) {
            int inBlock = (int) (at % BLOCK);
            int count = Math.min(limit - target.position(), BLOCK - inBlock);
            if (has(at / BLOCK)) {
                target.put(blocks.getOrDefault(at / BLOCK, ZEROES), inBlock, count);
            } else {
                target.limit(target.position() + count);
                device.read(at, target);
                target.limit(limit);
            }
            at += count;
        }
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        read(offset, target);
        return true;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        throw new IOException("an image of " + device.name() + " cannot be written");
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws IOException {
        throw new IOException("an image of " + device.name() + " cannot be written");
    }

    @Override
    public void force() {}

    @Override
    public void punchHole(long offset, long lengthBytes) {}

    /** The device stays open. */
    @Override
    public void close() {}
}
