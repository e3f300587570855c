package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a journal has: the blocks of all records of its newest half, the last image of each.
 *
 * @param lastSequence 0 if there is no record
 * @param half where the last record lies, 0 or 1
 * @param images by block number; of nothing if there is no record
 */
record JournalReplay(long lastSequence, int half, NavigableMap<Long, ByteBuffer> images) {
    private static final int HALF_BYTES = JournalRecord.HALF_BLOCKS * JournalRecord.BLOCK_BYTES;

    /** Records found in a half, by the block where they begin. */
    private record Half(ByteBuffer bytes, NavigableMap<Integer, JournalRecord> records) {
        long lastSequence() {
            return records.values().stream().mapToLong(JournalRecord::sequence).max().orElse(0);
        }
    }

    /**
     * Reads a journal.
     *
     * @param reader of the device
     * @param geometry of the device
     * @param extent of the journal
     * @param device whose records count; null = any
     * @return its newest half
     * @throws BackendException {@link BackendError#CORRUPT} if a record is missing before the last
     */
    static JournalReplay read(
            MetadataReader reader, Geometry geometry, int extent, @Nullable UUID device)
            throws BackendException {
        Half[] halves = halves(reader, geometry, extent, device);
        int newest = halves[0].lastSequence() >= halves[1].lastSequence() ? 0 : 1;
        long last = halves[newest].lastSequence();
        NavigableMap<Long, ByteBuffer> images = new TreeMap<>();
        if (last > 0 && !collect(halves[newest], last, images)) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    ("a record of the journal before the last (%d) is damaged: what had been"
                                    + " acknowledged is not known")
                            .formatted(last));
        }
        return new JournalReplay(last, newest, images);
    }

    /**
     * Finds where a journal may go on that is not to be replayed.
     *
     * @param reader of the device
     * @param geometry of the device
     * @param extent of the journal
     * @param device whose records count
     * @return without images
     */
    static JournalReplay end(MetadataReader reader, Geometry geometry, int extent, UUID device)
            throws BackendException {
        Half[] halves = halves(reader, geometry, extent, device);
        int newest = halves[0].lastSequence() >= halves[1].lastSequence() ? 0 : 1;
        return new JournalReplay(halves[newest].lastSequence(), newest, new TreeMap<>());
    }

    private static Half[] halves(
            MetadataReader reader, Geometry geometry, int extent, @Nullable UUID device)
            throws BackendException {
        ByteBuffer journal = reader.read(geometry.extentOffset(extent), Geometry.EXTENT_BYTES);
        Half[] halves = new Half[2];
        for (int half = 0; half < 2; half++) {
            ByteBuffer bytes =
                    journal.slice(half * HALF_BYTES, HALF_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            NavigableMap<Integer, JournalRecord> records = new TreeMap<>();
            for (int at = 0; at < JournalRecord.HALF_BLOCKS; at++) {
                JournalRecord record = JournalRecord.read(bytes, at);
                if (record != null && (device == null || record.device().equals(device))) {
                    records.put(at, record);
                }
            }
            halves[half] = new Half(bytes, records);
        }
        return halves;
    }

    /** Returns false if a record is missing. */
    private static boolean collect(Half half, long last, NavigableMap<Long, ByteBuffer> images) {
        int at = 0;
        JournalRecord record = half.records().get(0);
        long expected = record == null ? 0 : record.start();
        while (record != null && record.sequence() == expected) {
            for (int i = 0; i < record.blocks().length; i++) {
                ByteBuffer image =
                        ByteBuffer.allocate(Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                int from = (at + 1 + i) * JournalRecord.BLOCK_BYTES;
                image.put(0, half.bytes(), from, JournalRecord.BLOCK_BYTES);
                images.put(record.blocks()[i], image);
            }
            if (expected == last) {
                return true;
            }
            at += record.lengthBlocks();
            record = half.records().get(at);
            expected++;
        }
        return false;
    }
}
