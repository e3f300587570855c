package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.VolumeEntry;

import java.nio.ByteBuffer;

/**
 * Changes of the volume table and the snapshot table, each durable when the call returns. The two
 * ids that make an entry count are 2 bytes at even offsets: no power loss tears them.
 */
public final class Tables {
    private static final int SECTOR_BYTES = 512;

    private final MetadataBlocks blocks;
    private final Barrier barrier;

    /**
     * Creates the access.
     *
     * @param blocks both tables, and nothing else of the device
     * @param barrier of the device
     */
    public Tables(MetadataBlocks blocks, Barrier barrier) {
        this.blocks = blocks;
        this.barrier = barrier;
    }

    /**
     * Writes a snapshot entry.
     *
     * @param id 1..65535
     * @param entry what to write
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void writeSnapshot(int id, SnapshotEntry entry) throws BackendException {
        ByteBuffer bytes = MetadataBlocks.buffer(SnapshotEntry.BYTES);
        entry.write(bytes, 0);
        write(Geometry.snapshotEntryOffset(id), bytes);
    }

    /**
     * Zeroes snapshot entries, all in one step.
     *
     * @param ids 1..65535 each
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void clearSnapshots(Iterable<Integer> ids) throws BackendException {
        for (int id : ids) {
            blocks.patch(
                    Geometry.snapshotEntryOffset(id), MetadataBlocks.buffer(SnapshotEntry.BYTES));
        }
        blocks.writeBack();
        barrier.force();
    }

    /**
     * Writes everything of a volume entry but its id.
     *
     * @param slot 0..255
     * @param sizeBytes a multiple of 1 MiB
     * @param name valid
     * @throws BackendException {@link BackendError#FAILED}
     */
    void writeVolumeBody(int slot, long sizeBytes, String name) throws BackendException {
        ByteBuffer body = MetadataBlocks.buffer(VolumeEntry.BYTES - VolumeEntry.BODY);
        body.putLong(0, sizeBytes);
        body.put(VolumeEntry.NAME - VolumeEntry.BODY, VolumeEntry.nameField(name));
        write(Geometry.volumeEntryOffset(slot) + VolumeEntry.BODY, body);
    }

    /**
     * Writes the id of a volume entry.
     *
     * @param slot 0..255
     * @param headId 1..65535
     * @throws BackendException {@link BackendError#FAILED}
     */
    void writeVolumeHead(int slot, int headId) throws BackendException {
        ByteBuffer id = MetadataBlocks.buffer(Short.BYTES);
        id.putShort(0, (short) headId);
        write(Geometry.volumeEntryOffset(slot), id);
    }

    /**
     * Zeroes a volume entry, its id first.
     *
     * @param slot 0..255
     * @throws BackendException {@link BackendError#FAILED}
     */
    public void clearVolume(int slot) throws BackendException {
        writeVolumeHead(slot, 0);
        write(
                Geometry.volumeEntryOffset(slot) + VolumeEntry.BODY,
                MetadataBlocks.buffer(VolumeEntry.BYTES - VolumeEntry.BODY));
    }

    /**
     * Replaces a name. A power loss leaves the old one, the new one, or, if one of them crosses a
     * sector, none; never a mixture.
     *
     * @param slot 0..255
     * @param name valid
     * @throws BackendException {@link BackendError#FAILED}
     */
    void writeVolumeName(int slot, String name) throws BackendException {
        long offset = Geometry.volumeEntryOffset(slot) + VolumeEntry.NAME;
        ByteBuffer field = ByteBuffer.wrap(VolumeEntry.nameField(name));
        ByteBuffer old = blocks.read(offset, VolumeEntry.NAME_FIELD_BYTES);
        int inSector = SECTOR_BYTES - (int) (offset % SECTOR_BYTES);
        boolean tearable = false;
        for (int i = inSector; i < VolumeEntry.NAME_FIELD_BYTES; i++) {
            tearable |= field.get(i) != old.get(i);
        }
        if (tearable) {
            write(offset, MetadataBlocks.buffer(1)); // no name at all
            write(offset + 1, field.slice(1, VolumeEntry.NAME_FIELD_BYTES - 1));
            write(offset, field.slice(0, 1));
        } else {
            write(offset, field);
        }
    }

    private void write(long offset, ByteBuffer bytes) throws BackendException {
        blocks.patch(offset, bytes);
        blocks.writeBack();
        barrier.force();
    }
}
