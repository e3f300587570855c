package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Finding;
import org.dbstore.backend.catalogue.RecordStore.RecordKey;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.Geometry;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * The records of a device. Changes go into the caller's {@link Transaction}, so that they become
 * durable with the tables or not at all; what was put for a transaction that is given up is
 * forgotten with the next one. The caller holds the management lock.
 *
 * <p>Facts are kept by the volumes and layers themselves; this is where they come from and go to.
 */
public final class Catalogue {
    /** The longest SCSI state of a volume. */
    public static final int SCSI_STATE_BYTES_MAX = 64 << 10;

    private static final int VOLUME = 2;
    private static final int SNAPSHOT = 3;
    private static final int SCSI = 4;
    private static final int DIRTY = 5;

    private final CatalogueSpace space;
    private final RecordStore records;
    private final CatalogueLoader loaded;

    private Catalogue(CatalogueSpace space, RecordStore records, CatalogueLoader loaded) {
        this.space = space;
        this.records = records;
        this.loaded = loaded;
    }

    /**
     * Reads the catalogue of a device.
     *
     * @param space its extents
     * @param geometry of the device
     * @param source reads them
     * @param deviceId of the device: blocks of another count as damaged
     * @return empty if there are no extents yet
     * @throws BackendException {@link BackendError#IO}
     */
    public static Catalogue load(
            CatalogueSpace space, Geometry geometry, BlockSource source, UUID deviceId)
            throws BackendException {
        RecordStore records = new RecordStore(space, geometry, deviceId);
        CatalogueLoader loader = new CatalogueLoader(records, deviceId);
        loader.load(space, geometry, source);
        return new Catalogue(space, records, loader);
    }

    /**
     * Tells what is wrong with it.
     *
     * @return in the order of its blocks
     */
    public List<Finding> findings() {
        return List.copyOf(loaded.findings());
    }

    /**
     * Tells whether records may be missing because a block is damaged: what has no record then must
     * not be taken for something that never had one.
     *
     * @return true if so
     */
    public boolean isDamaged() {
        return loaded.isDamaged();
    }

    /**
     * Writes blocks of which one copy was damaged anew.
     *
     * @param transaction gets the changes
     * @return false if there are none, or nothing can be written
     * @throws BackendException {@link BackendError#FAILED}
     */
    public boolean repair(Transaction transaction) throws BackendException {
        if (loaded.halfDamaged().isEmpty() || !space.ensure()) {
            return false;
        }
        records.rewrite(transaction, loaded.halfDamaged());
        return true;
    }

    /**
     * Gives up what cannot be read: blocks that are damaged in both copies, and records that are
     * not whole.
     *
     * @param transaction gets the changes
     * @return false if there is nothing like that, or nothing can be written
     * @throws BackendException {@link BackendError#FAILED}
     */
    public boolean dropUnreadable(Transaction transaction) throws BackendException {
        List<RecordKey> broken = records.keys().stream().filter(key -> !isReadable(key)).toList();
        boolean any =
                loaded.isDamaged() || !loaded.unreadableSlots().isEmpty() || !broken.isEmpty();
        if (!any || !space.ensure()) {
            return false;
        }
        records.clearBlocks(transaction, loaded.damaged());
        records.clearSlots(transaction, loaded.unreadableSlots());
        broken.forEach(key -> records.remove(transaction, key));
        return true;
    }

