package org.dbstore.server.lun;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.StateStore;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The kept state of a logical unit, in sections. Safe for all threads: holds the monitor.
 *
 * <pre>
 * byte 0..3   "DBSU"
 * byte 4      version, 1
 * sections    1 byte which, 4 bytes length, contents
 * last 4      CRC-32C of all before
 * </pre>
 */
final class SavedState {
    /** What is kept. */
    enum Section {
        RESERVATIONS(1),
        MODE_PAGES(2),
        SANITIZE(3);

        private final int code;

        Section(int code) {
            this.code = code;
        }

        private static Section of(int code) throws BackendException {
            for (Section section : values()) {
                if (section.code == code) {
                    return section;
                }
            }
            throw damaged("section " + code + " is unknown");
        }
    }

    private static final int MAGIC = 0x44425355;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 5;
    private static final int SECTION_HEADER_BYTES = 5;
    private static final int CHECKSUM_BYTES = 4;

    private final StateStore store;
    private Map<Section, byte[]> sections;

    /**
     * Takes up what is kept.
     *
     * @throws BackendException if it cannot be read or is damaged
     */
    SavedState(StateStore store) throws BackendException {
        this.store = store;
        this.sections = decode(store.load());
    }

    /**
     * Returns a section.
     *
     * @return a new array; empty if nothing is kept
     */
    private synchronized byte[] load(Section section) {
        return sections.getOrDefault(section, new byte[0]).clone();
    }

    /**
     * Replaces a section, durably.
     *
     * @param contents empty if nothing is to be kept
     */
    private synchronized void save(Section section, byte[] contents) throws BackendException {
        Map<Section, byte[]> next = new EnumMap<>(sections);
        if (contents.length == 0) {
            next.remove(section);
        } else {
            next.put(section, contents.clone());
        }
        store.save(encode(next));
        sections = next;
    }

    /** A section, as a store of its own. */
    StateStore section(Section section) {
        return new StateStore() {
            @Override
            public boolean isLasting() {
                return store.isLasting();
            }

            @Override
            public byte[] load() {
                return SavedState.this.load(section);
            }

            @Override
            public void save(byte[] state) throws BackendException {
                SavedState.this.save(section, state);
            }
        };
    }

    private static byte[] encode(Map<Section, byte[]> sections) {
        if (sections.isEmpty()) {
            return new byte[0];
        }
        int bytes = HEADER_BYTES + CHECKSUM_BYTES;
        for (byte[] contents : sections.values()) {
            bytes += SECTION_HEADER_BYTES + contents.length;
        }
        ByteBuffer data = ByteBuffer.allocate(bytes).putInt(MAGIC).put((byte) VERSION);
        sections.forEach((section, contents) ->
                data.put((byte) section.code).putInt(contents.length).put(contents));
        return data.putInt(checksum(data.array(), data.position())).array();
    }

    private static Map<Section, byte[]> decode(byte[] bytes) throws BackendException {
        Map<Section, byte[]> sections = new EnumMap<>(Section.class);
        if (bytes.length == 0) {
            return sections;
        }
        ByteBuffer data = ByteBuffer.wrap(bytes);
        int end = bytes.length - CHECKSUM_BYTES;
        if (end < HEADER_BYTES || checksum(bytes, end) != data.getInt(end)) {
            throw damaged("checksum");
        }
        if (data.getInt() != MAGIC || data.get() != VERSION) {
            throw damaged("not of this version");
        }
        data.limit(end);
        while (data.hasRemaining()) {
            if (data.remaining() < SECTION_HEADER_BYTES) {
                throw damaged("too short");
            }
            Section section = Section.of(data.get());
            int length = data.getInt();
            if (length < 0 || length > data.remaining()) {
                throw damaged("too short");
            }
            byte[] contents = new byte[length];
            data.get(contents);
            sections.put(section, contents);
        }
        return sections;
    }

    private static int checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static BackendException damaged(String why) {
        return new BackendException(
                BackendError.CORRUPT, "the kept state of a logical unit is damaged: " + why);
    }
}
