package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.MemoryVolume;
import org.dbstore.server.scsi.UnitIdentity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Goal: EXTENDED COPY and tokens copy between the units of a session, and no others. */
class CopyTest {
    private static final int MIB = 1 << 20;

    private final MemoryVolume source = new MemoryVolume(8L * MIB);
    private final MemoryVolume target = new MemoryVolume(8L * MIB);
    private final LogicalUnit sourceUnit = unit(source, "source");
    private final LogicalUnit targetUnit = unit(target, "target");
    private final LunMap luns =
            new LunMap(new TreeMap<>(Map.of(0, sourceUnit, 1, targetUnit)), List.of(1));
    private final LunMap targetOnly = new LunMap(new TreeMap<>(Map.of(1, targetUnit)), List.of(1));
    private final CommandDispatcher dispatcher =
            new CommandDispatcher(Runnable::run, Runnable::run);

    private static LogicalUnit unit(MemoryVolume volume, String identity) {
        return Bench.unit(volume, new LogicalUnit.Settings(512, 4096, false, uuid(identity)));
    }

    private static UUID uuid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable CommandOutcome run(FakeTask task, LunMap map) {
        switch (dispatcher.admit(task, map)) {
            case CommandDispatcher.Admission.Refused(var outcome) -> task.complete(outcome);
            case CommandDispatcher.Admission.Admitted admitted -> {
                task.collect(admitted.dataOutBytes(), admitted.dataInBytes());
                dispatcher.execute(task, map, admitted);
            }
        }
        return task.outcome();
    }

