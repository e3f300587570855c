package org.dbstore.backend.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** Goal: devices move the bytes asked for, all of them, and never grow. */
class DevicesTest {
    private static final int SIZE = (1 << 20) + 100;

    @TempDir private Path directory;

    private Path file() throws IOException {
        Path file = directory.resolve("file");
        try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
            created.setLength(SIZE);
        }
        return file;
    }

    private static void checkTransfers(BlockDevice device) throws IOException {
        byte[] content = Bytes.random(200_000, 1);
        device.write(65_530, Bytes.direct(content));
        ByteBuffer back = ByteBuffer.allocateDirect(content.length + 20);
        device.read(65_520, back);
        byte[] expected = new byte[content.length + 20];
        System.arraycopy(content, 0, expected, 10, content.length);
        byte[] actual = new byte[back.capacity()];
        back.flip().get(actual);
        assertArrayEquals(expected, actual);
        ByteBuffer cached = ByteBuffer.allocateDirect(4096);
        assertTrue(device.tryRead(65_530, cached));
        assertEquals(content[0], cached.get(0));
    }

    private static void checkBounds(BlockDevice device) {
        long size = device.sizeBytes();
        assertThrows(IOException.class, () -> device.write(size - 1, ByteBuffer.allocateDirect(2)));
        assertThrows(IOException.class, () -> device.read(size - 1, ByteBuffer.allocateDirect(2)));
        assertThrows(
                IOException.class, () -> device.tryRead(size - 1, ByteBuffer.allocateDirect(2)));
        assertThrows(IOException.class, () -> device.write(-1, ByteBuffer.allocateDirect(1)));
        assertThrows(
                IOException.class, () -> device.read(Long.MAX_VALUE, ByteBuffer.allocateDirect(1)));
        assertThrows(IOException.class, () -> device.punchHole(size - 1, 2));
    }

    @Test
    void memoryReadsAsWrittenAndKeepsItsBounds() throws IOException {
        try (BlockDevice device = new MemoryBlockDevice("m", SIZE)) {
            checkTransfers(device);
            checkBounds(device);
            device.write(SIZE - 1, Bytes.direct(new byte[] {1}));
        }
    }

    @Test
    void bufferedFileReadsAsWrittenAndNeverGrows() throws IOException {
        Path file = file();
        try (BlockDevice device = FileBlockDevice.open(file, false, false)) {
            checkTransfers(device);
            checkBounds(device);
            device.write(SIZE - 1, Bytes.direct(new byte[] {1}));
            device.force();
        }
        assertEquals(SIZE, Files.size(file));
    }

    @Test
    void aFileWritesThrough() throws IOException {
        Path file = file();
        byte[] content = Bytes.random(200_000, 3);
        try (BlockDevice device = FileBlockDevice.open(file, false, false)) {
            ByteBuffer source = Bytes.direct(content);
            assertTrue(device.writeThrough(SIZE - content.length, source));
            assertFalse(source.hasRemaining());
            assertThrows(
                    IOException.class,
                    () -> device.writeThrough(SIZE - 1, ByteBuffer.allocateDirect(2)));
        }
        byte[] written = Files.readAllBytes(file);
        assertEquals(SIZE, written.length);
        assertArrayEquals(
                content, java.util.Arrays.copyOfRange(written, SIZE - content.length, SIZE));
    }

    @Test
    void aFileThatWasRenamedAndReplacedIsStillTheOneWrittenThrough() throws IOException {
        Path file = file();
        Path moved = directory.resolve("moved");
        try (BlockDevice device = FileBlockDevice.open(file, false, false)) {
            Files.move(file, moved);
            file();
            assertTrue(device.writeThrough(0, Bytes.direct(new byte[] {7})));
        }
        assertEquals(7, Files.readAllBytes(moved)[0]);
        assertEquals(0, Files.readAllBytes(file)[0]);
    }

    @Test
    void whatCannotWriteThroughSaysSoAndWritesNothing() throws IOException {
        Path file = file();
        ByteBuffer source = Bytes.direct(new byte[] {1});
        try (BlockDevice device = FileBlockDevice.open(file, false, true)) {
            assertFalse(device.writeThrough(0, source));
        }
        BlockDevice closed = FileBlockDevice.open(file, false, false);
        closed.close();
        assertFalse(closed.writeThrough(0, source));
        assertEquals(1, source.remaining());
        assertEquals(0, Files.readAllBytes(file)[0]);
    }

    @Test
    void aLentDescriptorIsNobodyElsesAndStaysOpenUntilItComesBack() throws IOException {
        int original = Native.open(file().toString(), Native.O_RDWR);
        SyncDescriptors descriptors = new SyncDescriptors(original);
        Set<Integer> lent = new HashSet<>();
        for (int next = descriptors.take();
                next != SyncDescriptors.NONE;
                next = descriptors.take()) {
            assertTrue(lent.add(next));
        }
        int one = lent.iterator().next();
        descriptors.give(one);
        assertEquals(one, descriptors.take());
        descriptors.close();
        assertEquals(SyncDescriptors.NONE, descriptors.take());
        assertEquals(1, Native.writeThrough(one, 0, Bytes.direct(new byte[] {1})));
        lent.forEach(descriptors::give);
        Native.close(original);
    }

    @Test
    void heapBuffersAreRefused() throws IOException {
        try (BlockDevice device = FileBlockDevice.open(file(), false, false)) {
            assertThrows(
                    IllegalArgumentException.class, () -> device.read(0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aReadOnlyFileIsNotWritten() throws IOException {
        try (BlockDevice device = FileBlockDevice.open(file(), false, true)) {
            assertThrows(
                    RuntimeException.class, () -> device.write(0, ByteBuffer.allocateDirect(1)));
        }
    }

    @Test
    void aHoleGivesItsSpaceBack() throws IOException {
        Path file = file();
        try (BlockDevice device = FileBlockDevice.open(file, false, false)) {
            device.write(0, Bytes.direct(Bytes.random(1 << 20, 1)));
            device.force();
            long before = blocks(file);
            device.punchHole(0, 1 << 20);
            device.force();
            assumeTrue(blocks(file) < before, "the file system cannot punch holes");
            ByteBuffer back = ByteBuffer.allocateDirect(4096);
            device.read(0, back);
            assertEquals(back.clear(), ByteBuffer.allocateDirect(4096));
        }
        assertEquals(SIZE, Files.size(file));
    }

    @Test
    void aFullFileSystemIsToldFromAFailingMediumInTheLanguageOfTheSystem() throws IOException {
        assertEquals(BackendError.IO, DeviceIo.errorOf(new IOException("Input/output error")));
        try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            IOException failure =
                    assertThrows(IOException.class, () -> full.write(ByteBuffer.allocateDirect(1)));
            assertEquals(DeviceIo.noSpaceText(), failure.getMessage());
            assertEquals(BackendError.NO_SPACE, DeviceIo.errorOf(failure));
        }
    }

    @Test
    void aRangeIsCopiedWithinTheFileOrNotAtAll() throws IOException {
        try (BlockDevice device = FileBlockDevice.open(file(), false, false)) {
            byte[] content = Bytes.random(300_000, 1);
            device.write(4096, Bytes.direct(content));
            assertFalse(device.copyRange(4096, 500_000, 4096), "small ones are not worth it");
            boolean copied = device.copyRange(4096, 500_000, content.length);
            assumeTrue(copied, "the file system cannot copy ranges");
            ByteBuffer back = ByteBuffer.allocateDirect(content.length);
            device.read(500_000, back);
            assertEquals(Bytes.direct(content), back.flip());
            assertThrows(IOException.class, () -> device.copyRange(SIZE - 10, 0, 200_000));
            assertThrows(IOException.class, () -> device.copyRange(0, SIZE - 10, 200_000));
        }
    }

    @Test
    void coldDataIsNotReadWithoutWaiting() throws IOException {
        Path file = file();
        try (BlockDevice device = FileBlockDevice.open(file, false, false)) {
            device.write(0, Bytes.direct(Bytes.random(1 << 20, 1)));
            device.force();
            dropCache(file);
            ByteBuffer target = ByteBuffer.allocateDirect(1 << 20);
            boolean cached = device.tryRead(0, target);
            assertEquals(cached ? 1 << 20 : 0, target.position());
            device.read(0, target.clear());
            assertTrue(device.tryRead(0, target.clear()));
        }
    }

    private static void dropCache(Path file) throws IOException {
        try {
            new ProcessBuilder("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync")
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long blocks(Path file) throws IOException {
        // Space in use is not in the Java API; du asks for it in 512-byte units.
        try (var output =
                new ProcessBuilder("stat", "-c", "%b", file.toString()).start().inputReader()) {
            return Long.parseLong(output.readLine());
        }
    }

    @Test
    void pooledBuffersAreAlignedAndComeBack() {
        AlignedBuffers pool = new AlignedBuffers(8192, 2);
        ByteBuffer first = pool.take();
        ByteBuffer second = pool.take();
        assertNotSame(first, second);
        assertEquals(0, first.alignmentOffset(0, 4096));
        assertEquals(8192, second.limit());
        pool.give(first.position(100).limit(200));
        ByteBuffer again = pool.take();
        assertSame(first, again);
        assertEquals(8192, again.remaining());
    }

    @Test
    void aTakerWaitsForABufferOfAFullPool() throws InterruptedException {
        AlignedBuffers pool = new AlignedBuffers(4096, 1);
        ByteBuffer only = pool.take();
        Thread taker = Thread.ofPlatform().start(() -> pool.give(pool.take()));
        taker.join(100);
        assertTrue(taker.isAlive());
        pool.give(only);
        taker.join(5_000);
        assertFalse(taker.isAlive());
    }
}
