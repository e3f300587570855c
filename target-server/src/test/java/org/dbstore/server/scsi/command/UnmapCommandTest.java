package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Goal: UNMAP does all of a good list and nothing of a bad one. */
class UnmapCommandTest {
    private static final long BLOCKS = Bench.SIZE_BYTES / 512;

    private final Bench bench = new Bench();

    @Test
    void unmapsEachDescriptor() {
        bench.volume.fill(0, 64 << 10, 1);
        bench.good(unmap(list(8, 8, 32, 16)));
        assertArrayEquals(Bench.filled(4096, 1), bench.volume.bytes(0, 4096));
        assertArrayEquals(Bench.filled(4096, 0), bench.volume.bytes(4096, 4096));
        assertArrayEquals(Bench.filled(8192, 1), bench.volume.bytes(8192, 8192));
        assertArrayEquals(Bench.filled(8192, 0), bench.volume.bytes(16384, 8192));
        assertEquals((64 << 10) - 12288, bench.volume.mappedBytes());
        assertEquals(List.of("zero 4096+4096", "zero 16384+8192", "commit"), bench.volume.calls);
    }

    @Test
    void partOfABlockOfTheStoreReadsAsZeroesToo() {
        bench.volume.fill(0, 8192, 1);
        bench.good(unmap(list(1, 7)));
        assertArrayEquals(Bench.filled(512, 1), bench.volume.bytes(0, 512));
        assertArrayEquals(Bench.filled(3584, 0), bench.volume.bytes(512, 3584));
        assertArrayEquals(Bench.filled(4096, 1), bench.volume.bytes(4096, 4096));
    }

    @Test
    void descriptorsThatContinueEachOtherAreOneRange() {
        bench.good(unmap(list(0, 1, 1, 1, 2, 6, 16, 8)));
        assertEquals(List.of("zero 0+4096", "zero 8192+4096", "commit"), bench.volume.calls);
    }

    @ParameterizedTest(name = "{1} blocks at {0}: {2}")
    @CsvSource({
        "131071, 1, good",
        "131072, 0, good",
        "131072, 1, 05/21/00",
        "131073, 0, 05/21/00",
        "131071, 2, 05/21/00",
        "-1, 1, 05/21/00",
        "-16, 32, 05/21/00"
    })
    void rangeIsChecked(long lba, long blocks, String expected) {
        FakeTask task = unmap(list(lba, blocks));
        if ("good".equals(expected)) {
            bench.good(task);
        } else {
            assertEquals(expected, bench.check(task));
        }
    }

    @Test
    void oneBadDescriptorSpoilsTheList() {
        assertEquals("05/21/00", bench.check(unmap(list(0, 8, BLOCKS, 1))));
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void anchorIsRefused() {
        assertEquals(
                "05/24/00", bench.check(FakeTask.cdb("42010000000000001800").sending(list(0, 8))));
    }

    @Test
    void noListAndEmptyListAreGood() {
        bench.good(FakeTask.cdb("42000000000000000000"));
        bench.good(unmap(list()));
        bench.good(unmap(list(5, 0, BLOCKS, 0)));
        assertEquals(List.of("commit", "commit"), bench.volume.calls);
    }

    @ParameterizedTest(name = "{0} bytes")
    @CsvSource({"1", "7"})
    void truncatedHeaderIsALengthError(int bytes) {
        assertEquals("05/1a/00", bench.check(unmap(new byte[bytes])));
    }

    @Test
    void truncatedDescriptorIsALengthError() {
        byte[] list = list(0, 8, 16, 8);
        assertEquals("05/1a/00", bench.check(unmap(Arrays.copyOf(list, 39))));
        assertEquals("05/1a/00", bench.check(unmap(Arrays.copyOf(list, 8))));
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void lengthsThatContradictEachOtherAreRefused() {
        byte[] list = list(0, 8);
        ByteBuffer.wrap(list).putShort(0, (short) 21);
        byte[] sense = bench.sense(unmap(list));
        assertEquals(0x26, sense[12]);
        assertEquals((byte) 0x80, sense[15], "in the parameter list");
        assertEquals(0, sense[17]);
    }

    @Test
    void incompleteLastDescriptorIsIgnored() {
        byte[] list = list(0, 8, 16, 8);
        ByteBuffer.wrap(list).putShort(2, (short) 31);
        bench.good(unmap(list));
        assertEquals(List.of("zero 0+4096", "commit"), bench.volume.calls);
    }

    @Test
    void countOfDescriptorsIsLimited() {
        bench.good(unmap(singles(256)));
        byte[] sense = bench.sense(unmap(singles(257)));
        assertEquals(0x26, sense[12]);
        assertEquals(2, sense[17]);
    }

    @Test
    void sumOfBlocksIsLimited() {
        Bench large = new Bench(1L << 40, 512, false, false);
        large.good(unmap(list(0, 1 << 20)));
        large.good(unmap(list(0, 1 << 19, 1 << 19, 1 << 19)));
        byte[] sense = large.sense(unmap(list(0, 1 << 19, 1 << 19, (1 << 19) + 1)));
        assertEquals(0x26, sense[12]);
        assertEquals(32, sense[17], "the count of the second descriptor");
        Bench larger = new Bench(1L << 42, 512, false, false);
        assertEquals("05/26/00", larger.check(unmap(list(0, 0xffff_ffffL))));
    }

    @Test
    void answerWaitsForTheCommit() {
        bench.volume.holdCommits = true;
        FakeTask task = unmap(list(0, 8));
        assertNull(bench.run(task));
        bench.volume
                .commits
                .getFirst()
                .committed(new BackendException(BackendError.FAILED, "for this test"));
        assertEquals("03/0c/00", sense(task));
    }

    @Test
    void abortedCommandStopsBetweenRanges() {
        FakeTask task = unmap(list(0, 8, 16, 8));
        bench.volume.afterWrite = () -> task.aborted = true;
        assertEquals("0b/00/00", bench.check(task));
        assertEquals(List.of("zero 0+4096"), bench.volume.calls);
    }

    @Test
    void noSpaceToHideASnapshotsBlockIsReported() {
        bench.volume.writeFailure = new BackendException(BackendError.NO_SPACE, "for this test");
        assertEquals("07/27/07", bench.check(unmap(list(0, 8))));
    }

    private static String sense(FakeTask task) {
        return task.outcome() instanceof CommandOutcome.CheckCondition c
                ? String.format("%02x/%02x/%02x", c.sense()[2], c.sense()[12], c.sense()[13])
                : String.valueOf(task.outcome());
    }

    private static FakeTask unmap(byte[] list) {
        return FakeTask.cdb(String.format("42000000000000%04x00", list.length)).sending(list);
    }

    /** {@code count} descriptors of one block each, none beside the other. */
    private static byte[] singles(int count) {
        return list(LongStream.range(0, count).flatMap(i -> LongStream.of(2 * i, 1)).toArray());
    }

    /** Builds a parameter list from (LBA, number of blocks) pairs. */
    private static byte[] list(long... lbaAndBlocks) {
        int descriptorBytes = lbaAndBlocks.length / 2 * 16;
        ByteBuffer data = ByteBuffer.allocate(8 + descriptorBytes);
        data.putShort((short) (6 + descriptorBytes)).putShort((short) descriptorBytes).putInt(0);
        for (int i = 0; i < lbaAndBlocks.length; i += 2) {
            data.putLong(lbaAndBlocks[i]).putInt((int) lbaAndBlocks[i + 1]).putInt(0);
        }
        return data.array();
    }
}