    private boolean isReadable(RecordKey key) {
        Function<byte[], Object> decode =
                switch (key.kind()) {
                    case VOLUME -> FactsCoding::volume;
                    case SNAPSHOT -> FactsCoding::snapshot;
                    case SCSI -> record -> FactsCoding.bytes(FactsCoding.SCSI_STATE, record);
                    case DIRTY -> record -> FactsCoding.id(FactsCoding.DIRTY, record);
                    default -> record -> record; // of a later version: kept if it is whole
                };
        try {
            return records.get(key).map(decode).isPresent();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Makes the catalogue if it is not there yet and there is room.
     *
     * @return false if nothing can be put: the device has no room
     * @throws BackendException {@link BackendError#FAILED}
     */
    public boolean ensure() throws BackendException {
        return space.ensure();
    }

    /**
     * Finds the facts of a volume.
     *
     * @param slot 0..255
     * @param name as the volume table has it: a record under another name is of a volume that is
     *     gone
     * @return empty without a record
     * @throws BackendException {@link BackendError#CORRUPT} if the record cannot be read
     */
    public Optional<VolumeFacts> volume(int slot, String name) throws BackendException {
        return read(VOLUME, slot, FactsCoding::volume)
                .filter(entry -> entry.name().equals(name))
                .map(FactsCoding.VolumeEntry::facts);
    }

    /**
     * Finds the facts of a frozen layer.
     *
     * @param id 1..65535
     * @param tableTime CreatedAt of its entry without the mark: a record of another time is of a
     *     layer that is gone
     * @return empty without a record
     * @throws BackendException {@link BackendError#CORRUPT} if the record cannot be read
     */
    public Optional<SnapshotFacts> snapshot(int id, long tableTime) throws BackendException {
        return read(SNAPSHOT, id, FactsCoding::snapshot)
                .filter(entry -> entry.tableTime() == tableTime)
                .map(FactsCoding.SnapshotEntry::facts);
    }

    /**
     * Writes the record of a volume.
     *
     * @param transaction gets the change
     * @param slot 0..255
     * @param name as the volume table will have it
     * @param facts of the volume
     * @throws BackendException {@link BackendError#NO_SPACE}, {@link BackendError#FAILED}
     */
    public void putVolume(Transaction transaction, int slot, String name, VolumeFacts facts)
            throws BackendException {
        records.put(
                transaction,
                new RecordKey(VOLUME, slot),
                FactsCoding.encode(new FactsCoding.VolumeEntry(name, facts)));
    }

    /**
     * Writes the record of a frozen layer.
     *
     * @param transaction gets the change
     * @param id 1..65535
     * @param tableTime CreatedAt of its entry without the mark
     * @param facts with an id
     * @throws BackendException {@link BackendError#NO_SPACE}, {@link BackendError#FAILED}
     */
    public void putSnapshot(Transaction transaction, int id, long tableTime, SnapshotFacts facts)
            throws BackendException {
        records.put(
                transaction,
                new RecordKey(SNAPSHOT, id),
                FactsCoding.encode(new FactsCoding.SnapshotEntry(tableTime, facts)));
    }

    /**
     * Takes out all that is known of a volume, but not of its snapshots.
     *
     * @param transaction gets the changes
     * @param slot 0..255
     */
    public void removeVolume(Transaction transaction, int slot) {
        for (int kind : new int[] {VOLUME, SCSI, DIRTY}) {
            records.remove(transaction, new RecordKey(kind, slot));
        }
    }

    /**
     * Takes out what is known of a layer.
     *
     * @param transaction gets the change
     * @param id 1..65535
     */
    public void removeSnapshot(Transaction transaction, int id) {
        records.remove(transaction, new RecordKey(SNAPSHOT, id));
    }

    /**
     * Returns the SCSI state of a volume.
     *
     * @param slot 0..255
     * @return as it was put; empty without any
     * @throws BackendException {@link BackendError#CORRUPT} if it cannot be read
     */
    public byte[] scsiState(int slot) throws BackendException {
        return read(SCSI, slot, record -> FactsCoding.bytes(FactsCoding.SCSI_STATE, record))
                .orElse(new byte[0]);
    }

    /**
     * Writes the SCSI state of a volume.
     *
     * @param transaction gets the change
     * @param slot 0..255
     * @param state at most {@link #SCSI_STATE_BYTES_MAX}; empty removes it
     * @throws BackendException {@link BackendError#INVALID} if it is too long, {@link
     *     BackendError#NO_SPACE}, {@link BackendError#FAILED}
     */
    public void putScsiState(Transaction transaction, int slot, byte[] state)
            throws BackendException {
        if (state.length > SCSI_STATE_BYTES_MAX) {
            throw new BackendException(
                    BackendError.INVALID, "a SCSI state has %d bytes".formatted(state.length));
        }
        RecordKey key = new RecordKey(SCSI, slot);
        if (state.length == 0) {
            records.remove(transaction, key);
        } else {
            records.put(transaction, key, FactsCoding.encode(FactsCoding.SCSI_STATE, state));
        }
    }

    /**
     * Returns the dirty mark of a volume.
     *
     * @param slot 0..255
     * @return id of the boot that set it; empty if it is not set
     * @throws BackendException {@link BackendError#CORRUPT} if it cannot be read
     */
    public Optional<UUID> dirtyMark(int slot) throws BackendException {
        return read(DIRTY, slot, record -> FactsCoding.id(FactsCoding.DIRTY, record));
    }

    /**
     * Sets the dirty mark of a volume.
     *
     * @param transaction gets the change
     * @param slot 0..255
     * @param bootId of the running system
     * @throws BackendException {@link BackendError#NO_SPACE}, {@link BackendError#FAILED}
     */
    public void putDirtyMark(Transaction transaction, int slot, UUID bootId)
            throws BackendException {
        records.put(
                transaction,
                new RecordKey(DIRTY, slot),
                FactsCoding.encode(FactsCoding.DIRTY, bootId));
    }

    /**
     * Clears the dirty mark of a volume.
     *
     * @param transaction gets the change
     * @param slot 0..255
     */
    public void clearDirtyMark(Transaction transaction, int slot) {
        records.remove(transaction, new RecordKey(DIRTY, slot));
    }

    /**
     * Notes that a transaction is durable.
     *
     * @param transaction that was committed
     */
    public void committed(Transaction transaction) {
        records.committed(transaction);
    }

    /** Forgets what was put for a transaction that is not committed. */
    public void giveUp() {
        records.giveUp();
    }

    private <T> Optional<T> read(int kind, int id, Function<byte[], T> decode)
            throws BackendException {
        try {
            return records.get(new RecordKey(kind, id)).map(decode);
        } catch (IllegalArgumentException e) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    "record %d of kind %d in the catalogue: %s".formatted(id, kind, e.getMessage()),
                    e);
        }
    }
}
