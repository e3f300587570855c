package org.dbstore.backend.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The extents that hold what the layout has no place for. The extent table gives them to the id
 * 65535, which no volume has, so that nobody else takes them; the superblock lists them, so that
 * they are found before the table is trusted.
 *
 * <pre>
 *   superblock + 64   8    "DBSRSRVD"
 *              + 72   u32  extent of the journal
 *              + 76   u32  m, number of mirror extents
 *              + 80   u16  c, number of catalogue pairs
 *              + 82   u16  i, number of intent logs, 0 or 1
 *              + 84   u32  CRC32C of bytes 64..83 and of the list
 *              + 88   u32  extents: m mirrors, then c times a catalogue extent and its copy,
 *                          then the intent log
 *
 *   extent entry      id 65535, empty bitmap, position = kind:
 *                     0 = journal, 1 = intent log, 0x100 + i = i-th catalogue extent, copies
 *                     among them, 0x10000 + i = i-th mirror
 *   snapshot 65535    parent 0, CreatedAt 1: the original never hands the id out
 * </pre>
 *
 * @param journal device extent
 * @param mirrors device extents in order
 * @param catalogue device extents, each followed by that of its copy
 * @param intents device extent of the intent log; none, or one
 */
public record ReservedExtents(
        int journal, List<Integer> mirrors, List<Integer> catalogue, List<Integer> intents) {
    /** The id that owns them. */
    public static final int OWNER = 65535;

    /** What the snapshot table has for {@link #OWNER}. */
    public static final SnapshotEntry MARK = new SnapshotEntry(0, 1);

    /** Length of {@link #MARK}. */
    public static final int MARK_BYTES = SnapshotEntry.BYTES;

    /** Kind of the journal. */
    public static final int KIND_JOURNAL = 0;

    /** Kind of the intent log. */
    public static final int KIND_INTENTS = 1;

    /** Kind of the first catalogue extent. */
    public static final int KIND_CATALOGUE = 0x100;

    /** Kind of the first mirror. */
    public static final int KIND_MIRROR = 0x10000;

    /** Where the list lies in the superblock. */
    public static final int OFFSET = 64;

    /** The largest mirror; it protects the metadata of the first 25 TiB of a device. */
    public static final int MIRRORS_MAX = 900;

    /** The most catalogue extents, copies included. */
    public static final int CATALOGUE_MAX = 100;

    private static final long MAGIC = 0x44565253_52534244L; // "DBSRSRVD"
    private static final int CHECKSUM = OFFSET + 20;
    private static final int LIST = OFFSET + 24;

    /** Copies the lists. */
    public ReservedExtents {
        mirrors = List.copyOf(mirrors);
        catalogue = List.copyOf(catalogue);
        intents = List.copyOf(intents);
    }

    /**
     * Reads the list.
     *
     * @param superblock little-endian, 4096 bytes
     * @return empty if there is none, or a damaged one
     */
    public static Optional<ReservedExtents> read(ByteBuffer superblock) {
        int mirrorCount = superblock.getInt(OFFSET + 12);
        int pairCount = Short.toUnsignedInt(superblock.getShort(OFFSET + 16));
        int intentCount = Short.toUnsignedInt(superblock.getShort(OFFSET + 18));
        if (superblock.getLong(OFFSET) != MAGIC
                || mirrorCount < 0
                || mirrorCount > MIRRORS_MAX
                || pairCount > CATALOGUE_MAX / 2
                || intentCount > 1) {
            return Optional.empty();
        }
        int catalogueEnd = mirrorCount + 2 * pairCount;
        int count = catalogueEnd + intentCount;
        if (superblock.getInt(CHECKSUM) != checksum(superblock, count)) {
            return Optional.empty();
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(superblock.getInt(LIST + i * Integer.BYTES));
        }
        int journal = superblock.getInt(OFFSET + 8);
        // One extent for two purposes is nothing that we wrote, nor one that there cannot be.
        return all.contains(journal)
                        || new HashSet<>(all).size() < count
                        || journal < 0
                        || all.stream().anyMatch(extent -> extent < 0)
                ? Optional.empty()
                : Optional.of(
                        new ReservedExtents(
                                journal,
                                all.subList(0, mirrorCount),
                                all.subList(mirrorCount, catalogueEnd),
                                all.subList(catalogueEnd, count)));
    }

    /**
     * Writes the list.
     *
     * @param superblock little-endian, 4096 bytes; the rest of it is left alone
     */
    public void write(ByteBuffer superblock) {
        superblock.putLong(OFFSET, MAGIC);
        superblock.putInt(OFFSET + 8, journal);
        superblock.putInt(OFFSET + 12, mirrors.size());
        superblock.putShort(OFFSET + 16, (short) (catalogue.size() / 2));
        superblock.putShort(OFFSET + 18, (short) intents.size());
        int at = LIST;
        for (List<Integer> part : List.of(mirrors, catalogue, intents)) {
            for (int extent : part) {
                superblock.putInt(at, extent);
                at += Integer.BYTES;
            }
        }
        superblock.putInt(CHECKSUM, checksum(superblock, (at - LIST) / Integer.BYTES));
    }

    /**
     * Returns all of them with their kinds.
     *
     * @return the journal first, the catalogue last
     */
    public List<Kept> all() {
        List<Kept> all = new ArrayList<>();
        all.add(new Kept(journal, KIND_JOURNAL));
        intents.forEach(extent -> all.add(new Kept(extent, KIND_INTENTS)));
        for (int i = 0; i < mirrors.size(); i++) {
            all.add(new Kept(mirrors.get(i), KIND_MIRROR + i));
        }
        for (int i = 0; i < catalogue.size(); i++) {
            all.add(new Kept(catalogue.get(i), KIND_CATALOGUE + i));
        }
        return all;
    }

    /**
     * Adds to the catalogue.
     *
     * @param home new catalogue extent
     * @param copy its partner
     * @return longer by the two
     */
    public ReservedExtents withCatalogue(int home, int copy) {
        List<Integer> longer = new ArrayList<>(catalogue);
        longer.add(home);
        longer.add(copy);
        return new ReservedExtents(journal, mirrors, longer, intents);
    }

    /**
     * A reserved extent.
     *
     * @param extent device extent
     * @param kind position in its entry
     */
    public record Kept(int extent, int kind) {
        /**
         * Returns the whole entry.
         *
         * @return little-endian, 38 bytes
         */
        public ByteBuffer entry() {
            ByteBuffer entry =
                    ByteBuffer.allocate(ExtentEntry.BYTES).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            ExtentEntry.write(entry, 0, OWNER, kind, new long[BlockBitmap.WORDS], 0);
            return entry;
        }
    }

    /**
     * Puts together what the extent table has of them.
     *
     * @param kept found entries, in any order
     * @return empty if journal, mirrors or catalogue are not complete
     */
    public static Optional<ReservedExtents> of(List<Kept> kept) {
        List<Kept> sorted = new ArrayList<>(kept);
        sorted.sort(java.util.Comparator.comparingInt(Kept::kind));
        int journal = -1;
        List<Integer> mirrors = new ArrayList<>();
        List<Integer> catalogue = new ArrayList<>();
        List<Integer> intents = new ArrayList<>();
        for (Kept one : sorted) {
            if (one.kind() == KIND_JOURNAL && journal < 0) {
                journal = one.extent();
            } else if (one.kind() == KIND_INTENTS && intents.isEmpty()) {
                intents.add(one.extent());
            } else if (one.kind() == KIND_CATALOGUE + catalogue.size()) {
                catalogue.add(one.extent());
            } else if (one.kind() == KIND_MIRROR + mirrors.size()) {
                mirrors.add(one.extent());
            } else {
                return Optional.empty();
            }
        }
        return journal < 0 || mirrors.isEmpty() || catalogue.size() % 2 != 0
                ? Optional.empty()
                : Optional.of(new ReservedExtents(journal, mirrors, catalogue, intents));
    }

    private static int checksum(ByteBuffer superblock, int count) {
        CRC32C checksum = new CRC32C();
        checksum.update(superblock.slice(OFFSET, CHECKSUM - OFFSET));
        checksum.update(superblock.slice(LIST, count * Integer.BYTES));
        return (int) checksum.getValue();
    }
}
