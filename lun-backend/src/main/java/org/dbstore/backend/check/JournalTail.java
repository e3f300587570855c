package org.dbstore.backend.check;

import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Follows a journal that somebody writes. Blocks change at home only after a record has them, so
 * homes that were read at any time, and then the images of all records from the beginning of the
 * half that was the newest before, are the metadata of the last record's moment.
 */
final class JournalTail {
    private static final int BLOCK = JournalRecord.BLOCK_BYTES;
    private static final int HALF_BYTES = JournalRecord.HALF_BLOCKS * BLOCK;

    private final UUID device;
    private final NavigableMap<Long, byte[]> images = new TreeMap<>();
    private byte[] latest = {};
    private long first;
    private long last;

    private record Found(JournalRecord record, int offset) {}

    JournalTail(UUID device) {
        this.device = device;
    }

    /**
     * Takes what was written since the last time.
     *
     * @param journal the whole extent, as it was read just now
     * @return false if a record is missing: this look came at a bad moment, or too late
     */
    boolean follow(ByteBuffer journal) {
        NavigableMap<Long, Found> records = records(journal);
        if (records.isEmpty()) {
            return last == 0;
        }
        long newest = records.lastKey();
        long from = last == 0 ? records.lastEntry().getValue().record().start() : last + 1;
        for (long sequence = from; sequence <= newest; sequence++) {
            if (!records.containsKey(sequence)) {
                return false;
            }
        }
        for (Found found : records.tailMap(from, true).values()) {
            take(journal, found);
        }
        first = last == 0 ? newest : first;
        last = Math.max(last, newest);
        keep(journal);
        return true;
    }

    /** Keeps the extent, also if it makes no sense. */
    void keep(ByteBuffer journal) {
        latest = new byte[Geometry.EXTENT_BYTES];
        journal.get(0, latest);
    }

    private NavigableMap<Long, Found> records(ByteBuffer journal) {
        NavigableMap<Long, Found> records = new TreeMap<>();
        for (int half = 0; half < 2; half++) {
            ByteBuffer bytes =
                    journal.slice(half * HALF_BYTES, HALF_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < JournalRecord.HALF_BLOCKS; at++) {
                JournalRecord record = JournalRecord.read(bytes, at);
                if (record != null && record.device().equals(device)) {
                    records.put(
                            record.sequence(), new Found(record, half * HALF_BYTES + at * BLOCK));
                }
            }
        }
        return records;
    }

    private void take(ByteBuffer journal, Found found) {
        long[] blocks = found.record().blocks();
        for (int i = 0; i < blocks.length; i++) {
            byte[] image = new byte[BLOCK];
            journal.get(found.offset() + (1 + i) * BLOCK, image);
            images.put(blocks[i], image);
        }
    }

    /** True if anything was written since the first look. */
    boolean moved() {
        return last != first;
    }

    /** The last image of each block of which there was a record. */
    Map<Long, byte[]> images() {
        return images;
    }

    /** The extent as last read. */
    byte[] latest() {
        return latest;
    }
}
