package org.dbstore.server.admin.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Store;
import org.dbstore.backend.VacuumInfo;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.stream.ChangedRange;
import org.dbstore.backend.stream.ChangedRange.Kind;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamException;
import org.dbstore.backend.stream.StreamReceiver.Imported;
import org.dbstore.backend.stream.VolumeDiff.Depth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/**
 * Goal: who works with a device need not know whether it is open here or held by a server. Each
 * test runs against both; a volume "served" of 4 MiB is there.
 */
abstract class StoreContract {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 4096;

    /** The device, as it is seen from one of the two sides. */
    abstract Store store();

    @Test
    void theDeviceIsDescribed() throws BackendException {
        store().createVolume("v", 3 * MIB);
        assertEquals(2, store().info().volumeCount());
        assertEquals(128 * MIB, store().info().sizeBytes());
        assertTrue(store().info().path().endsWith("main.dbs"));
        assertEquals(List.of(), store().report());
    }

    @Test
    void aVolumeIsMadeFoundRenamedAndDeleted() throws BackendException {
        store().createVolume("v", 3 * MIB);
        assertEquals(3 * MIB, store().volume("v").sizeBytes());
        store().renameVolume("v", "w");
        assertEquals(List.of("served", "w"), names());
        store().deleteVolume("w");
        assertEquals(List.of("served"), names());
    }

    @Test
    void aNameMayHoldAlmostAnything() throws BackendException {
        String[] strange = {
            "a b", "Größe", "100%", "x?y=z&u", "..", ".", "日本", "a+b", "%2e%2e", "a#b", "\"q\"",
            "\\"
        };
        for (String name : strange) {
            store().createVolume(name, MIB);
            assertEquals(name, store().volume(name).name());
            int id = store().createSnapshot(name, "s " + name);
            assertEquals(id, store().snapshotId(name, "s " + name));
            store().deleteSnapshot(id);
            store().deleteVolume(name);
        }
        assertEquals(List.of("served"), names());
    }

    @Test
    void aVolumeIsAddressedByItsSlot() throws BackendException {
        store().createVolume("v", MIB);
        assertEquals("v", store().volume("#" + store().volume("v").slot()).name());
    }

    @Test
    void whatIsWrongIsToldInTheSameWords() throws BackendException {
        assertFails(BackendError.NOT_FOUND, "no volume", () -> store().volume("x"));
        assertFails(BackendError.NOT_FOUND, "no volume", () -> store().openVolume("x"));
        assertFails(
                BackendError.ALREADY_EXISTS, "served", () -> store().createVolume("served", MIB));
        assertFails(BackendError.INVALID, "", () -> store().createVolume("a/b", MIB));
        assertFails(BackendError.INVALID, "", () -> store().createVolume("v", 0));
        assertFails(BackendError.BUSY, "served", () -> store().deleteVolume("served"));
        assertFails(BackendError.NOT_FOUND, "", () -> store().snapshotId("served", "x"));
        assertFails(BackendError.NOT_FOUND, "", () -> store().deleteSnapshot(999));
        assertFails(BackendError.INVALID, "", () -> store().discardImport("served"));
    }

    @Test
    void sizesChangeAsFarAsTheyMay() throws BackendException {
        store().createVolume("v", 2 * MIB);
        write("v", MIB, bytes(1, BLOCK));
        store().resizeVolume("v", 4 * MIB, Shrink.REFUSED);
        assertEquals(4 * MIB, store().volume("v").sizeBytes());
        assertFails(
                BackendError.INVALID,
                "",
                () -> store().resizeVolume("v", MIB, Shrink.UNMAPPED_ONLY));
        store().resizeVolume("v", MIB, Shrink.DISCARD);
        assertEquals(MIB, store().volume("v").sizeBytes());
    }

    @Test
    void labelsAreSetAndRemoved() throws BackendException {
        store().createVolume("v", MIB);
        store().labelVolume("v", Map.of("a", "1", "b", "zwei"), Set.of());
        store().labelVolume("v", Map.of("c", ""), Set.of("a"));
        assertEquals(Map.of("b", "zwei", "c", ""), store().volume("v").labels());
        int id = store().createSnapshot("v");
        store().labelSnapshot(id, Map.of("k", "v"), Set.of());
        assertEquals(Map.of("k", "v"), snapshot("v", id).labels());
    }

