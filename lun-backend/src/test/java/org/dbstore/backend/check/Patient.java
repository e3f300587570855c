package org.dbstore.backend.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;

/**
 * A device with a journal, closed: volume "v" of 4 MiB in slot 0 with the snapshots "one" and
 * "two", and volume "w" in slot 1.
 */
public final class Patient {
    public static final int BLOCK = 4096;
    public final MemoryBlockDevice device;
    public final Geometry geometry;

    public Patient() throws BackendException {
        device = Stores.initialized();
        geometry = new Geometry(device.sizeBytes());
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("v", 4 << 20);
            store.createVolume("w", 2 << 20);
            Volume v = store.openVolume("v");
            for (int i = 0; i < 4; i++) {
                Bytes.write(v, (long) i << 20, Bytes.random(BLOCK, i));
            }
            store.createSnapshot("v", "one");
            Bytes.write(v, 0, Bytes.random(BLOCK, 10));
            store.createSnapshot("v", "two");
            Volume w = store.openVolume("w");
            Bytes.write(w, 0, Bytes.random(BLOCK, 20));
            store.labelVolume("w", Map.of("rack", "7"), Set.of());
            store.release(v);
            store.release(w);
        }
    }

    /** All that was written is there. */
    public static void assertWhole(BlockStore store) throws BackendException {
        byte[] v = Stores.content(store, "v");
        assertArrayEquals(Bytes.random(BLOCK, 10), block(v, 0));
        for (int i = 1; i < 4; i++) {
            assertArrayEquals(Bytes.random(BLOCK, i), block(v, i));
        }
        assertArrayEquals(Bytes.random(BLOCK, 20), block(Stores.content(store, "w"), 0));
    }

    private static byte[] block(byte[] content, int extent) {
        byte[] bytes = new byte[BLOCK];
        System.arraycopy(content, extent << 20, bytes, 0, BLOCK);
        return bytes;
    }

    public ReservedExtents reserved() throws IOException {
        return ReservedExtents.read(ByteBuffer.wrap(bytes(0, BLOCK)).order(ByteOrder.LITTLE_ENDIAN))
                .orElseThrow();
    }

    public byte[] bytes(long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        device.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    public void flip(long offset) throws IOException {
        byte[] one = bytes(offset, 1);
        one[0] ^= 0x10;
        device.write(offset, ByteBuffer.wrap(one));
    }

    public void put(long offset, int bytes, long value) throws IOException {
        put(device, offset, bytes, value);
    }

    public static void put(BlockDevice device, long offset, int bytes, long value)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, value).limit(bytes);
        device.write(offset, buffer);
    }

    /** The mirror's stamp goes, as if the original had written: what follows counts. */
    public void withoutMirror() throws IOException {
        device.write(org.dbstore.backend.format.CloseStamp.OFFSET, ByteBuffer.allocate(36));
    }

    /** Damages a catalogue block in both copies. */
    public void destroyCatalogueBlock(int number, int byteInBlock) throws IOException {
        for (int k = 0; k < 2; k++) {
            flip(
                    geometry.extentOffset(reserved().catalogue().get(k))
                            + (long) number * BLOCK
                            + byteInBlock);
        }
    }
}
