package org.dbstore.backend.stream;

import static org.dbstore.backend.Stores.MIB;
import static org.dbstore.backend.Stores.assertFails;
import static org.dbstore.backend.Stores.content;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Goal: streams carry snapshots to where they fit; what is damaged or broken off shows nowhere. */
class StreamTest {
    private static final int SIZE = 4 << 20;

    private BlockStore source;
    private BlockStore target;
    private int first;
    private int second;
    private byte[] firstContents = {};
    private byte[] secondContents = {};

    @BeforeEach
    void makeSource() throws BackendException {
        source = Stores.open(Stores.initialized());
        target = Stores.open(Stores.initialized());
        source.createVolume("v", SIZE);
        Volume volume = source.openVolume("v");
        Bytes.write(volume, 100, Bytes.random(20_000, 1));
        Bytes.write(volume, 2 * MIB, Bytes.random(1 << 20, 2));
        Bytes.write(volume, MIB, new byte[8192]); // stored zeroes
        firstContents = Bytes.read(volume, 0, SIZE);
        first = source.createSnapshot("v", "first");
        Bytes.write(volume, 0, Bytes.random(4096, 3));
        volume.unmap(2 * MIB + 4096, 300_000);
        Bytes.write(volume, 3 * MIB, Bytes.random(10, 4));
        secondContents = Bytes.read(volume, 0, SIZE);
        second = source.createSnapshot("v");
        Bytes.write(volume, 0, Bytes.random(SIZE, 5));
        source.release(volume);
    }

    @AfterEach
    void close() throws BackendException {
        source.close();
        target.close();
    }

    private byte[] full() throws Exception {
        return export(source, "v", first, OptionalInt.empty(), Optional.empty());
    }

    private byte[] increment() throws Exception {
        return export(source, "v", second, OptionalInt.of(first), Optional.empty());
    }