    @Test
    void snapshotsOfAGroupAreTakenListedAndRenamed() throws BackendException {
        store().createVolume("v", MIB);
        List<Integer> ids =
                store().createSnapshots(
                                List.of(
                                        SnapshotRequest.of("v", "one"),
                                        SnapshotRequest.of("served")));
        assertEquals(ids.getFirst(), store().snapshotId("v", "one"));
        store().renameSnapshot(ids.getFirst(), "first");
        assertEquals(Optional.of("first"), snapshot("v", ids.getFirst()).name());
        assertEquals(ids.get(1), store().snapshotId("served", ids.get(1).toString()));
        assertTrue(store().snapshots("v").getFirst().head());
    }

    @Test
    void aRollbackBringsBackAndKeepsWhatWas() throws BackendException {
        store().createVolume("v", MIB);
        byte[] old = bytes(1, BLOCK);
        write("v", 0, old);
        int id = store().createSnapshot("v");
        write("v", 0, bytes(2, BLOCK));
        OptionalInt kept = store().rollback("v", id, false);
        assertArrayEquals(old, contents("v", 0, BLOCK));
        assertTrue(kept.isPresent());
        assertEquals(OptionalInt.empty(), store().rollback("v", kept.getAsInt(), true));
        assertFails(
                BackendError.INVALID,
                "",
                () -> store().rollback("v", store().volume("v").headSnapshotId(), true));
    }

    @Test
    void clonesAreCopiedLinkedAndFlattened() throws BackendException {
        store().createVolume("v", 2 * MIB);
        byte[] contents = bytes(3, MIB);
        write("v", 0, contents);
        int id = store().createSnapshot("v");
        long[] progress = new long[2];
        ProgressListener listener =
                (done, total) -> {
                    progress[0] = done;
                    progress[1] = total;
                };
        store().cloneSnapshot(id, "copy", listener);
        assertEquals(MIB, progress[1]);
        store().linkClone(id, "linked");
        store().flatten("linked", ProgressListener.NONE);
        store().deleteSnapshot(id);
        store().deleteVolume("v");
        assertArrayEquals(contents, contents("copy", 0, MIB));
        assertArrayEquals(contents, contents("linked", 0, MIB));
        assertFails(
                BackendError.NOT_FOUND,
                "",
                () -> store().cloneSnapshot(999, "x", ProgressListener.NONE));
    }

    @Test
    void spaceIsSharedOutAndDeletionsForetold() throws BackendException {
        store().createVolume("v", 4 * MIB);
        write("v", 0, bytes(4, MIB));
        int id = store().createSnapshot("v");
        write("v", 0, bytes(5, MIB));
        assertEquals(2 * MIB, store().space().usedBytes());
        assertEquals(2, store().space().volumes().get(1).snapshots().size());
        assertEquals(MIB, store().freedByDeletingSnapshot(id));
        assertEquals(2 * MIB, store().freedByDeletingVolume("v"));
        assertEquals(2, store().volumes().size());
    }

    @Test
    void aVacuumMovesWhatItForetold() throws BackendException {
        store().createVolume("a", MIB);
        store().createVolume("b", MIB);
        write("a", 0, bytes(6, MIB));
        write("b", 0, bytes(7, MIB));
        store().deleteVolume("a");
        VacuumInfo foretold = store().previewVacuum();
        VacuumInfo done = store().vacuum(ProgressListener.NONE, () -> false);
        assertTrue(done.complete());
        assertEquals(foretold.movedExtents(), done.movedExtents());
        assertEquals(foretold.endAfter(), done.endAfter());
        assertTrue(done.storedBefore().isPresent());
        assertArrayEquals(bytes(7, MIB), contents("b", 0, MIB));
    }

