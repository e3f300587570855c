package org.dbstore.backend.operation;

import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.VolumeEntry;

import java.nio.ByteBuffer;
import java.util.Collection;

/**
 * Changes of the volume table and the snapshot table, as parts of a transaction. The two ids that
 * make an entry count are 2 bytes at even offsets: no power loss tears them.
 */
public final class Tables {
    private static final int SECTOR_BYTES = 512;

    private Tables() {}

    /**
     * Writes a snapshot entry.
     *
     * @param transaction gets the change
     * @param id 1..65535
     * @param entry what to write
     */
    public static void writeSnapshot(Transaction transaction, int id, SnapshotEntry entry) {
        ByteBuffer bytes = MetadataBlocks.buffer(SnapshotEntry.BYTES);
        entry.write(bytes, 0);
        transaction.patch(Geometry.snapshotEntryOffset(id), bytes);
    }

    /**
     * Zeroes snapshot entries.
     *
     * @param transaction gets the changes
     * @param ids 1..65535 each
     */
    public static void clearSnapshots(Transaction transaction, Collection<Integer> ids) {
        for (int id : ids) {
            transaction.patch(
                    Geometry.snapshotEntryOffset(id), MetadataBlocks.buffer(SnapshotEntry.BYTES));
        }
    }

    /**
     * Writes the size of a volume. Where the field crosses a sector and there is no journal, a
     * power loss may leave a size that is neither, but none that is smaller than both.
     *
     * @param transaction gets the changes
     * @param slot 0..255
     * @param oldBytes the present size
     * @param newBytes a multiple of 1 MiB
     */
    static void writeVolumeSize(Transaction transaction, int slot, long oldBytes, long newBytes) {
        long offset = Geometry.volumeEntryOffset(slot) + VolumeEntry.BODY;
        ByteBuffer field = MetadataBlocks.buffer(Long.BYTES);
        field.putLong(0, newBytes);
        int low = SECTOR_BYTES - (int) (offset % SECTOR_BYTES); // bytes of the lower half
        int lowBits = low * Byte.SIZE;
        if (low >= Long.BYTES || (newBytes >>> lowBits) == (oldBytes >>> lowBits)) {
            transaction.patch(offset, field);
            return;
        }
        ByteBuffer upper = field.duplicate().position(low);
        ByteBuffer lower = field.duplicate().limit(low);
        if (newBytes > oldBytes) {
            transaction.patch(offset + low, upper).barrier().patch(offset, lower);
        } else {
            transaction.patch(offset, lower).barrier().patch(offset + low, upper);
        }
    }

    /**
     * Writes everything of a volume entry but its id.
     *
     * @param transaction gets the change
     * @param slot 0..255
     * @param sizeBytes a multiple of 1 MiB
     * @param name valid
     */
    static void writeVolumeBody(Transaction transaction, int slot, long sizeBytes, String name) {
        ByteBuffer body = MetadataBlocks.buffer(VolumeEntry.BYTES - VolumeEntry.BODY);
        body.putLong(0, sizeBytes);
        body.put(VolumeEntry.NAME - VolumeEntry.BODY, VolumeEntry.nameField(name));
        transaction.patch(Geometry.volumeEntryOffset(slot) + VolumeEntry.BODY, body);
    }

    /**
     * Writes the id of a volume entry.
     *
     * @param transaction gets the change
     * @param slot 0..255
     * @param headId 1..65535, or 0 for a free slot
     */
    static void writeVolumeHead(Transaction transaction, int slot, int headId) {
        ByteBuffer id = MetadataBlocks.buffer(Short.BYTES);
        id.putShort(0, (short) headId);
        transaction.patch(Geometry.volumeEntryOffset(slot), id);
    }

    /**
     * Zeroes a volume entry, its id first.
     *
     * @param transaction gets the changes
     * @param slot 0..255
     */
    public static void clearVolume(Transaction transaction, int slot) {
        writeVolumeHead(transaction, slot, 0);
        transaction.barrier();
        transaction.patch(
                Geometry.volumeEntryOffset(slot) + VolumeEntry.BODY,
                MetadataBlocks.buffer(VolumeEntry.BYTES - VolumeEntry.BODY));
    }

    /**
     * Replaces a name. A power loss leaves the old one, the new one, or, if one of them crosses a
     * sector and there is no journal, none; never a mixture.
     *
     * @param transaction gets the changes
     * @param slot 0..255
     * @param oldLengthBytes length of the present name
     * @param name valid
     */
    static void writeVolumeName(
            Transaction transaction, int slot, int oldLengthBytes, String name) {
        long offset = Geometry.volumeEntryOffset(slot) + VolumeEntry.NAME;
        byte[] field = VolumeEntry.nameField(name);
        int inSector = SECTOR_BYTES - (int) (offset % SECTOR_BYTES);
        boolean tearable = oldLengthBytes > inSector;
        for (int i = inSector; i < field.length; i++) {
            tearable |= field[i] != 0;
        }
        if (tearable) {
            transaction.patch(offset, MetadataBlocks.buffer(1)).barrier(); // no name at all
            transaction.patch(offset + 1, ByteBuffer.wrap(field, 1, field.length - 1).slice());
            transaction.barrier();
            transaction.patch(offset, ByteBuffer.wrap(field, 0, 1).slice());
        } else {
            transaction.patch(offset, ByteBuffer.wrap(field));
        }
    }
}
