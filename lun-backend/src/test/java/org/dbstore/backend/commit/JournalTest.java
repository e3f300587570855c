package org.dbstore.backend.commit;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Goal: what is in the journal is true, and what is not there never was. */
class JournalTest {
    private static final int BLOCK = 4096;

    private final MemoryBlockDevice device = Stores.initialized();

    JournalTest() throws BackendException {}

    /** What is on the device when the process ends now. */
    private MemoryBlockDevice killed() throws IOException {
        MemoryBlockDevice copy = new MemoryBlockDevice("copy", device.sizeBytes());
        ByteBuffer zeroes = ByteBuffer.allocateDirect(1 << 16);
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        for (long at = 0; at < device.sizeBytes(); at += buffer.capacity()) {
            device.read(at, buffer.clear());
            if (!buffer.flip().equals(zeroes)) {
                copy.write(at, buffer);
            }
        }
        return copy;
    }

    private static ByteBuffer read(MemoryBlockDevice device, long offset, int length)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        device.read(offset, buffer);
        return buffer.flip();
    }

    private static void flip(MemoryBlockDevice device, long offset) throws IOException {
        ByteBuffer one = read(device, offset, 1);
        one.put(0, (byte) ~one.get(0));
        device.write(offset, one);
    }

    private static String version(MemoryBlockDevice device) throws IOException {
        return Superblock.versionName(read(device, 0, BLOCK).getInt(8));
    }

    private static int journal(MemoryBlockDevice device) throws IOException {
        return ReservedExtents.read(read(device, 0, BLOCK)).orElseThrow().journal();
    }

    /** Byte on the device where a half of the journal begins. */
    private static long half(MemoryBlockDevice device, int half) throws IOException {
        return new Geometry(device.sizeBytes()).extentOffset(journal(device))
                + (long) half * JournalRecord.HALF_BLOCKS * BLOCK;
    }

    /** Fills one block of each extent and commits each. */
    private static void fill(Volume volume, int extents) throws BackendException {
        for (int i = 0; i < extents; i++) {
            Bytes.write(volume, i * MIB, Bytes.random(BLOCK, i));
            volume.flush();
        }
    }

    private static void assertFilled(MemoryBlockDevice device, int extents)
            throws BackendException {
        try (BlockStore store = Stores.open(device)) {
            Volume volume = store.openVolume("v");
            for (int i = 0; i < extents; i++) {
                assertArrayEquals(
                        Bytes.random(BLOCK, i), Bytes.read(volume, i * MIB, BLOCK), "extent " + i);
            }
        }
    }

    @Test
    void theOriginalIsKeptFromADeviceWhileItIsOpen() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            assertEquals("1.0.0", version(device)); // nothing has changed yet
            store.createVolume("v", MIB);
            assertEquals("1.0.1", version(device));
        }
        assertEquals("1.0.0", version(device));
        try (BlockStore store = Stores.open(device)) {
            assertEquals(1, store.volumes().size());
            assertEquals("1.0.1", version(device));
        }
        assertEquals("1.0.0", version(device));
    }

    @Test
    void aDeviceThatIsOnlyLookedAtStaysAsItIs() throws Exception {
        Stores.open(device).close(); // gets an identity
        byte[] before = new byte[(int) (2 * MIB)];
        read(device, 0, before.length).get(before);
        Stores.open(device).close();
        byte[] after = new byte[before.length];
        read(device, 0, after.length).get(after);
        assertArrayEquals(before, after);
    }

    @Test
    void whatWasCommittedIsThereAfterAKillThoughItsHomeWasNotWritten() throws Exception {
        BlockStore store = Stores.open(device);
        store.createVolume("v", 64 * MIB);
        fill(store.openVolume("v"), 3);
        MemoryBlockDevice killed = killed();
        // The home of the volume's entry has nothing yet.
        assertEquals(0, read(killed, Geometry.volumeEntryOffset(0), 2).getShort(0));
        assertFilled(killed, 3);
        store.close();
        assertFilled(device, 3);
    }

    @Test
    void theJournalGoesRoundAndRound() throws Exception {
        BlockStore store = Stores.open(device);
        store.createVolume("v", 64 * MIB);
        Volume volume = store.openVolume("v");
        for (int round = 0; round < 5; round++) { // each is more than a half holds
            fill(volume, 60);
            assertFilled(killed(), 60);
            volume.unmap(0, 64 * MIB);
            volume.flush();
        }
        fill(volume, 60);
        assertFilled(killed(), 60);
        store.close();
        assertFilled(device, 60);
    }

    @Test
    void moreThanOneRecordHoldsIsCommittedInSeveral() throws Exception {
        MemoryBlockDevice large = new MemoryBlockDevice("large", 20_000 * MIB);
        BlockStore.initialize(large);
        int extents = 15_000; // their entries fill 140 blocks
        try (BlockStore store = Stores.open(large)) {
            store.createVolume("v", extents * MIB);
            Volume volume = store.openVolume("v");
            for (int i = 0; i < extents; i++) {
                Bytes.write(volume, i * MIB, Bytes.random(512, i));
            }
            volume.flush();
        }
        try (BlockStore store = Stores.open(large)) {
            assertEquals(java.util.List.of(), store.findings());
            Volume volume = store.openVolume("v");
            for (int i = 0; i < extents; i++) {
                assertArrayEquals(Bytes.random(512, i), Bytes.read(volume, i * MIB, 512));
            }
            store.release(volume);
            store.deleteVolume("v");
            assertEquals(0, store.info().usedExtents());
        }
    }

    @Test
    void aLastRecordThatIsTornNeverWas() throws Exception {
        BlockStore store = Stores.open(device);
        store.createVolume("v", 64 * MIB);
        Volume volume = store.openVolume("v");
        fill(volume, 2);
        MemoryBlockDevice killed = killed();
        ByteBuffer journal = read(killed, half(killed, 0), JournalRecord.HALF_BLOCKS * BLOCK);
        int at = 0;
        int last = 0;
        for (JournalRecord record = JournalRecord.read(journal, 0);
                record != null;
                record = JournalRecord.read(journal, at)) {
            last = at;
            at += record.lengthBlocks();
        }
        flip(killed, half(killed, 0) + (last + 1L) * BLOCK + 17);
        try (BlockStore opened = Stores.open(killed)) {
            Volume found = opened.openVolume("v");
            assertArrayEquals(Bytes.random(BLOCK, 0), Bytes.read(found, 0, BLOCK));
            assertArrayEquals(new byte[BLOCK], Bytes.read(found, MIB, BLOCK));
        }
        store.close();
    }

    @Test
    void aRecordThatIsMissingBeforeTheLastIsRefused() throws Exception {
        BlockStore store = Stores.open(device);
        store.createVolume("v", 64 * MIB);
        fill(store.openVolume("v"), 3);
        MemoryBlockDevice killed = killed();
        flip(killed, half(killed, 0) + 100);
        assertFails(BackendError.CORRUPT, () -> Stores.open(killed).close());
        assertFails(
                BackendError.CORRUPT, () -> BlockStore.open(killed, OpenOptions.READ_ONLY).close());
        store.close();
    }

    @Test
    void aSuperblockThatIsDestroyedIsFoundInTheJournal() throws Exception {
        BlockStore store = Stores.open(device);
        store.createVolume("v", 64 * MIB);
        fill(store.openVolume("v"), 3);
        MemoryBlockDevice killed = killed();
        killed.write(0, ByteBuffer.allocateDirect(512));
        assertFilled(killed, 3);
        store.close();
        device.write(0, ByteBuffer.allocateDirect(512));
        assertFilled(device, 3);
    }

    @Test
    void aReaderSeesTheJournalAndChangesNothing() throws Exception {
        BlockStore store = Stores.open(device);
        store.createVolume("v", 64 * MIB);
        fill(store.openVolume("v"), 3);
        MemoryBlockDevice killed = killed();
        ByteBuffer before = read(killed, 0, (int) (8 * MIB));
        try (BlockStore reader = BlockStore.open(killed, OpenOptions.READ_ONLY)) {
            Volume volume = reader.openVolume("v");
            assertArrayEquals(Bytes.random(BLOCK, 2), Bytes.read(volume, 2 * MIB, BLOCK));
        }
        assertEquals(before, read(killed, 0, (int) (8 * MIB)));
        store.close();
    }

    @Test
    void aDeviceWithoutRoomIsServedWithoutAJournal() throws Exception {
        try (BlockStore plain = Stores.openPlain(device)) {
            plain.createVolume("v", 95 * MIB);
            fill(plain.openVolume("v"), 90);
        }
        try (BlockStore store = Stores.open(device)) {
            fill(store.openVolume("v"), 95);
            assertEquals("1.0.0", version(device));
        }
        assertFilled(device, 95);
    }

    @Test
    void theJournalCanBeLeftAndTakenUpAgain() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 64 * MIB);
            fill(store.openVolume("v"), 2);
        }
        try (BlockStore plain = Stores.openPlain(device)) {
            assertEquals("1.0.0", version(device));
            fill(plain.openVolume("v"), 3);
        }
        try (BlockStore store = Stores.open(device)) {
            fill(store.openVolume("v"), 4);
        }
        assertFilled(device, 4);
    }

    @Test
    void whatTheOriginalChangedIsNotUndone() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 64 * MIB);
            fill(store.openVolume("v"), 2);
        }
        java.util.UUID identity;
        try (BlockStore reader = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            identity = reader.info().deviceId();
        }
        // It renames the volume, and zeroes the slack behind its tables and its superblock.
        device.write(Geometry.volumeEntryOffset(0) + 10, Bytes.direct(new byte[] {'w', 0}));
        device.write(727542, ByteBuffer.allocateDirect(729088 - 727542));
        device.write(24, ByteBuffer.allocateDirect(BLOCK - 24));
        try (BlockStore store = Stores.open(device)) {
            assertEquals("w", store.volumes().getFirst().name());
            assertEquals(identity, store.info().deviceId());
            Volume volume = store.openVolume("w");
            assertArrayEquals(Bytes.random(BLOCK, 1), Bytes.read(volume, MIB, BLOCK));
        }
        try (BlockStore store = Stores.open(device)) {
            assertEquals(java.util.List.of(), store.findings());
        }
    }

    @Test
    void everyDamagedByteOfATableIsRestoredFromItsMirror() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 64 * MIB);
            fill(store.openVolume("v"), 2);
            store.createSnapshot("v");
        }
        MemoryBlockDevice closed = killed();
        for (long at = 0; at < Geometry.EXTENT_TABLE; at += at < 8192 ? 37 : 8209) {
            flip(closed, at);
            try (BlockStore reader = BlockStore.open(closed, OpenOptions.READ_ONLY)) {
                assertEquals(1, reader.volumes().size(), "byte " + at);
                Volume volume = reader.openVolume("v");
                assertArrayEquals(Bytes.random(BLOCK, 1), Bytes.read(volume, MIB, BLOCK));
                assertFalse(reader.findings().isEmpty(), "byte " + at);
            }
            flip(closed, at);
        }
        flip(closed, Geometry.volumeEntryOffset(0));
        assertFilled(closed, 2);
        try (BlockStore again = Stores.open(closed)) {
            assertEquals(java.util.List.of(), again.findings());
        }
    }

    @Test
    void aDamagedByteOfTheExtentTableIsRestoredOrRefused() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 64 * MIB);
            fill(store.openVolume("v"), 8);
        }
        MemoryBlockDevice closed = killed();
        int refused = 0;
        for (long at = Geometry.EXTENT_TABLE; at < Geometry.EXTENT_TABLE + 40 * 38; at += 7) {
            flip(closed, at);
            try (BlockStore reader = BlockStore.open(closed, OpenOptions.READ_ONLY)) {
                Volume volume = reader.openVolume("v");
                for (int i = 0; i < 8; i++) {
                    assertArrayEquals(
                            Bytes.random(BLOCK, i), Bytes.read(volume, i * MIB, BLOCK), "at " + at);
                }
            } catch (BackendException e) {
                assertEquals(BackendError.CORRUPT, e.error());
                assertFails(BackendError.CORRUPT, () -> Stores.open(closed).close());
                refused++;
            }
            flip(closed, at);
        }
        assertTrue(refused > 0, "bits that the original may have changed are nobody's guess");
    }

    @Test
    void aDamagedMirrorCostsNothing() throws Exception {
        try (BlockStore store = Stores.open(device)) {
            store.createVolume("v", 64 * MIB);
            fill(store.openVolume("v"), 2);
        }
        ReservedExtents reserved = ReservedExtents.read(read(device, 0, BLOCK)).orElseThrow();
        Geometry geometry = new Geometry(device.sizeBytes());
        for (int mirror : reserved.mirrors()) {
            for (long at = 0; at < MIB; at += 150_001) {
                MemoryBlockDevice damaged = killed();
                flip(damaged, geometry.extentOffset(mirror) + at);
                assertFilled(damaged, 2);
                try (BlockStore again = Stores.open(damaged)) {
                    assertEquals(java.util.List.of(), again.findings());
                }
            }
        }
    }
}
