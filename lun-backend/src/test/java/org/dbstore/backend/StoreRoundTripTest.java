package org.dbstore.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Goal: what was written to a file-backed store and flushed is there when it is opened again. */
class StoreRoundTripTest {
    private static final long SIZE = 100L << 20;

    @TempDir private Path directory;

    @Test
    void dataOfAnyAlignmentSurvivesReopening() throws Exception {
        Path file = directory.resolve("store");
        BlockStore.initialize(file, SIZE, false);
        byte[] odd = Bytes.random(3_000_001, 1);
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            store.createVolume("v", 10 << 20);
            Volume volume = store.openVolume("v");
            assertTrue(Bytes.write(volume, 12345, odd));
            volume.flush();
            assertFalse(Bytes.write(volume, 12345, odd));
            store.release(volume);
        }
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            Volume volume = store.openVolume("v");
            assertArrayEquals(odd, Bytes.read(volume, 12345, odd.length));
            assertArrayEquals(new byte[12345], Bytes.read(volume, 0, 12345));
            ByteBuffer cached = ByteBuffer.allocateDirect(4096);
            assertTrue(volume.readNow(1 << 20, cached));
            assertEquals(4096, cached.position());
            store.release(volume);
            assertEquals(3, store.info().usedExtents());
        }
    }
}
