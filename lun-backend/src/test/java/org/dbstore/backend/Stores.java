package org.dbstore.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.junit.jupiter.api.function.Executable;

/** Stores in memory, and what tests say of them. */
public final class Stores {
    public static final long MIB = 1 << 20;

    private Stores() {}

    /** A device of 100 MiB (99 extents) with an empty store. */
    public static MemoryBlockDevice initialized() throws BackendException {
        MemoryBlockDevice device = new MemoryBlockDevice("memory", 100 * MIB);
        BlockStore.initialize(device);
        return device;
    }

    public static BlockStore open(BlockDevice device) throws BackendException {
        return BlockStore.open(device, OpenOptions.DEFAULT);
    }

    /** Without a journal: every extent is free for volumes, every change goes home at once. */
    public static BlockStore openPlain(BlockDevice device) throws BackendException {
        return BlockStore.open(
                device, new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE));
    }

    public static void assertFails(BackendError expected, Executable action) {
        BackendException e = assertThrows(BackendException.class, action);
        assertEquals(expected, e.error(), e.getMessage());
    }

    /** Content of a whole volume or snapshot by name or id, opened for the purpose. */
    public static byte[] content(BlockStore store, String volume) throws BackendException {
        Volume view = store.openVolume(volume);
        byte[] bytes = Bytes.read(view, 0, Math.toIntExact(view.sizeBytes()));
        store.release(view);
        return bytes;
    }

    public static byte[] content(BlockStore store, int snapshot) throws BackendException {
        Volume view = store.openSnapshot(snapshot);
        byte[] bytes = Bytes.read(view, 0, Math.toIntExact(view.sizeBytes()));
        store.release(view);
        return bytes;
    }
}
