package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a journal has: the blocks of all records of its newest half, the last image of each.
 *
 * @param lastSequence 0 if there is no record
 * @param commit the last that is whole with that record, 0 = none
 * @param half where the last record lies, 0 or 1
 * @param images by block number; of nothing if there is no record
 */
record JournalReplay(
        long lastSequence, long commit, int half, NavigableMap<Long, ByteBuffer> images) {
    /** Of a device without a journal. */
    static final JournalReplay NONE = new JournalReplay(0, 0, 0, Collections.emptyNavigableMap());

    /** Records found in a half, by the block where they begin. */
    private record Half(NavigableMap<Integer, Found> records) {
        long lastSequence() {
            return records.values().stream().mapToLong(Found::sequence).max().orElse(0);
        }

        /** The last record has the highest. */
        long commit() {
            return records.values().stream().mapToLong(f -> f.record().commit()).max().orElse(0);
        }
    }

    private record Found(JournalRecord record, ByteBuffer bytes) {
        long sequence() {
            return record.sequence();
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
        return new JournalReplay(last, halves[newest].commit(), newest, images);
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
        return new JournalReplay(
                halves[newest].lastSequence(), halves[newest].commit(), newest, new TreeMap<>());
    }

    /** Returns whose the newest record is, or null if there is none. */
    static @Nullable UUID device(MetadataReader reader, Geometry geometry, int extent)
            throws BackendException {
        UUID device = null;
        long newest = 0;
        for (Half half : halves(reader, geometry, extent, null)) {
            for (Found found : half.records().values()) {
                if (found.sequence() > newest) {
                    newest = found.sequence();
                    device = found.record().device();
                }
            }
        }
        return device;
    }

    private static Half[] halves(
            MetadataReader reader, Geometry geometry, int extent, @Nullable UUID device)
            throws BackendException {
        long offset = geometry.extentOffset(extent);
        NavigableMap<Integer, Integer> announced = new TreeMap<>();
        reader.forEachBlock(
                offset,
                2 * JournalRecord.HALF_BLOCKS,
                (block, bytes) -> {
                    int length = JournalRecord.announcedBlocks(bytes);
                    if (length > 0
                            && block % JournalRecord.HALF_BLOCKS + length
                                    <= JournalRecord.HALF_BLOCKS) {
                        announced.put(block, length);
                    }
                });
        Half[] halves = {new Half(new TreeMap<>()), new Half(new TreeMap<>())};
        for (Map.Entry<Integer, Integer> each : announced.entrySet()) {
            int block = each.getKey();
            ByteBuffer bytes =
                    reader.read(
                            offset + (long) block * JournalRecord.BLOCK_BYTES,
                            each.getValue() * JournalRecord.BLOCK_BYTES);
            JournalRecord record = JournalRecord.read(bytes, 0);
            if (record != null && (device == null || record.device().equals(device))) {
                halves[block / JournalRecord.HALF_BLOCKS]
                        .records()
                        .put(block % JournalRecord.HALF_BLOCKS, new Found(record, bytes));
            }
        }
        return halves;
    }

    /** Returns false if a record is missing. */
    private static boolean collect(Half half, long last, NavigableMap<Long, ByteBuffer> images) {
        int at = 0;
        Found found = half.records().get(0);
        long expected = found == null ? 0 : found.record().start();
        while (found != null && found.sequence() == expected) {
            JournalRecord record = found.record();
            for (int i = 0; i < record.blocks().length; i++) {
                ByteBuffer image =
                        ByteBuffer.allocate(Geometry.BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                int from = (1 + i) * JournalRecord.BLOCK_BYTES;
                image.put(0, found.bytes(), from, JournalRecord.BLOCK_BYTES);
                images.put(record.blocks()[i], image);
            }
            if (expected == last) {
                return true;
            }
            at += record.lengthBlocks();
            found = half.records().get(at);
            expected++;
        }
        return false;
    }
}