    @Test
    void bytesAreWrittenReadAndZeroed() throws BackendException {
        store().createVolume("v", 16 * MIB);
        VolumeContents volume = store().openVolume("v");
        byte[] contents = bytes(8, 6 * MIB);
        volume.write(512, direct(contents));
        volume.writeZeroes(MIB, MIB);
        volume.writeZeroes(3 * MIB + 100, 17);
        volume.flush();
        Arrays.fill(contents, MIB - 512, 2 * MIB - 512, (byte) 0);
        Arrays.fill(contents, 3 * MIB + 100 - 512, 3 * MIB + 117 - 512, (byte) 0);
        assertArrayEquals(contents, read(volume, 512, contents.length));
        assertEquals("v", volume.name());
        assertEquals(16 * MIB, volume.sizeBytes());
        assertFalse(volume.isReadOnly());
        assertEquals(store().volume("v").uuid(), volume.uuid());
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> volume.read(16 * MIB - 1, ByteBuffer.allocateDirect(2)));
        store().release(volume);
    }

    @Test
    void whatIsStoredIsMapped() throws BackendException {
        store().createVolume("v", 4 * MIB);
        write("v", MIB, bytes(9, 2 * BLOCK));
        VolumeContents volume = store().openVolume("v");
        long offset = 0;
        long mapped = 0;
        while (offset < volume.sizeBytes()) {
            VolumeContents.Run run = volume.runAt(offset);
            mapped += run.mapped() ? run.lengthBytes() : 0;
            offset += run.lengthBytes();
        }
        assertEquals(2 * BLOCK, mapped);
        assertTrue(volume.runAt(MIB + 1).mapped());
        store().release(volume);
    }

    @Test
    void aSnapshotIsReadAndNotWritten() throws BackendException {
        store().createVolume("v", MIB);
        write("v", 0, bytes(10, BLOCK));
        int id = store().createSnapshot("v", "s");
        write("v", 0, bytes(11, BLOCK));
        VolumeContents snapshot = store().openSnapshot(id);
        assertArrayEquals(bytes(10, BLOCK), read(snapshot, 0, BLOCK));
        assertEquals("v@s", snapshot.name());
        assertTrue(snapshot.isReadOnly());
        assertFails(BackendError.READ_ONLY, "", () -> snapshot.write(0, direct(bytes(1, BLOCK))));
        store().release(snapshot);
    }

    @Test
    void changesAreListed() throws BackendException {
        store().createVolume("v", 8 * MIB);
        write("v", 0, bytes(12, 4 * BLOCK));
        int first = store().createSnapshot("v");
        write("v", BLOCK, bytes(13, BLOCK));
        write("v", 5 * MIB, bytes(14, BLOCK));
        VolumeContents was = store().openSnapshot(first);
        VolumeContents is = store().openVolume("v");
        assertEquals(
                List.of(
                        new ChangedRange(BLOCK, BLOCK, Kind.DATA),
                        new ChangedRange(5 * MIB, BLOCK, Kind.DATA)),
                store().changes(Optional.of(was), is, Depth.CONTENTS));
        assertEquals(
                List.of(new ChangedRange(0, 4 * BLOCK, Kind.DATA)),
                store().changes(Optional.empty(), was, Depth.MAPPING));
        store().release(is);
        store().release(was);
    }

    @Test
    void aStreamAndAnIncrementMakeTheSameVolumeAgain() throws BackendException, IOException {
        store().createVolume("v", 8 * MIB);
        write("v", 0, bytes(15, 3 * MIB));
        int first = store().createSnapshot("v", "one");
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        assertEquals(3 * MIB, export("v", first, OptionalInt.empty(), full));
        write("v", MIB, bytes(16, MIB));
        int second = store().createSnapshot("v", "two");
        ByteArrayOutputStream increment = new ByteArrayOutputStream();
        assertEquals(MIB, export("v", second, OptionalInt.of(first), increment));

        Imported imported = receive("w", full.toByteArray());
        assertEquals(Optional.of("one"), imported.snapshot().name());
        assertEquals(3 * MIB, imported.storedBytes());
        receive("w", increment.toByteArray());
        assertArrayEquals(contents("v", 0, 8 * MIB), contents("w", 0, 8 * MIB));
    }

    @Test
    void aStreamIsGoneOnWithWhereItBrokeOff() throws BackendException, IOException {
        store().createVolume("v", 8 * MIB);
        write("v", 0, bytes(17, 4 * MIB));
        int id = store().createSnapshot("v");
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        export("v", id, OptionalInt.empty(), full);
        byte[] cut = Arrays.copyOf(full.toByteArray(), full.size() / 2);

        assertThrows(StreamException.class, () -> receive("w", cut));
        assertFails(BackendError.BUSY, "import", () -> store().openVolume("w"));
        var token = store().importToken("w").orElseThrow();
        SnapshotStream stream =
                store().exportStream("v", id, OptionalInt.empty(), ProgressListener.NONE);
        stream.check(token);
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        stream.write(Channels.newChannel(rest), Optional.of(token));
        assertTrue(rest.size() < full.size());
        store().importStream("w", ProgressListener.NONE)
                .resume(Channels.newChannel(new ByteArrayInputStream(rest.toByteArray())));
        assertEquals(Optional.empty(), store().importToken("w"));
        assertArrayEquals(bytes(17, 4 * MIB), contents("w", 0, 4 * MIB));

        ByteArrayOutputStream appended = new ByteArrayOutputStream();
        stream.append(Channels.newChannel(appended), token);
        assertEquals(rest.size() - 1024, appended.size());
        assertNotEquals(0, appended.size());
    }

    @Test
    void anImportThatBrokeOffIsUndone() throws BackendException, IOException {
        store().createVolume("v", 4 * MIB);
        write("v", 0, bytes(18, 2 * MIB));
        int id = store().createSnapshot("v");
        ByteArrayOutputStream full = new ByteArrayOutputStream();
        export("v", id, OptionalInt.empty(), full);
        byte[] cut = Arrays.copyOf(full.toByteArray(), full.size() / 2);
        assertThrows(StreamException.class, () -> receive("w", cut));
        store().discardImport("w");
        assertEquals(List.of("served", "v"), names());
    }

    @Test
    void aStreamThatDoesNotFitIsRefused() throws BackendException, IOException {
        store().createVolume("v", MIB);
        int one = store().createSnapshot("v");
        int two = store().createSnapshot("v");
        ByteArrayOutputStream increment = new ByteArrayOutputStream();
        export("v", two, OptionalInt.of(one), increment);
        assertFails(BackendError.NOT_FOUND, "", () -> receive("none", increment.toByteArray()));
        assertThrows(StreamException.class, () -> receive("v", increment.toByteArray()));
        assertThrows(StreamException.class, () -> receive("w", new byte[2000]));
        assertFails(
                BackendError.INVALID,
                "itself",
                () -> store().exportStream("v", one, OptionalInt.of(one), ProgressListener.NONE));
        assertFails(
                BackendError.NOT_FOUND,
                "",
                () -> store().exportStream("v", 999, OptionalInt.empty(), ProgressListener.NONE));
    }

    private List<String> names() throws BackendException {
        return store().volumes().stream().map(VolumeInfo::name).toList();
    }

    private SnapshotInfo snapshot(String volume, int id) throws BackendException {
        return store().snapshots(volume).stream()
                .filter(snapshot -> snapshot.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private void write(String name, long offset, byte[] contents) throws BackendException {
        VolumeContents volume = store().openVolume(name);
        volume.write(offset, direct(contents));
        volume.flush();
        store().release(volume);
    }

    private byte[] read(VolumeContents volume, long offset, int length) throws BackendException {
        ByteBuffer target = ByteBuffer.allocateDirect(length);
        volume.read(offset, target);
        byte[] contents = new byte[length];
        target.flip().get(contents);
        return contents;
    }

    private byte[] contents(String name, long offset, int length) throws BackendException {
        VolumeContents volume = store().openVolume(name);
        try {
            return read(volume, offset, length);
        } finally {
            store().release(volume);
        }
    }

    private long export(String volume, int id, OptionalInt base, ByteArrayOutputStream output)
            throws BackendException, IOException {
        return store().exportStream(volume, id, base, ProgressListener.NONE)
                .write(Channels.newChannel(output), Optional.empty());
    }

    private Imported receive(String volume, byte[] stream) throws BackendException, IOException {
        return store().importStream(volume, ProgressListener.NONE)
                .run(Channels.newChannel(new ByteArrayInputStream(stream)));
    }

    private static ByteBuffer direct(byte[] contents) {
        return ByteBuffer.allocateDirect(contents.length).put(contents).flip();
    }

    private static byte[] bytes(int seed, int length) {
        byte[] contents = new byte[length];
        new Random(seed).nextBytes(contents);
        return contents;
    }

    private static void assertFails(BackendError error, String words, Executable action) {
        BackendException failure = assertThrows(BackendException.class, action);
        assertEquals(error, failure.error(), failure.getMessage());
        assertTrue(String.valueOf(failure.getMessage()).contains(words), failure.getMessage());
    }
}
