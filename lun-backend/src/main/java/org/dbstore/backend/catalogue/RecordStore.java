package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.CatalogueBlock;
import org.dbstore.backend.format.CataloguePart;
import org.dbstore.backend.format.Geometry;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Records in the blocks of the catalogue's extents. All blocks in use are in memory; a change
 * replaces whole blocks through a transaction.
 *
 * <p>What was put for a transaction that was never committed is forgotten when the next transaction
 * begins. The caller holds the management lock over a transaction, so there is one at a time.
 */
final class RecordStore {
    private static final int EXTENT_SLOTS = Geometry.EXTENT_BLOCKS * CatalogueBlock.SLOTS;

    private final CatalogueSpace space;
    private final Geometry geometry;
    private final UUID deviceId;
    private final Map<Integer, ByteBuffer> blocks = new HashMap<>(); // by number
    private final Map<RecordKey, Place> places = new HashMap<>();
    private final BitSet used =
            new BitSet(); // slots that are taken, or in blocks not to be touched
    private @Nullable Transaction current;
    private final Map<Integer, Optional<ByteBuffer>> blocksBefore = new HashMap<>();
    private final Map<RecordKey, Optional<Place>> placesBefore = new HashMap<>();

    /** What a record is found by. */
    record RecordKey(int kind, int id) {}

    /**
     * Where a record is: slots in the order of its parts; not whole if some are missing or wrong.
     */
    private record Place(List<Integer> slots, boolean whole) {
        static final Place NOWHERE = new Place(List.of(), true);
    }

    RecordStore(CatalogueSpace space, Geometry geometry, UUID deviceId) {
        this.space = space;
        this.geometry = geometry;
        this.deviceId = deviceId;
    }

    /** Enters a block that was read; its records count once {@link #place} was called for them. */
    void addBlock(int number, ByteBuffer block) {
        blocks.put(number, block);
    }

    /** Keeps new records out of a slot. */
    void keepOut(int slot) {
        used.set(slot);
    }

    /** Enters a record that was read; one that is not whole can be replaced, but not read. */
    void place(RecordKey key, List<Integer> slots, boolean whole) {
        places.put(key, new Place(List.copyOf(slots), whole));
        slots.forEach(used::set);
    }

    /**
     * Reads a record.
     *
     * @return empty if there is none
     * @throws IllegalArgumentException if a part of it is missing or wrong
     */
    Optional<byte[]> get(RecordKey key) {
        Place place = places.get(key);
        if (place == null) {
            return Optional.empty();
        }
        if (!place.whole()) {
            throw new IllegalArgumentException("parts of a record are missing or wrong");
        }
        List<CataloguePart> parts = new ArrayList<>();
        for (int slot : place.slots()) {
            CataloguePart.read(block(slot), slot % CatalogueBlock.SLOTS).ifPresent(parts::add);
        }
        return CataloguePart.join(parts);
    }

    /** Writes a record, new or instead of the one that is there. */
    void put(Transaction transaction, RecordKey key, byte[] record) throws BackendException {
        begin(transaction);
        if (record.length > CataloguePart.RECORD_BYTES_MAX) {
            throw new IllegalArgumentException("a record of " + record.length + " bytes");
        }
        List<CataloguePart> parts = CataloguePart.cut(key.kind(), key.id(), record);
        List<Integer> old = places.getOrDefault(key, Place.NOWHERE).slots();
        makeRoom(parts.size() - old.size());
        List<Integer> slots = new ArrayList<>();
        TreeSet<Integer> touched = new TreeSet<>();
        for (int i = 0; i < parts.size(); i++) {
            int slot = i < old.size() ? old.get(i) : used.nextClearBit(0);
            used.set(slot);
            slots.add(slot);
            parts.get(i).write(changed(slot, touched), slot % CatalogueBlock.SLOTS);
        }
        for (int i = slots.size(); i < old.size(); i++) {
            free(old.get(i), touched);
        }
        note(key, new Place(List.copyOf(slots), true));
        seal(transaction, touched);
    }

    /** Takes a record out; one that is not there is none to take out. */
    void remove(Transaction transaction, RecordKey key) {
        begin(transaction);
        Place old = places.get(key);
        if (old == null) {
            return;
        }
        TreeSet<Integer> touched = new TreeSet<>();
        for (int slot : old.slots()) {
            free(slot, touched);
        }
        note(key, null);
        seal(transaction, touched);
    }

    /** Returns what there are records of, whole or not. */
    Set<RecordKey> keys() {
        return Set.copyOf(places.keySet());
    }