    private static byte[] export(
            BlockStore store, String volume, int id, OptionalInt base, Optional<StreamToken> from)
            throws BackendException, IOException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        new SnapshotExport(store, volume, id, base, ProgressListener.NONE)
                .write(Channels.newChannel(stream), from);
        return stream.toByteArray();
    }

    private static ReadableByteChannel channel(byte[] stream) {
        return Channels.newChannel(new ByteArrayInputStream(stream));
    }

    private StreamReceiver.Imported receive(byte[] stream) throws Exception {
        return new SnapshotImport(target, "w", ProgressListener.NONE).run(channel(stream));
    }

    private StreamReceiver.Imported resume(byte[] stream) throws Exception {
        return new SnapshotImport(target, "w", ProgressListener.NONE).resume(channel(stream));
    }

    @Test
    void aFullStreamMakesTheVolumeAndItsSnapshot() throws Exception {
        StreamReceiver.Imported imported = receive(full());
        assertArrayEquals(firstContents, content(target, "w"));
        assertArrayEquals(firstContents, content(target, imported.snapshot().id()));
        assertEquals(Optional.of("first"), imported.snapshot().name());
        // 5 blocks in front and a whole extent; stored zeroes need not be.
        assertEquals(5 * 4096 + MIB, imported.storedBytes());
        assertEquals(5 * 4096 + MIB, target.volume("w").mappedBytes());
    }

    @Test
    void anIncrementFollowsAndIsSmall() throws Exception {
        receive(full());
        byte[] increment = increment();
        assertTrue(increment.length < 20_000, increment.length + " bytes");
        StreamReceiver.Imported imported = receive(increment);
        assertArrayEquals(secondContents, content(target, "w"));
        assertArrayEquals(secondContents, content(target, imported.snapshot().id()));
        assertEquals(3, target.snapshots("w").size());
        assertArrayEquals(firstContents, content(target, target.snapshotId("w", "first")));
    }

    @Test
    void theSameDeviceTakesItsOwnStreams() throws Exception {
        target.close();
        target = source;
        receive(full());
        receive(increment());
        assertArrayEquals(secondContents, content(source, "w"));
        assertArrayEquals(Bytes.random(SIZE, 5), content(source, "v"));
        target = Stores.open(Stores.initialized());
    }

    @Test
    void incrementsGoBackToWhereTheFirstCameFrom() throws Exception {
        receive(full());
        Volume volume = target.openVolume("w");
        Bytes.write(volume, MIB, Bytes.random(5000, 9));
        target.release(volume);
        byte[] expected = content(target, "w");
        int changed = target.createSnapshot("w");
        byte[] back =
                export(
                        target,
                        "w",
                        changed,
                        OptionalInt.of(target.snapshotId("w", "first")),
                        Optional.empty());
        source.deleteSnapshot(second);
        Volume origin = source.openVolume("v"); // as it was at the first snapshot
        Bytes.write(origin, 0, firstContents);
        source.release(origin);
        new SnapshotImport(source, "v", ProgressListener.NONE).run(channel(back));
        assertArrayEquals(expected, content(source, "v"));
    }

    @Test
    void anIncrementIsRefusedWhereItDoesNotFit() throws Exception {
        byte[] increment = increment();
        assertFails(BackendError.NOT_FOUND, () -> receive(increment));
        target.createVolume("w", SIZE);
        assertThrows(StreamException.class, () -> receive(increment)); // no snapshot
        target.deleteVolume("w");
        receive(full());
        Volume volume = target.openVolume("w");
        Bytes.write(volume, 5, new byte[] {1});
        target.release(volume);
        byte[] written = content(target, "w");
        assertThrows(StreamException.class, () -> receive(increment)); // written since
        target.createSnapshot("w");
        assertThrows(StreamException.class, () -> receive(increment)); // another snapshot
        assertArrayEquals(written, content(target, "w"));
        assertEquals(Optional.empty(), new PartialImport(target, "w").token());
    }

    @Test
    void aFullStreamReplacesNothing() throws Exception {
        receive(full());
        assertFails(BackendError.ALREADY_EXISTS, () -> receive(full()));
        assertArrayEquals(firstContents, content(target, "w"));
    }

    @Test
    void whatBrokeOffIsNotOpenedAndGoesOn() throws Exception {
        byte[] full = full();
        for (int length : lengths(full)) {
            assertThrows(StreamException.class, () -> receive(Arrays.copyOf(full, length)));
            assertFails(BackendError.BUSY, () -> target.openVolume("w"));
            assertFails(BackendError.ALREADY_EXISTS, () -> receive(full));
            StreamToken token = new PartialImport(target, "w").token().orElseThrow();
            byte[] rest = export(source, "v", first, OptionalInt.empty(), Optional.of(token));
            assertTrue(token.frames() == 0 || rest.length < full.length);
            boolean whole = length % 2 == 0;
            resume(whole ? full : rest);
            assertArrayEquals(firstContents, content(target, "w"));
            assertEquals(2, target.snapshots("w").size());
            target.deleteVolume("w");
        }
    }

    @Test
    void nothingIsMadeOfAPart() throws Exception {
        receive(full());
        byte[] increment = increment();
        assertThrows(
                StreamException.class,
                () -> receive(Arrays.copyOf(increment, increment.length - 1)));
        int frozen = new PartialImport(target, "w").newest().orElseThrow().id();
        int head = target.volume("w").headSnapshotId();
        assertFails(BackendError.BUSY, () -> target.createSnapshot("w"));
        assertFails(BackendError.BUSY, () -> target.rollback("w", frozen, true));
        assertFails(BackendError.BUSY, () -> target.linkClone(head, "c"));
        assertFails(
                BackendError.BUSY, () -> target.cloneSnapshot(head, "c", ProgressListener.NONE));
        assertEquals(2, target.snapshots("w").size());
        target.linkClone(frozen, "c"); // that is whole
        assertArrayEquals(firstContents, content(target, "c"));
        resume(increment);
        assertEquals(3, target.snapshots("w").size());
    }

    @Test
    void aBrokenIncrementGoesOnOrIsUndone() throws Exception {
        byte[] increment = increment();
        receive(full());
        for (int length : lengths(increment)) {
            assertThrows(StreamException.class, () -> receive(Arrays.copyOf(increment, length)));
            assertFails(BackendError.BUSY, () -> target.openVolume("w"));
            assertFails(BackendError.BUSY, () -> receive(increment));
            new PartialImport(target, "w").discard();
            assertArrayEquals(firstContents, content(target, "w"));
        }
        assertThrows(
                StreamException.class,
                () -> receive(Arrays.copyOf(increment, increment.length - 1)));
        assertThrows(StreamException.class, () -> resume(full()));
        resume(increment);
        assertArrayEquals(secondContents, content(target, "w"));
    }

    /** Just behind the header, some in between, and all but the last byte. */
    private static List<Integer> lengths(byte[] stream) {
        SplittableRandom random = new SplittableRandom(1);
        return List.of(
                StreamHeader.BYTES,
                random.nextInt(StreamHeader.BYTES, stream.length),
                random.nextInt(StreamHeader.BYTES, stream.length),
                random.nextInt(StreamHeader.BYTES, stream.length),
                stream.length - 1);
    }

    @Test
    void noDamageGoesUnnoticed() throws Exception {
        byte[] full = full();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 150; i++) {
            byte[] damaged = full.clone();
            int at = i < 50 ? random.nextInt(StreamHeader.BYTES + 64) : random.nextInt(full.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            assertThrows(StreamException.class, () -> receive(damaged), "byte " + at);
            for (var volume : target.volumes()) {
                assertEquals("w", volume.name());
                new PartialImport(target, "w").discard();
            }
        }
        assertEquals(List.of(), target.volumes());
    }

    @Test
    void aFrameThatIsMissingIsNoticed() throws Exception {
        byte[] full = full();
        StreamReader reader = new StreamReader(channel(full));
        int beginning = (int) reader.bytesRead();
        assertTrue(reader.skip());
        int behind = (int) reader.bytesRead();
        byte[] shorter = new byte[full.length - (behind - beginning)];
        System.arraycopy(full, 0, shorter, 0, beginning);
        System.arraycopy(full, behind, shorter, beginning, full.length - behind);
        assertThrows(StreamException.class, () -> receive(shorter));
        assertFails(BackendError.BUSY, () -> target.openVolume("w"));
    }

    @Test
    void anInterruptionBetweenTheEndAndTheSnapshotIsMadeGood() throws Exception {
        byte[] increment = increment();
        receive(full());
        receive(increment);
        // As it is between any two steps of the end.
        SnapshotInfo newest = new PartialImport(target, "w").newest().orElseThrow();
        StreamReader reader = new StreamReader(channel(increment));
        while (reader.skip()) {
            assertTrue(reader.token().frames() > 0);
        }
        new PartialImport(target, "w").set(reader.token(), true);
        target.labelSnapshot(
                newest.id(), java.util.Map.of(), java.util.Set.of(StreamIdentity.LABEL));
        assertFails(BackendError.BUSY, () -> new PartialImport(target, "w").discard());
        resume(increment);
        assertArrayEquals(secondContents, content(target, "w"));
        assertEquals(3, target.snapshots("w").size());
        assertEquals(
                reader.header().snapshot(),
                StreamIdentity.of(new PartialImport(target, "w").newest().orElseThrow()));
    }

    @Test
    void aTokenReadsAsItWasWritten() throws Exception {
        StreamToken token = new StreamReader(channel(full())).token();
        assertEquals(token, StreamToken.parse(token.toString()));
        assertTrue(token.toString().length() <= 255);
        assertThrows(IllegalArgumentException.class, () -> StreamToken.parse(token + "x"));
    }
}
