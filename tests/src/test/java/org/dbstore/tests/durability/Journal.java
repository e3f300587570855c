package org.dbstore.tests.durability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What was sent and what was acknowledged, in a file of the client's. Nothing is sent before it is
 * on the disk here, and nothing counts as acknowledged. Safe for use by many threads.
 */
final class Journal implements AutoCloseable {
    private static final int RECORD_BYTES = 40;
    private static final int CHECKED_BYTES = RECORD_BYTES - Integer.BYTES;

    /**
     * One record.
     *
     * @param acknowledged false: about to be sent; true: answered GOOD
     * @param position of the medium's clock, see {@link Load}; before sending, or after the answer
     */
    record Entry(boolean acknowledged, Operation operation, long position) {}

    private final FileChannel channel;
    private final Object forcing = new Object();
    private long appendedBytes;
    private long forcedBytes;

    /** Begins an empty file. */
    Journal(Path file) throws IOException {
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
    }

    /** Appends a record; {@link #force} makes it durable. */
    void append(Entry entry) throws IOException {
        Operation operation = entry.operation();
        ByteBuffer record =
                ByteBuffer.allocate(RECORD_BYTES)
                        .put((byte) (entry.acknowledged() ? 1 : 0))
                        .put((byte) operation.kind().letter())
                        .putShort((short) operation.volume())
                        .putInt(operation.blocks())
                        .putLong(operation.number())
                        .putLong(operation.lba())
                        .putLong(entry.position())
                        .putInt(0);
        record.putInt(CHECKED_BYTES, checksum(record.array())).rewind();
        synchronized (this) {
            while (record.hasRemaining()) {
                channel.write(record, appendedBytes + record.position());
            }
            appendedBytes += RECORD_BYTES;
        }
    }

    /** Makes durable what was appended before; those who wait together share one fdatasync. */
    void force() throws IOException {
        long needed = appended();
        synchronized (forcing) {
            if (forcedBytes < needed) {
                long covered = appended();
                channel.force(false);
                forcedBytes = covered;
            }
        }
    }

    private synchronized long appended() {
        return appendedBytes;
    }

    /** Reads a file up to its end or its first broken record. */
    static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
        byte[] record = new byte[RECORD_BYTES];
        while (all.remaining() >= RECORD_BYTES) {
            all.get(record);
            ByteBuffer fields = ByteBuffer.wrap(record);
            int expected = fields.getInt(CHECKED_BYTES);
            fields.putInt(CHECKED_BYTES, 0);
            if (checksum(record) != expected) {
                break;
            }
            entries.add(entry(fields));
        }
        return entries;
    }

    private static Entry entry(ByteBuffer fields) {
        boolean acknowledged = fields.get() != 0;
        Operation.Kind kind = Operation.Kind.of((char) fields.get());
        int volume = fields.getShort();
        int blocks = fields.getInt();
        Operation operation =
                new Operation(fields.getLong(), volume, kind, fields.getLong(), blocks);
        return new Entry(acknowledged, operation, fields.getLong());
    }

    private static int checksum(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(record, 0, CHECKED_BYTES);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