    /** Empties blocks that could not be read. */
    void clearBlocks(Transaction transaction, Set<Integer> numbers) {
        begin(transaction);
        for (int number : numbers) {
            changed(number * CatalogueBlock.SLOTS, new TreeSet<>());
            for (int slot = 0; slot < CatalogueBlock.SLOTS; slot++) {
                used.clear(number * CatalogueBlock.SLOTS + slot);
            }
        }
        seal(transaction, numbers);
    }

    /** Empties slots that could not be read. */
    void clearSlots(Transaction transaction, Set<Integer> slots) {
        begin(transaction);
        TreeSet<Integer> touched = new TreeSet<>();
        slots.forEach(slot -> free(slot, touched));
        seal(transaction, touched);
    }

    /** Writes blocks again, so that both copies are as the better one was. */
    void rewrite(Transaction transaction, Set<Integer> numbers) {
        begin(transaction);
        for (int number : numbers) {
            changed(number * CatalogueBlock.SLOTS, new TreeSet<>());
        }
        seal(transaction, numbers);
    }

    /** What the transaction holds is on the medium now. */
    void committed(Transaction transaction) {
        if (current == transaction) {
            current = null;
            blocksBefore.clear();
            placesBefore.clear();
        }
    }

    /** Forgets what was put for another transaction, which was given up. */
    private void begin(Transaction transaction) {
        if (current != transaction) {
            giveUp();
            current = transaction;
        }
    }

    /** Forgets what was put and is not committed. */
    void giveUp() {
        blocksBefore.forEach((number, before) -> restore(blocks, number, before));
        for (RecordKey key : placesBefore.keySet()) {
            places.getOrDefault(key, Place.NOWHERE).slots().forEach(used::clear);
        }
        placesBefore.forEach((key, before) -> restore(places, key, before));
        for (RecordKey key : placesBefore.keySet()) {
            places.getOrDefault(key, Place.NOWHERE).slots().forEach(used::set);
        }
        blocksBefore.clear();
        placesBefore.clear();
        current = null;
    }

    private static <K, V> void restore(Map<K, V> map, K key, Optional<V> before) {
        if (before.isPresent()) {
            map.put(key, before.get());
        } else {
            map.remove(key);
        }
    }

    private void makeRoom(int slots) throws BackendException {
        if (!space.ensure()) {
            throw new BackendException(
                    BackendError.NO_SPACE,
                    "the device has no room for a catalogue, or is open without a journal: names,"
                            + " labels and SCSI state are not kept");
        }
        while (space.pairs().size() * EXTENT_SLOTS - used.cardinality() < slots) {
            space.grow();
        }
    }

    private void free(int slot, Set<Integer> touched) {
        used.clear(slot);
        CataloguePart.clear(changed(slot, touched), slot % CatalogueBlock.SLOTS);
    }

    /** Returns the block of a slot, to be changed. */
    private ByteBuffer changed(int slot, Set<Integer> touched) {
        int number = slot / CatalogueBlock.SLOTS;
        ByteBuffer present = blocks.get(number);
        blocksBefore.computeIfAbsent(
                number, n -> Optional.ofNullable(present).map(RecordStore::copy));
        touched.add(number);
        if (present == null) {
            ByteBuffer empty =
                    ByteBuffer.allocate(CatalogueBlock.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            blocks.put(number, empty);
            return empty;
        }
        return present;
    }

    private void note(RecordKey key, @Nullable Place place) {
        placesBefore.computeIfAbsent(key, k -> Optional.ofNullable(places.get(k)));
        if (place == null) {
            places.remove(key);
        } else {
            places.put(key, place);
        }
    }

    private void seal(Transaction transaction, Set<Integer> numbers) {
        for (int number : numbers) {
            ByteBuffer block = block(number * CatalogueBlock.SLOTS);
            CatalogueBlock.seal(block, number, deviceId);
            transaction.patchBlock(offset(number), copy(block));
        }
    }

    private long offset(int number) {
        CatalogueSpace.Pair pair = space.pairs().get(number / Geometry.EXTENT_BLOCKS);
        return geometry.extentOffset(pair.home())
                + (long) (number % Geometry.EXTENT_BLOCKS) * CatalogueBlock.BYTES;
    }

    private ByteBuffer block(int slot) {
        ByteBuffer block = blocks.get(slot / CatalogueBlock.SLOTS);
        if (block == null) {
            throw new IllegalStateException("slot " + slot + " has no block");
        }
        return block;
    }

    private static ByteBuffer copy(ByteBuffer block) {
        return ByteBuffer.allocate(CatalogueBlock.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, block, 0, CatalogueBlock.BYTES);
    }
}
