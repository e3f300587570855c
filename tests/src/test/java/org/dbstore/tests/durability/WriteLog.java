package org.dbstore.tests.durability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A log of writes and flushes as the Linux kernel's dm-log-writes defines it ("Log Writes Target",
 * admin-guide of the kernel) and QEMU's blklogwrites writes it: a super block, then for each
 * request a sector that describes it and the data.
 */
final class WriteLog implements AutoCloseable {
    private static final long MAGIC = 0x6a736677736872L;
    private static final int SECTOR = Sectors.BYTES;
    private static final long FLUSH = 1;
    private static final long DISCARD = 4;

    /**
     * One request.
     *
     * @param flush true: all before it is durable; it writes nothing
     * @param offset first byte on the device
     * @param dataAt where in the log the data are; negative for zeroes
     * @param endsAt length of the log with it
     */
    record Entry(boolean flush, long offset, int bytes, long dataAt, long endsAt) {}

    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();

    /** Reads the list of requests. */
    WriteLog(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        ByteBuffer superblock = read(0, SECTOR);
        if (superblock.getLong(0) != MAGIC || superblock.getInt(24) != SECTOR) {
            throw new IOException(file + " is no log of writes");
        }
        long at = SECTOR;
        while (at + SECTOR <= channel.size()) {
            Entry entry = entry(at, read(at, SECTOR));
            entries.add(entry);
            at = entry.endsAt();
        }
    }

    private static Entry entry(long at, ByteBuffer header) throws IOException {
        long offset = header.getLong(0) * SECTOR;
        int bytes = Math.toIntExact(header.getLong(8) * SECTOR);
        long flags = header.getLong(16);
        long dataAt = at + SECTOR;
        if ((flags & ~(FLUSH | DISCARD)) != 0 || ((flags & FLUSH) != 0 && bytes != 0)) {
            throw new IOException("flags %d at %d of the log".formatted(flags, at));
        }
        if (flags == DISCARD) {
            return new Entry(false, offset, bytes, -1, dataAt);
        }
        return new Entry(flags == FLUSH, offset, bytes, dataAt, dataAt + bytes);
    }

    /** In the order in which the device was given them. */
    List<Entry> entries() {
        return entries;
    }

    /** What a request writes. */
    byte[] data(Entry entry) throws IOException {
        return entry.dataAt() < 0
                ? new byte[entry.bytes()]
                : read(entry.dataAt(), entry.bytes()).array();
    }

    private ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) >= 0) {}
        return buffer; // zeroes behind the end: the last data may be a hole
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
