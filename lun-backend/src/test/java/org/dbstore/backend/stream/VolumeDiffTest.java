package org.dbstore.backend.stream;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.FaultyDevice;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Goal: what a diff tells of is what changed, and nothing is read that need not be. */
class VolumeDiffTest {
    private static final int BLOCK = 4096;
    private static final int SIZE = 8 << 20;

    private FaultyDevice device;
    private BlockStore store;
    private Volume volume;

    @BeforeEach
    void open() throws BackendException {
        device = new FaultyDevice(Stores.initialized());
        store = Stores.open(device);
        store.createVolume("v", SIZE);
        volume = store.openVolume("v");
    }

    @AfterEach
    void close() throws BackendException {
        store.close();
    }

    private List<ChangedRange> diff(int from, Optional<Integer> to, VolumeDiff.Depth depth)
            throws BackendException {
        Volume old = store.openSnapshot(from);
        Volume now = to.isPresent() ? store.openSnapshot(to.get()) : volume;
        try {
            return store.diff(Optional.of(old), now, depth).all();
        } finally {
            store.release(old);
            if (to.isPresent()) {
                store.release(now);
            }
        }
    }

    private static ChangedRange data(long offset, long length) {
        return new ChangedRange(offset, length, ChangedRange.Kind.DATA);
    }

    private static ChangedRange zero(long offset, long length) {
        return new ChangedRange(offset, length, ChangedRange.Kind.ZERO);
    }

    @Test
    void fromNothingEverythingThatIsMappedIsNew() throws BackendException {
        Bytes.write(volume, MIB - BLOCK, Bytes.random(3 * BLOCK, 1));
        Bytes.write(volume, 5 * MIB, Bytes.random(10, 2));
        assertEquals(
                List.of(data(MIB - BLOCK, 3 * BLOCK), data(5 * MIB, BLOCK)),
                store.diff(Optional.empty(), volume, VolumeDiff.Depth.CONTENTS).all());
    }

    @Test
    void whatIsSharedIsNotRead() throws BackendException {
        Bytes.write(volume, 0, Bytes.random(SIZE, 1));
        int old = store.createSnapshot("v");
        int reads = device.reads();
        assertEquals(List.of(), diff(old, Optional.empty(), VolumeDiff.Depth.CONTENTS));
        assertEquals(reads, device.reads());
    }

    @Test
    void oneBlockOfACopiedExtentIsAllThatChanged() throws BackendException {
        Bytes.write(volume, 0, Bytes.random(2 << 20, 1));
        int old = store.createSnapshot("v");
        Bytes.write(volume, MIB + 7 * BLOCK + 5, new byte[] {1, 2, 3});
        assertEquals(
                List.of(data(MIB + 7 * BLOCK, BLOCK)),
                diff(old, Optional.empty(), VolumeDiff.Depth.CONTENTS));
        int reads = device.reads();
        assertEquals(
                List.of(data(MIB, MIB)), diff(old, Optional.empty(), VolumeDiff.Depth.MAPPING));
        assertEquals(reads, device.reads());
    }

    @Test
    void whatWasUnmappedIsZero() throws BackendException {
        Bytes.write(volume, 0, Bytes.random(3 << 20, 1));
        int old = store.createSnapshot("v");
        volume.unmap(MIB - BLOCK, MIB + 2 * BLOCK);
        int later = store.createSnapshot("v");
        Bytes.write(volume, 0, Bytes.random(BLOCK, 2));
        assertEquals(
                List.of(zero(MIB - BLOCK, MIB + 2 * BLOCK)),
                diff(old, Optional.of(later), VolumeDiff.Depth.CONTENTS));
        assertEquals(
                List.of(data(0, BLOCK), zero(MIB - BLOCK, MIB + 2 * BLOCK)),
                diff(old, Optional.empty(), VolumeDiff.Depth.CONTENTS));
        // And back again: what is zero now was stored then.
        assertEquals(
                List.of(data(MIB - BLOCK, MIB + 2 * BLOCK)),
                diff(later, Optional.of(old), VolumeDiff.Depth.CONTENTS));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theDifferencesAreThoseOfTheBytes(long seed) throws BackendException {
        SplittableRandom random = new SplittableRandom(seed);
        change(random, 30);
        int old = store.createSnapshot("v");
        byte[] before = Bytes.read(volume, 0, SIZE);
        change(random, 10);
        store.createSnapshot("v");
        change(random, 10);
        byte[] after = Bytes.read(volume, 0, SIZE);
        byte[] patched = before.clone();
        for (ChangedRange range : diff(old, Optional.empty(), VolumeDiff.Depth.CONTENTS)) {
            int from = (int) range.offset();
            int to = (int) range.end();
            if (range.kind() == ChangedRange.Kind.ZERO) {
                Arrays.fill(patched, from, to, (byte) 0);
            } else {
                for (int at = from; at < to; at += BLOCK) { // each block of it really differs
                    boolean mapped = !Arrays.equals(before, at, at + BLOCK, after, at, at + BLOCK);
                    assertEquals(true, mapped, "block at " + at);
                }
                System.arraycopy(after, from, patched, from, to - from);
            }
        }
        assertArrayEquals(after, patched);
        checkStarts(old, random);
    }

    /** From any block on, the differences are the rest of all differences. */
    private void checkStarts(int old, SplittableRandom random) throws BackendException {
        Volume from = store.openSnapshot(old);
        List<ChangedRange> all =
                store.diff(Optional.of(from), volume, VolumeDiff.Depth.CONTENTS).all();
        for (int i = 0; i < 20; i++) {
            long start = random.nextLong(SIZE / BLOCK + 1) * BLOCK;
            List<ChangedRange> expected =
                    all.stream()
                            .filter(range -> range.end() > start)
                            .map(range ->
                                    range.offset() >= start
                                            ? range
                                            : new ChangedRange(
                                                    start, range.end() - start, range.kind()))
                            .toList();
            assertEquals(
                    expected,
                    store.diff(Optional.of(from), volume, VolumeDiff.Depth.CONTENTS)
                            .startAt(start)
                            .all());
        }
        store.release(from);
    }

    private void change(SplittableRandom random, int count) throws BackendException {
        for (int i = 0; i < count; i++) {
            int offset = random.nextInt(SIZE);
            int length = random.nextInt(1, Math.min(SIZE - offset, 1 << random.nextInt(9, 21)) + 1);
            switch (random.nextInt(3)) {
                case 0 -> volume.unmap(offset, length);
                case 1 -> volume.writeZeroes(offset, length);
                default -> Bytes.write(volume, offset, Bytes.random(length, random.nextLong()));
            }
        }
    }
}
