package org.dbstore.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import org.dbstore.backend.device.AlignedBuffers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Goal: past the page cache everything is the same, whatever the alignment of a request. */
class DirectModeTest {
    private static final OpenOptions DIRECT = new OpenOptions(OpenOptions.Io.DIRECT, false);
    private static final long MIB = 1 << 20;

    @TempDir private Path directory;

    private BlockStore open(Path file) throws BackendException {
        try {
            return BlockStore.open(file, DIRECT);
        } catch (BackendException e) {
            if (e.error() != BackendError.INVALID && e.error() != BackendError.IO) {
                throw e;
            }
            return abort("no direct I/O in " + directory + ": " + e);
        }
    }

    @Test
    void requestsOfAnyAlignmentAreExactToTheByte() throws Exception {
        Path file = directory.resolve("store");
        BlockStore.initialize(file, 100 * MIB, false);
        byte[] model = new byte[4 << 20];
        try (BlockStore store = open(file)) {
            store.createVolume("v", model.length);
            Volume v = store.openVolume("v");
            assertTrue(v.writesWaitForMedium());
            SplittableRandom random = new SplittableRandom(3);
            ByteBuffer aligned = AlignedBuffers.allocate(2 << 20);
            for (int i = 0; i < 150; i++) {
                int length = 1 + random.nextInt(i % 5 == 0 ? 2 << 20 : 20_000);
                int offset = random.nextInt(model.length - length);
                if (i % 3 == 0) {
                    length = Math.max(4096, length & -4096);
                    offset &= -4096;
                }
                byte[] data = Bytes.random(length, i);
                // Aligned and unaligned buffers take different ways.
                v.write(offset, aligned.clear().put(data).flip());
                System.arraycopy(data, 0, model, offset, length);
                if (i % 40 == 20) {
                    store.createSnapshot("v");
                }
                int at = random.nextInt(model.length - 5000);
                assertArrayEquals(
                        Arrays.copyOfRange(model, at, at + 5000), Bytes.read(v, at, 5000));
            }
            assertArrayEquals(model, Bytes.read(v, 0, model.length));
            model[0] = 1;
            Bytes.write(v, 0, new byte[] {1});
            v.flush();
            assertFalse(v.readNow(0, ByteBuffer.allocateDirect(4096)));
            assertArrayEquals(model, Bytes.read(v, 0, model.length));
        }
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            assertArrayEquals(model, Stores.content(store, "v"));
        }
    }
}
