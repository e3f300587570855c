package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.CommandDispatcher.Admission.Admitted;
import org.dbstore.server.lun.CommandDispatcher.Admission.Refused;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.ScsiCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.TreeMap;

/** Goal: the gate refuses what it must, before any data is collected, and lets nothing hang. */
class CommandDispatcherTest {
    private static final String TEST_UNIT_READY = "000000000000";
    private static final String INQUIRY = "120000006000";
    private static final String WRITE_ONE = "2a000000000000000100";

    private final Bench bench = new Bench();

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "000000000000",
                "28000000000000000100",
                "2a000000000000000100",
                "3c000000000000000400", // READ BUFFER
                "040000000000", // FORMAT UNIT
                "830000000000000000000000006c0000" // EXTENDED COPY
            })
    void commandToUnmappedLunIsRefused(String cdb) {
        assertEquals("05/25/00", bench.check(FakeTask.cdb(cdb).lun(9)));
    }

    @Test
    void inquiryOfUnmappedLunSaysThatNoUnitIsThere() {
        byte[] data = bench.data(FakeTask.cdb(INQUIRY).lun(9));
        assertEquals(0x7f, data[0]);
        assertEquals(96, data.length);
        assertEquals("05/25/00", bench.check(FakeTask.cdb("120180006000").lun(9)));
        assertEquals("05/24/00", bench.check(FakeTask.cdb("120080006000").lun(9)));
    }

    @Test
    void reportLunsAnswersOnAnyLun() {
        assertEquals(
                "00000008" + "00000000" + "0000000000000000",
                bench.hex(FakeTask.cdb("a00000000000000010000000").lun(9)));
    }

    @Test
    void requestSenseOfUnmappedLunReturnsTheReasonAsData() {
        assertEquals(
                "70000500" + "0000000a" + "00000000" + "25000000" + "0000",
                bench.hex(FakeTask.cdb("030000001200").lun(9)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"04", "07", "3b", "3c", "7f", "85", "94", "95", "a1", "a2", "b5", "c0"})
    void commandWithoutARowIsUnknown(String opcode) {
        assertEquals("05/20/00", bench.check(FakeTask.cdb(opcode)));
    }

    @Test
    void unknownServiceActionIsAnInvalidFieldOfByteOne() {
        byte[] sense = bench.sense(FakeTask.cdb("9e1f"));
        assertEquals("05/24/00", String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]));
        assertEquals((byte) 0xcc, sense[15], "SKSV, C/D, BPV, bit 4");
        assertEquals(1, sense[17]);
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void everyReservedBitIsRefusedWithAPointerToIt(ScsiCommand command) {
        for (int i = 1; i < command.cdbBytes(); i++) {
            for (int bit = 0; bit < 8; bit++) {
                boolean lunBits = i == 1 && bit >= 5 && command.cdbBytes() == 6;
                boolean serviceAction = i == 1 && bit < 5 && command.hasServiceAction();
                if ((command.usage(i) & 1 << bit) != 0 || lunBits || serviceAction) {
                    continue;
                }
                FakeTask task = FakeTask.cdb("");
                task.cdb().put(0, (byte) command.operationCode());
                task.cdb().put(1, (byte) command.serviceAction());
                task.cdb().put(i, (byte) (task.cdb().get(i) | 1 << bit));
                byte[] sense = bench.sense(task);
                String where = command + " byte " + i + " bit " + bit;
                assertEquals(0x24, sense[12], where);
                assertEquals((byte) (0xc8 | bit), sense[15], where);
                assertEquals(i, sense[17], where);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void nacaIsRefused(ScsiCommand command) {
        FakeTask task = FakeTask.cdb("");
        task.cdb().put(0, (byte) command.operationCode());
        task.cdb().put(1, (byte) command.serviceAction());
        task.cdb().put(command.cdbBytes() - 1, (byte) 0x04);
        byte[] sense = bench.sense(task);
        assertEquals(0x24, sense[12]);
        assertEquals(command.cdbBytes() - 1, sense[17]);
    }

    @Test
    void obsoleteLunBitsOfSixByteCommandsAreIgnored() {
        assertEquals(96, bench.data(FakeTask.cdb("12e000006000")).length);
        bench.good(FakeTask.cdb("00e000000000"));
        assertEquals(512, bench.data(FakeTask.cdb("08e000000100")).length);
    }

    @Test
    void groupNumberIsIgnored() {
        assertEquals(512, bench.data(FakeTask.cdb("280000000000" + "1f" + "000100")).length);
    }

    @Test
    void firstCommandOfANexusSeesPowerOnAndIsNotRun() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        assertEquals(
                "06/29/00", bench.check(FakeTask.cdb(WRITE_ONE).sending(Bench.filled(512, 1))));
        assertEquals(List.of(), bench.volume.calls);
        bench.good(FakeTask.cdb(TEST_UNIT_READY));
    }

    @Test
    void inquiryAndReportLunsPassAndKeepTheAttention() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        bench.data(FakeTask.cdb(INQUIRY));
        bench.data(FakeTask.cdb("a00000000000000010000000"));
        assertEquals("06/29/00", bench.check(FakeTask.cdb(TEST_UNIT_READY)));
    }

    @Test
    void requestSenseTakesTheAttentionAsData() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        assertEquals("7206290000000000", bench.hex(FakeTask.cdb("030100001200")));
        assertEquals("7200000000000000", bench.hex(FakeTask.cdb("030100001200")));
        bench.good(FakeTask.cdb(TEST_UNIT_READY));
    }

    @Test
    void unknownOpcodeSeesTheAttentionFirst() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        assertEquals("06/29/00", bench.check(FakeTask.cdb("ff")));
        assertEquals("05/20/00", bench.check(FakeTask.cdb("ff")));
    }

    @Test
    void resetIsSeenOnThisUnitByEveryNexus() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        bench.unit.nexusEstablished(FakeTask.NEXUS_B);
        bench.check(FakeTask.cdb(TEST_UNIT_READY));
        bench.check(FakeTask.cdb(TEST_UNIT_READY).by(FakeTask.NEXUS_B));
        bench.unit.reset();
        assertEquals("06/29/03", bench.check(FakeTask.cdb(TEST_UNIT_READY)));
        assertEquals("06/29/03", bench.check(FakeTask.cdb(TEST_UNIT_READY).by(FakeTask.NEXUS_B)));
    }

    @Test
    void reportLunsClearsChangedLunsOnAllUnits() {
        Bench other = new Bench();
        var units = new TreeMap<Integer, LogicalUnit>();
        units.put(0, bench.unit);
        units.put(1, other.unit);
        LunMap both = new LunMap(units, List.of(1));
        for (LogicalUnit unit : both.units()) {
            unit.nexusEstablished(FakeTask.NEXUS_A);
            unit.attentions().take(FakeTask.NEXUS_A);
            unit.reportedLunsChanged(FakeTask.NEXUS_A);
        }
        bench.run(FakeTask.cdb("a00000000000000020000000"), both);
        bench.good(FakeTask.cdb(TEST_UNIT_READY));
        other.good(FakeTask.cdb(TEST_UNIT_READY));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "0a0000000100",
                "2a000000000000000100",
                "aa0000000000000000010000",
                "8a000000000000000000000000010000",
                "2e000000000000000100",
                "ae0000000000000000010000",
                "8e000000000000000000000000010000",
                "41000000000000000100",
                "93000000000000000000000000010000",
                "42000000000000001800"
            })
    void writesToAReadOnlyUnitAreRefusedBeforeTheirData(String cdb) {
        Bench readOnly = new Bench(Bench.SIZE_BYTES, 512, false, true);
        assertInstanceOf(Refused.class, readOnly.admit(FakeTask.cdb(cdb)));
        assertEquals("07/27/00", readOnly.check(FakeTask.cdb(cdb)));
        assertEquals(List.of(), readOnly.volume.calls);
    }

    @Test
    void unitOnAReadOnlyVolumeIsReadOnly() {
        bench.volume.readOnly = true;
        LogicalUnit snapshot =
                Bench.unit(
                        bench.volume, new LogicalUnit.Settings(512, 4096, false, Bench.IDENTITY));
        assertTrue(snapshot.medium().isReadOnly());
    }

    @Test
    void blockLengthIs512Or4096() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Bench(Bench.SIZE_BYTES, 1024, false, false));
    }

    @ParameterizedTest(name = "{0}: out {1}, in {2}, may wait {3}")
    @CsvSource({
        "000000000000, 0, 0, false",
        "28000000000000000800, 0, 4096, false",
        "2a000000000000000800, 4096, 0, false",
        "2a000000000000007f00, 65024, 0, false",
        "2a000000000000008000, 65536, 0, true",
        "120000ffff00, 0, 65535, false",
        "a000000000000000ffff0000, 0, 65535, false",
        "9e100000000000000000ffffffff0000, 0, 65536, false",
        "41000000000000080000, 512, 0, true",
        "93010000000000000000000000080000, 0, 0, true",
        "2f000000000000000800, 0, 0, true",
        "2f020000000000000800, 4096, 0, true",
        "2f060000000000000800, 512, 0, true",
        "2e000000000000000800, 4096, 0, true",
        "42000000000000001800, 24, 0, true",
        "35000000000000000000, 0, 0, false"
    })
    void admissionTellsWhatDataMoves(String cdb, int out, int in, boolean mayWait) {
        var admitted =
                assertInstanceOf(
                        Admitted.class,
                        bench.admit(FakeTask.cdb(cdb).sending(Bench.filled(512, 0))));
        assertEquals(out, admitted.dataOutBytes());
        assertEquals(in, admitted.dataInBytes());
        assertEquals(mayWait, admitted.mayWait());
    }

    @Test
    void dataInIsBudgetedByWhatTheInitiatorTakes() {
        var admitted =
                assertInstanceOf(
                        Admitted.class,
                        bench.admit(FakeTask.cdb("28000000000000000800").taking(100)));
        assertEquals(100, admitted.dataInBytes());
    }

    @Test
    void writesWaitInThePoolIfTheVolumeSaysSo() {
        assertFalse(assertInstanceOf(Admitted.class, bench.admit(task())).mayWait());
        bench.volume.writesWait = true;
        assertTrue(assertInstanceOf(Admitted.class, bench.admit(task())).mayWait());
    }

    @Test
    void fullPoolIsTaskSetFull() {
        bench.volume.writesWait = true;
        bench.poolIsFull = true;
        assertEquals(CommandOutcome.Status.TASK_SET_FULL, bench.run(task()));
        bench.volume.nothingIsInMemory = true;
        assertEquals(
                CommandOutcome.Status.TASK_SET_FULL,
                bench.run(FakeTask.cdb("28000000000000000100")));
    }

    @Test
    void abortedCommandIsNotBegun() {
        bench.volume.writesWait = true;
        bench.poolHolds = true;
        FakeTask task = task();
        assertNull(bench.run(task));
        task.aborted = true;
        bench.waiting.remove().run();
        assertInstanceOf(CommandOutcome.CheckCondition.class, task.outcome());
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void faultOfOursIsHardwareErrorAndTheNextCommandRuns() {
        bench.volume.fault = new IllegalStateException("for this test");
        assertEquals("04/44/00", bench.check(task()));
        bench.volume.fault = null;
        bench.good(task());
    }

    @ParameterizedTest(name = "{0}: write {1}, read {2}")
    @CsvSource({
        "NO_SPACE, 07/27/07, 07/27/07",
        "IO, 03/0c/00, 03/11/00",
        "FAILED, 03/0c/00, 03/11/00",
        "READ_ONLY, 07/27/00, 07/27/00",
        "CORRUPT, 04/44/00, 04/44/00",
        "INVALID, 04/44/00, 04/44/00"
    })
    void failureOfTheEngineBecomesSense(BackendError error, String write, String read) {
        var failure = new BackendException(error, "for this test");
        bench.volume.writeFailure = failure;
        assertEquals(write, bench.check(task()));
        bench.volume.readFailure = failure;
        assertEquals(read, bench.check(FakeTask.cdb("28000000000000000100")));
    }

    @Test
    void aFaultAfterTheAnswerOfAnImmediateCommandIsNoSecondAnswer() {
        bench.volume.fill(0, 512, 1);
        bench.volume.fault = new IllegalStateException("for this test");
        bench.good(FakeTask.cdb("48820000000000000000")); // SANITIZE, BLOCK ERASE, IMMED
        bench.volume.fault = null;
        assertEquals("03/31/03", bench.check(task()), "what became of it");
        bench.good(FakeTask.cdb("48020000000000000000"));
        bench.good(task());
    }

    private static FakeTask task() {
        return FakeTask.cdb(WRITE_ONE).sending(Bench.filled(512, 1));
    }
}
