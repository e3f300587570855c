package org.dbstore.tests.durability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * What a medium holds after a loss of power: all that was flushed, and of what was written later
 * whatever the medium had got to.
 */
final class CrashedMedium {
    /** What becomes of the writes after the last flush. */
    enum Fate {
        /** All of them arrived. */
        ALL,
        /** None. */
        NONE,
        /** Some requests, each as a whole. */
        SOME_WRITES,
        /** Some sectors. */
        SOME_SECTORS
    }

    private static final int CHUNK = 1 << 16;

    private final WriteLog log;
    private final byte[] flushed;
    private final BitSet usedChunks = new BitSet();
    private int flushedCount;

    /** Begins with an image. */
    CrashedMedium(WriteLog log, Path image) throws IOException {
        this.log = log;
        flushed = Files.readAllBytes(image);
        byte[] zeroes = new byte[CHUNK];
        for (int chunk = 0; chunk * CHUNK < flushed.length; chunk++) {
            int from = chunk * CHUNK;
            int to = Math.min(flushed.length, from + CHUNK);
            if (!Arrays.equals(flushed, from, to, zeroes, 0, to - from)) {
                usedChunks.set(chunk);
            }
        }
    }

    /**
     * Writes the image of a crash.
     *
     * @param last index of the last request before it, no smaller than at the call before
     */
    void write(Path target, int last, Fate fate, SplittableRandom random) throws IOException {
        advance(last);
        try (FileChannel channel =
                FileChannel.open(
                        target,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            // The file's length is that of the device, with a hole at its end or without.
            channel.write(ByteBuffer.allocate(1), flushed.length - 1L);
            for (int from = usedChunks.nextSetBit(0);
                    from >= 0;
                    from = usedChunks.nextSetBit(usedChunks.nextClearBit(from))) {
                int begin = from * CHUNK;
                int end = Math.min(flushed.length, usedChunks.nextClearBit(from) * CHUNK);
                put(channel, begin, flushed, begin, end - begin);
            }
            for (int i = flushedCount; i <= last; i++) {
                writePending(channel, log.entries().get(i), fate, random);
            }
        }
    }

    private void advance(int last) throws IOException {
        for (int i = last; i >= flushedCount; i--) {
            if (log.entries().get(i).flush()) {
                for (; flushedCount <= i; flushedCount++) {
                    apply(log.entries().get(flushedCount));
                }
                return;
            }
        }
    }

    private void apply(WriteLog.Entry entry) throws IOException {
        if (entry.bytes() > 0) {
            int offset = Math.toIntExact(entry.offset());
            System.arraycopy(log.data(entry), 0, flushed, offset, entry.bytes());
            usedChunks.set(offset / CHUNK, (offset + entry.bytes() - 1) / CHUNK + 1);
        }
    }

    private void writePending(
            FileChannel channel, WriteLog.Entry entry, Fate fate, SplittableRandom random)
            throws IOException {
        boolean whole = fate == Fate.ALL || (fate == Fate.SOME_WRITES && random.nextBoolean());
        byte[] data = log.data(entry);
        if (whole) {
            put(channel, entry.offset(), data, 0, data.length);
        } else if (fate == Fate.SOME_SECTORS) {
            for (int at = 0; at < data.length; at += Sectors.BYTES) {
                if (random.nextBoolean()) {
                    put(channel, entry.offset() + at, data, at, Sectors.BYTES);
                }
            }
        }
    }

    private static void put(FileChannel channel, long offset, byte[] bytes, int from, int count)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, from, count);
        while (buffer.hasRemaining()) {
            channel.write(buffer, offset + (buffer.position() - from));
        }
    }
}