    private static String words(@Nullable CommandOutcome outcome) {
        return switch (outcome) {
            case CommandOutcome.Good good -> "GOOD";
            case CommandOutcome.CheckCondition(byte[] sense) ->
                    String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]);
            case null, default -> String.valueOf(outcome);
        };
    }

    private byte[] data(FakeTask task) {
        return Bench.bytes(assertInstanceOf(CommandOutcome.DataIn.class, run(task, luns)).data());
    }

    /** One segment from device 0 to device 1. */
    private static ByteBuffer copyList(String from, String to, int blocks, long lba, long toLba) {
        ByteBuffer list = ByteBuffer.allocate(16 + 64 + 28).put((byte) 1);
        list.putShort(2, (short) 64).putInt(8, 28).position(16);
        for (String each : List.of(from, to)) {
            list.putInt(0xe4000000).putInt(0x01030010);
            list.put(new UnitIdentity(uuid(each)).naa()).putInt(0).putInt(512);
        }
        list.put((byte) 2).put((byte) 0).putShort((short) 24).putShort((short) 0);
        list.putShort((short) 1).putShort((short) 0).putShort((short) blocks);
        return list.putLong(lba).putLong(toLba);
    }

    private static FakeTask copy(ByteBuffer list) {
        byte[] bytes = new byte[list.capacity()];
        list.get(0, bytes);
        return FakeTask.cdb(String.format("83000000000000000000%08x0000", list.capacity()))
                .lun(1)
                .sending(bytes);
    }

    @Test
    void blocksGoFromUnitToUnitDurably() {
        source.fill(MIB, 3 * MIB, 5);
        assertEquals("GOOD", words(run(copy(copyList("source", "target", 6144, 2048, 1)), luns)));
        assertArrayEquals(Bench.filled(3 * MIB, 5), target.bytes(512, 3 * MIB));
        assertEquals("flush", target.calls.getLast());
        assertEquals(
                "000000080100010000300000",
                HexFormat.of()
                        .formatHex(data(FakeTask.cdb("84000100000000000000000000ff0000").lun(1))));
    }

    @Test
    void unitsOfOneDeviceAreCopiedThereAndHolesStayHoles() {
        target.copies = true;
        source.fill(MIB, MIB, 5);
        target.fill(0, 4 * MIB, 7);
        assertEquals("GOOD", words(run(copy(copyList("source", "target", 8192, 0, 0)), luns)));
        assertArrayEquals(Bench.filled(MIB, 5), target.bytes(MIB, MIB));
        assertEquals(MIB, target.mappedBytes());
        assertTrue(target.calls.contains("copy " + MIB + " to " + MIB + "+" + (512 << 10)));
        assertTrue(target.calls.stream().noneMatch(call -> call.startsWith("write")));
        assertEquals("flush", target.calls.getLast());
    }

    @Test
    void whatTheDeviceCannotCopyGoesThroughMemory() {
        target.copies = true;
        target.copiedBytesMax = 0;
        source.fill(0, MIB, 5);
        assertEquals("GOOD", words(run(copy(copyList("source", "target", 2048, 0, 0)), luns)));
        assertArrayEquals(Bench.filled(MIB, 5), target.bytes(0, MIB));
    }

    @Test
    void whatIsNotStoredIsUnmapped() {
        target.fill(0, 4 * MIB, 5);
        assertEquals("GOOD", words(run(copy(copyList("source", "target", 8192, 0, 0)), luns)));
        assertEquals(0, target.mappedBytes());
    }

    @ParameterizedTest
    @CsvSource({"0, 100", "100, 0", "3000, 1000", "1000, 3000"})
    void rangesOfOneUnitMayOverlap(int from, int to) {
        byte[] before = new byte[8 * MIB];
        for (int i = 0; i < before.length; i++) {
            before[i] = (byte) (i / 512 * 31 | 1);
        }
        for (int i = 0; i < before.length; i += 512) {
            source.fill(i, 512, before[i]);
        }
        source.copies = true; // but not of ranges that overlap
        assertEquals("GOOD", words(run(copy(copyList("source", "source", 5000, from, to)), luns)));
        byte[] expected = new byte[5000 * 512];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = before[(from + i / 512) * 512];
        }
        assertArrayEquals(expected, source.bytes(to * 512L, 5000 * 512));
    }

    @Test
    void aUnitThatTheSessionDoesNotSeeIsNotCopied() {
        source.fill(0, MIB, 5);
        assertEquals(
                "0a/0d/02", words(run(copy(copyList("source", "target", 2048, 0, 0)), targetOnly)));
        assertEquals(List.of(), target.calls);
    }

    @Test
    void reservationsOfOthersHoldForCopiesToo() {
        run(FakeTask.cdb("160000000000").by(FakeTask.NEXUS_B), luns);
        assertEquals("0a/0d/01", words(run(copy(copyList("source", "target", 2048, 0, 0)), luns)));
        assertEquals(List.of(), target.calls);
    }

    @ParameterizedTest(name = "byte {0} = {1}: {2}")
    @CsvSource({
        "3, 33, 05/26/00", // no whole device descriptors
        "11, 29, 05/1a/00",
        "15, 1, 05/26/0b",
        "16, 224, 05/26/07",
        "23, 15, 0a/0d/02",
        "24, 97, 0a/0d/02",
        "80, 4, 05/26/09",
        "85, 2, 0a/0d/02",
        "92, 1, 0a/00/00",
        "100, 1, 0a/00/00"
    })
    void aListThatCannotBeCopiesNothing(int position, int value, String expected) {
        ByteBuffer list = copyList("source", "target", 2048, 0, 0);
        list.put(position, (byte) value);
        assertEquals(expected, words(run(copy(list), luns)));
        assertEquals(List.of(), target.calls);
    }

    @Test
    void anEmptyListAndAnUnknownStatus() {
        assertEquals("GOOD", words(run(FakeTask.cdb("83").lun(1), luns)));
        assertEquals("05/24/00", words(run(FakeTask.cdb("8301").lun(1), luns)));
        assertEquals(
                "05/24/00",
                words(run(FakeTask.cdb("84000900000000000000000000ff0000").lun(1), luns)));
    }

    @Test
    void operatingParametersTellTheLimits() {
        ByteBuffer data =
                ByteBuffer.wrap(data(FakeTask.cdb("84030000000000000000000000ff0000").lun(1)));
        assertEquals(42, data.getInt(0));
        assertEquals(1, data.get(4), "SNLID");
        assertEquals(8, data.getShort(8));
        assertEquals(64, data.getShort(10));
        assertEquals(0x0202e4, data.getInt(42), "descriptor types");
    }

    private FakeTask populate(long lba, int blocks) {
        ByteBuffer list = ByteBuffer.allocate(32).putShort((short) 30).put(2, (byte) 1);
        list.putShort(14, (short) 16).putLong(16, lba).putInt(24, blocks);
        return FakeTask.cdb("83100000000000000100" + "000000200000").sending(list.array());
    }

    private ByteBuffer information(int lun) {
        return ByteBuffer.wrap(
                data(FakeTask.cdb("84070000010000000000" + "000002300000").lun(lun)));
    }

    private byte[] token(long lba, int blocks) {
        assertEquals("GOOD", words(run(populate(lba, blocks), luns)));
        ByteBuffer information = information(0);
        assertEquals(0x10, information.get(4));
        assertEquals(1, information.get(5));
        assertEquals(blocks, information.getLong(16));
        assertEquals(514, information.getInt(32));
        byte[] token = new byte[512];
        information.get(38, token);
        return token;
    }

    private static FakeTask write(byte[] token, int flags, long offset, long lba, int blocks) {
        ByteBuffer list = ByteBuffer.allocate(552).putShort((short) 550).put(2, (byte) flags);
        list.putLong(8, offset).put(16, token).putShort(534, (short) 16);
        list.putLong(536, lba).putInt(544, blocks);
        return FakeTask.cdb("83110000000000000100" + "000002280000").lun(1).sending(list.array());
    }

    @Test
    void aTokenWritesWhatItStandsFor() {
        source.fill(2 * MIB, MIB, 7);
        byte[] token = token(4096, 4096);
        assertEquals("GOOD", words(run(write(token, 0, 1024, 8, 2048), luns)));
        assertArrayEquals(Bench.filled(MIB / 2, 7), target.bytes(4096, MIB / 2));
        assertArrayEquals(new byte[MIB / 2], target.bytes(4096 + MIB / 2, MIB / 2));
        ByteBuffer information = information(1);
        assertEquals(0x11, information.get(4));
        assertEquals(1, information.get(5));
        assertEquals(2048, information.getLong(16));
    }

    @Test
    void aTokenIsWorthNothingOnceItsBlocksAreWritten() {
        source.fill(0, MIB, 7);
        byte[] token = token(0, 2048);
        FakeTask beside = FakeTask.cdb("2a000000080000000100").sending(new byte[512]);
        assertSame(CommandOutcome.Good.GOOD, run(beside, luns));
        assertEquals("GOOD", words(run(write(token, 0, 0, 0, 1), luns)));
        FakeTask within = FakeTask.cdb("2a00000007ff00000100").sending(new byte[512]);
        assertSame(CommandOutcome.Good.GOOD, run(within, luns));
        assertEquals("05/23/04", words(run(write(token, 0, 0, 0, 1), luns)));
    }

    @Test
    void aTokenSurvivesAnUnmapOfOtherBlocksOnly() {
        source.fill(0, MIB, 7);
        byte[] token = token(1024, 1024);
        assertEquals("GOOD", words(run(unmap(0, 1024, 2048, 1024), luns)));
        assertEquals("GOOD", words(run(write(token, 0, 0, 0, 1), luns)));
        assertEquals("GOOD", words(run(unmap(0, 1, 2047, 1), luns)));
        assertEquals("05/23/04", words(run(write(token, 0, 0, 0, 1), luns)));
    }

    @Test
    void aTokenSurvivesAnUnmapThatDoesNothing() {
        source.fill(0, MIB, 7);
        byte[] token = token(0, 2048);
        assertEquals("GOOD", words(run(FakeTask.cdb("42000000000000000000"), luns)));
        assertEquals("GOOD", words(run(unmap(), luns)));
        assertEquals("GOOD", words(run(unmap(5, 0), luns)));
        assertEquals("05/21/00", words(run(unmap(0, 8, 1 << 20, 1), luns)));
        assertEquals("05/1a/00", words(run(unmap(new byte[4]), luns)));
        assertEquals("GOOD", words(run(write(token, 0, 0, 0, 1), luns)));
    }

    /** UNMAP of pairs of LBA and number of blocks. */
    private static FakeTask unmap(int... pairs) {
        int bytes = pairs.length / 2 * 16;
        ByteBuffer list = ByteBuffer.allocate(8 + bytes).putShort((short) (6 + bytes));
        list.putShort((short) bytes).putInt(0);
        for (int i = 0; i < pairs.length; i += 2) {
            list.putLong(pairs[i]).putInt(pairs[i + 1]).putInt(0);
        }
        return unmap(list.array());
    }

    private static FakeTask unmap(byte[] list) {
        return FakeTask.cdb(String.format("42000000000000%04x00", list.length)).sending(list);
    }

    @Test
    void aTokenOfAUnitThatTheSessionDoesNotSeeIsUnknown() {
        byte[] token = token(0, 2048);
        assertEquals("05/23/04", words(run(write(token, 0, 0, 0, 1), targetOnly)));
        token[100] ^= 1;
        assertEquals("05/23/04", words(run(write(token, 0, 0, 0, 1), luns)));
        assertEquals("05/23/04", words(run(write(new byte[512], 0, 0, 0, 1), luns)));
    }

    @Test
    void theTokenOfZeroesUnmaps() {
        target.fill(0, 4 * MIB, 7);
        byte[] zeroes =
                ByteBuffer.allocate(512).putInt(0xffff0001).putShort(6, (short) 504).array();
        assertEquals("GOOD", words(run(write(zeroes, 0, 0, 2048, 4096), luns)));
        assertEquals(2L * MIB, target.mappedBytes());
    }

    @Test
    void aTokenThatIsTooShortWritesWhatThereIsAndSaysSo() {
        source.fill(0, MIB, 7);
        byte[] token = token(0, 16);
        CommandOutcome outcome = run(write(token, 0, 8, 0, 16), luns);
        assertEquals("0a/00/00", words(outcome));
        byte[] sense = assertInstanceOf(CommandOutcome.CheckCondition.class, outcome).sense();
        assertEquals(8, ByteBuffer.wrap(sense).getInt(3), "blocks written");
        assertArrayEquals(Bench.filled(4096, 7), target.bytes(0, 4096));
        ByteBuffer information = information(1);
        assertEquals(2, information.get(5));
        assertEquals(8, information.getLong(16));
        assertEquals(18, information.get(14), "sense data");
    }

    @Test
    void aDeletedTokenIsUnknownAndAnImmediateWriteAnswersFirst() {
        source.fill(0, MIB, 7);
        byte[] token = token(0, 2048);
        FakeTask immediate = write(token, 3, 0, 0, 2048);
        target.afterWrite = () -> assertNotNull(immediate.outcome());
        assertEquals("GOOD", words(run(immediate, luns)));
        assertEquals(2048, information(1).getLong(16));
        assertEquals("05/23/04", words(run(write(token, 0, 0, 0, 1), luns)));
    }

    @Test
    void anAbortedWriteUsingATokenEndsAfterThePieceAtHand() {
        source.fill(0, 4 * MIB, 7);
        FakeTask task = write(token(0, 8192), 0, 0, 0, 8192);
        target.afterWrite = () -> task.aborted = true;
        assertEquals("0b/00/00", words(run(task, luns)));
        assertTerminatedEarly();
    }

    @Test
    void aBackgroundCopyEndsWithItsSession() {
        source.fill(0, 4 * MIB, 7);
        FakeTask task = write(token(0, 8192), 1, 0, 0, 8192);
        target.afterWrite = () -> targetUnit.nexusLost(task.nexus());
        assertEquals("GOOD", words(run(task, luns)));
        assertTerminatedEarly();
    }

    @Test
    void whoEndsABackgroundCopyHearsWhenItWritesNoMore() {
        source.fill(0, 4 * MIB, 7);
        FakeTask task = write(token(0, 8192), 1, 0, 0, 8192);
        List<Long> mappedThen = new ArrayList<>();
        target.afterWrite =
                () -> {
                    targetUnit.endBackground(
                            FakeTask.NEXUS_A::equals, () -> mappedThen.add(target.mappedBytes()));
                    assertEquals(List.of(), mappedThen, "the copy has not ended yet");
                };
        assertEquals("GOOD", words(run(task, luns)));
        assertEquals(List.of(target.mappedBytes()), mappedThen);
        assertTerminatedEarly();
    }

    @Test
    void theBackgroundCopyOfOthersGoesOn() {
        source.fill(0, 4 * MIB, 7);
        FakeTask task = write(token(0, 8192), 1, 0, 0, 8192);
        target.afterWrite =
                () -> {
                    targetUnit.nexusLost(FakeTask.NEXUS_B);
                    sourceUnit.nexusLost(FakeTask.NEXUS_A);
                };
        assertEquals("GOOD", words(run(task, luns)));
        assertEquals(1, information(1).get(5), "well");
        assertArrayEquals(Bench.filled(4 * MIB, 7), target.bytes(0, 4 * MIB));
    }

    private void assertTerminatedEarly() {
        long mapped = target.mappedBytes();
        assertTrue(0 < mapped && mapped < 4 * MIB, "written: " + mapped);
        ByteBuffer information = information(1);
        assertEquals(0x60, information.get(5), "terminated");
        assertEquals(mapped / 512, information.getLong(16));
    }

    @Test
    void tokenParametersThatCannotBe() {
        assertEquals("05/21/00", words(run(populate(16_000, 2048), luns)));
        ByteBuffer list = ByteBuffer.allocate(32).putShort((short) 30).put(2, (byte) 2);
        list.putInt(8, 0x0001_0000).putShort(14, (short) 16).putInt(24, 1);
        String cdb = "83100000000000000100" + "000000200000";
        assertEquals("05/26/00", words(run(FakeTask.cdb(cdb).sending(list.array()), luns)));
        list.put(2, (byte) 0).putInt(4, 61);
        assertEquals("05/26/00", words(run(FakeTask.cdb(cdb).sending(list.array()), luns)));
        list.putInt(4, 60).putShort(0, (short) 29);
        assertEquals("05/26/00", words(run(FakeTask.cdb(cdb).sending(list.array()), luns)));
        list.putShort(14, (short) 17);
        assertEquals("05/1a/00", words(run(FakeTask.cdb(cdb).sending(list.array()), luns)));
        assertEquals(
                "05/24/00",
                words(run(FakeTask.cdb("84070000020000000000" + "000002300000"), luns)));
        assertEquals("05/26/00", words(run(write(token(0, 8), 0, 9, 0, 1), luns)));
    }
}
