package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Goal: each task management function ends what it names and nothing else, and others learn of it
 * (RFC 7143, section 11.5; RFC 7144, section 6; case 24).
 */
@Timeout(60)
class TaskManagementTest {
    private static final int ABORT_TASK = 1;
    private static final int ABORT_TASK_SET = 2;
    private static final int CLEAR_ACA = 3;
    private static final int CLEAR_TASK_SET = 4;
    private static final int LUN_RESET = 5;
    private static final int WARM_RESET = 6;
    private static final int COLD_RESET = 7;
    private static final int TASK_REASSIGN = 8;
    private static final int QUERY_TASK = 9;
    private static final int QUERY_TASK_SET = 10;
    private static final int NEXUS_RESET = 11;
    private static final int QUERY_EVENT = 12;

    private static final int COMPLETE = 0;
    private static final int NO_SUCH_TASK = 1;
    private static final int NO_SUCH_LUN = 2;
    private static final int NO_REASSIGNMENT = 4;
    private static final int NOT_SUPPORTED = 5;
    private static final int SUCCEEDED = 7;
    private static final int REJECTED = 255;

    private static final int TASK_ABORTED = 0x40;
    private static final int ORDERED = 2;

    private static final int LUN = TestServer.LUN;
    private static final int OTHER_LUN = TestServer.LARGE_BLOCK_LUN;
    private static final int BLOCK = 9000;

    @TempDir Path folder;
    private TestServer server;
    private RawInitiator client;
    private RawInitiator other;

    @BeforeEach
    void logIn() throws Exception {
        server = TestServer.start(folder);
        client = session("400001370001");
        other = session("400001370002");
    }

    private RawInitiator session(String isid) throws IOException {
        RawInitiator session =
                RawInitiator.connect(server.address())
                        .isid(isid)
                        .login(TestServer.TARGET, "InitialR2T=Yes", "iSCSIProtocolLevel=2");
        for (int lun : new int[] {LUN, OTHER_LUN}) {
            assertEquals("CHECK 06/29/00", ready(session, lun));
        }
        return session;
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        other.close();
        server.close();
    }

    @Test
    void anAbortedTaskIsNeverAnsweredNorWritten() throws Exception {
        byte[] before = client.read(LUN, Cdb.read10(BLOCK, 1), 512).data();
        int tag = beginWrite(client, LUN);
        assertEquals(COMPLETE, function(client, ABORT_TASK, LUN, tag, 0));
        // Data that were on their way are thrown away.
        client.send(client.dataOut(LUN, 1, 0, 0, new byte[512], true).taskTag(tag));
        assertEquals("GOOD", ready(client, LUN));
        assertArrayEquals(before, client.read(LUN, Cdb.read10(BLOCK, 1), 512).data());
    }

    @Test
    void ataskThatIsNotThereOrNotOursIsNotAborted() throws Exception {
        int foreign = beginWrite(other, LUN);
        assertEquals(NO_SUCH_TASK, function(client, ABORT_TASK, LUN, 0x7777, 0x7fff_0000));
        assertEquals(NO_SUCH_TASK, function(client, ABORT_TASK, LUN, foreign, 0x7fff_0000));
        int ours = beginWrite(client, LUN);
        assertEquals(NO_SUCH_TASK, function(client, ABORT_TASK, OTHER_LUN, ours, 0));
        assertEquals("GOOD", finishWrite(client, LUN, ours));
        assertEquals("GOOD", finishWrite(other, LUN, foreign));
        assertEquals(NO_SUCH_TASK, function(client, ABORT_TASK, LUN, ours, 0), "answered");
    }

    @Test
    void abortTaskSetEndsOurTasksOfThatUnitOnly() throws Exception {
        int ours = beginWrite(client, LUN);
        int elsewhere = beginWrite(client, OTHER_LUN);
        int theirs = beginWrite(other, LUN);
        assertEquals(COMPLETE, function(client, ABORT_TASK_SET, LUN, Pdu.NO_TAG, 0));
        assertEquals(COMPLETE, function(client, QUERY_TASK, LUN, ours, 0));
        assertEquals("GOOD", finishWrite(client, OTHER_LUN, elsewhere));
        assertEquals("GOOD", finishWrite(other, LUN, theirs));
        assertEquals("GOOD", ready(other, LUN));
    }

    /** Control mode page: TST=001b, a task set for each nexus. */
    @Test
    void clearTaskSetEndsOurTasksOfThatUnitOnly() throws Exception {
        int ours = beginWrite(client, LUN);
        int theirs = beginWrite(other, LUN);
        int elsewhere = beginWrite(client, OTHER_LUN);
        assertEquals(COMPLETE, function(client, CLEAR_TASK_SET, LUN, Pdu.NO_TAG, 0));
        assertEquals("GOOD", ready(client, LUN));
        assertEquals(COMPLETE, function(client, QUERY_TASK, LUN, ours, 0));
        assertEquals("GOOD", finishWrite(other, LUN, theirs));
        assertEquals("GOOD", ready(other, LUN));
        assertEquals("GOOD", finishWrite(client, OTHER_LUN, elsewhere));
    }

    /** TAS=1: the answer to the command tells it, so there is no 2F/00. */
    @Test
    void preemptAndAbortAnswersTheCommandsThatOthersLose() throws Exception {
        String register = "5f06 0000 0000 0000 1800";
        byte[] ourKey = Cdb.hex("0000000000000000 0000000000000001 00000000 00000000");
        byte[] theirKey = Cdb.hex("0000000000000000 0000000000000002 00000000 00000000");
        assertEquals("GOOD", client.write(LUN, Cdb.hex(register), ourKey).outcome());
        assertEquals("GOOD", other.write(LUN, Cdb.hex(register), theirKey).outcome());
        int theirs = beginWrite(other, LUN);
        byte[] preempt = Cdb.hex("0000000000000001 0000000000000002 00000000 00000000");
        assertEquals(
                "GOOD", client.write(LUN, Cdb.hex("5f05 0100 0000 0000 1800"), preempt).outcome());
        expectAborted(other, theirs, 1);
        assertEquals(COMPLETE, function(other, QUERY_TASK, LUN, theirs, 0));
        assertEquals("CHECK 06/2A/05", ready(other, LUN));
        assertEquals("GOOD", ready(other, LUN));
        assertEquals("GOOD", ready(client, LUN));
    }

    @Test
    void aUnitResetEndsTheTasksOfAllAndTellsAll() throws Exception {
        beginWrite(client, LUN);
        int theirs = beginWrite(other, LUN);
        int elsewhere = beginWrite(other, OTHER_LUN);
        assertEquals(COMPLETE, function(client, LUN_RESET, LUN, Pdu.NO_TAG, 0));
        expectAborted(other, theirs, 1);
        assertEquals("CHECK 06/29/03", ready(client, LUN));
        assertEquals("CHECK 06/29/03", ready(other, LUN));
        assertEquals("GOOD", ready(other, LUN));
        assertEquals("GOOD", finishWrite(other, OTHER_LUN, elsewhere));
    }

    @Test
    void aUnitResetOfAnotherNexusAnswersMyWriteThatWaitsForItsData() throws Exception {
        byte[] before = client.read(LUN, Cdb.read10(BLOCK, 1), 512).data();
        int mine = beginWrite(client, LUN);
        assertEquals(COMPLETE, function(other, LUN_RESET, LUN, Pdu.NO_TAG, 0));
        expectAborted(client, mine, 1);
        // Data that were on their way are thrown away.
        client.send(client.dataOut(LUN, 1, 0, 0, new byte[512], true).taskTag(mine));
        assertEquals("CHECK 06/29/03", ready(client, LUN));
        assertArrayEquals(before, client.read(LUN, Cdb.read10(BLOCK, 1), 512).data());
        server.assertNoDataInUse();
    }

    @Test
    void aUnitResetOfAnotherNexusAnswersMyReadThatWaitsForItsTurn() throws Exception {
        int write = beginWrite(client, LUN);
        client.send(client.scsiCommand(LUN, Cdb.read10(BLOCK, 1), 0x40 | ORDERED, 512));
        int read = client.currentTaskTag();
        assertEquals(SUCCEEDED, function(client, QUERY_TASK, LUN, read, 0), "it is here");
        assertEquals(COMPLETE, function(other, LUN_RESET, LUN, Pdu.NO_TAG, 0));
        Pdu first = client.receive();
        Pdu second = client.receive();
        Pdu ofRead = first.taskTag() == read ? first : second;
        assertAborted(ofRead, read, 0);
        assertAborted(ofRead == first ? second : first, write, 1);
        assertEquals("CHECK 06/29/03", ready(client, LUN));
        assertEquals("GOOD", ready(client, LUN), "one answer each");
        server.assertNoDataInUse();
    }

    @Test
    void myOwnUnitResetGivesMyCommandsNoAnswer() throws Exception {
        beginWrite(client, LUN);
        client.send(client.scsiCommand(LUN, Cdb.read10(BLOCK, 1), 0x40 | ORDERED, 512));
        assertEquals(COMPLETE, function(client, LUN_RESET, LUN, Pdu.NO_TAG, 0));
        assertEquals("CHECK 06/29/03", ready(client, LUN));
        assertEquals("GOOD", ready(client, LUN));
    }

    /** Resets fall upon commands that are received, wait, are in the engine, or are answered. */
    @Test
    void everyCommandIsAnsweredOnceHoweverOftenOthersReset() throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        int aborted = 0;
        try (ExecutorService resetting = Executors.newSingleThreadExecutor()) {
            Future<?> resets =
                    resetting.submit(() -> {
                        while (!enough.get()) {
                            assertEquals(COMPLETE, function(other, LUN_RESET, LUN, Pdu.NO_TAG, 0));
                            Thread.sleep(1);
                        }
                        return null;
                    });
            try {
                for (int i = 0; i < 50; i++) {
                    aborted += batch();
                }
            } finally {
                enough.set(true);
            }
            resets.get();
        }
        assertTrue(aborted > 0, "no reset came in time");
        String last = ready(client, LUN);
        assertTrue("GOOD".equals(last) || "CHECK 06/29/03".equals(last), last);
        assertEquals("GOOD", ready(client, LUN), "nothing is left over");
        server.assertNoDataInUse();
    }

    /**
     * Sends many commands, among them one that only a reset can end, and receives their answers.
     *
     * @return how many of them were aborted
     */
    private int batch() throws IOException {
        Set<Integer> open = new HashSet<>();
        for (int i = 0; i < 24; i++) {
            byte[] write = Cdb.write10(BLOCK + i, 1);
            int order = i % 8 == 7 ? ORDERED : 1;
            client.send(
                    switch (i % 3) {
                        case 0 ->
                                client.scsiCommand(LUN, write, 0x20 | order, 512)
                                        .data(new byte[512]);
                        case 1 -> client.scsiCommand(LUN, Cdb.read10(0, 8), 0x40 | order, 4096);
                        default -> client.scsiCommand(LUN, Cdb.testUnitReady(), order, 0);
                    });
            open.add(client.currentTaskTag());
        }
        client.send(client.scsiCommand(LUN, Cdb.write10(BLOCK, 1), 0x20 | 1, 512));
        open.add(client.currentTaskTag());
        int aborted = 0;
        while (!open.isEmpty()) {
            Pdu pdu = client.receive();
            boolean ends =
                    pdu.opcode() == Pdu.SCSI_RESPONSE
                            || (pdu.opcode() == Pdu.DATA_IN && (pdu.get8(1) & 1) != 0);
            if (ends) {
                assertTrue(open.remove(pdu.taskTag()), () -> "answered twice: " + pdu);
                aborted += pdu.get8(3) == TASK_ABORTED ? 1 : 0;
            } else {
                assertEquals(Pdu.R2T, pdu.opcode(), pdu::toString);
            }
        }
        return aborted;
    }

    @Test
    void theControlModePageSaysThatAbortedCommandsAreAnswered() throws Exception {
        byte[] page = client.read(LUN, Cdb.hex("1a08 0a00 ff00"), 255).data();
        assertEquals(0x40, page[4 + 5] & 0x40, "TAS");
    }

    @Test
    void aWarmResetIsOneOfAllUnits() throws Exception {
        beginWrite(client, LUN);
        int theirs = beginWrite(other, OTHER_LUN);
        assertEquals(COMPLETE, function(client, WARM_RESET, 0, Pdu.NO_TAG, 0));
        expectAborted(other, theirs, 1);
        for (RawInitiator each : new RawInitiator[] {client, other}) {
            for (int lun : new int[] {LUN, OTHER_LUN}) {
                assertEquals("CHECK 06/29/02", ready(each, lun));
                assertEquals("GOOD", ready(each, lun));
            }
        }
    }

    @Test
    void aColdResetEndsTheSessionsToo() throws Exception {
        int theirs = beginWrite(other, LUN);
        assertEquals(COMPLETE, function(client, COLD_RESET, 0, Pdu.NO_TAG, 0));
        expectAborted(other, theirs, 1);
        for (RawInitiator each : new RawInitiator[] {client, other}) {
            Pdu message = each.receive();
            assertEquals(Pdu.ASYNC_MESSAGE, message.opcode(), message::toString);
            assertEquals(3, message.get8(36), "all connections are dropped");
            each.expectClosed(Duration.ofSeconds(3));
        }
        try (RawInitiator again =
                RawInitiator.connect(server.address())
                        .isid("400001370001")
                        .login(TestServer.TARGET)) {
            assertEquals("CHECK 06/29/01", ready(again, LUN));
            assertEquals("GOOD", ready(again, LUN));
        }
    }

    @Test
    void aTaskCanBeAskedFor() throws Exception {
        assertEquals(COMPLETE, function(client, QUERY_TASK_SET, LUN, Pdu.NO_TAG, 0));
        int tag = beginWrite(client, LUN);
        assertEquals(SUCCEEDED, function(client, QUERY_TASK, LUN, tag, 0));
        assertEquals(COMPLETE, function(client, QUERY_TASK, OTHER_LUN, tag, 0));
        assertEquals(COMPLETE, function(client, QUERY_TASK, LUN, tag + 100, 0));
        assertEquals(SUCCEEDED, function(client, QUERY_TASK_SET, LUN, Pdu.NO_TAG, 0));
        assertEquals(COMPLETE, function(client, QUERY_TASK_SET, OTHER_LUN, Pdu.NO_TAG, 0));
        assertEquals(COMPLETE, function(other, QUERY_TASK_SET, LUN, Pdu.NO_TAG, 0));
        assertEquals("GOOD", finishWrite(client, LUN, tag));
        assertEquals(COMPLETE, function(client, QUERY_TASK, LUN, tag, 0));
    }

    @Test
    void aNexusResetEndsAllOurTasksAndIsSeenByUs() throws Exception {
        beginWrite(client, LUN);
        beginWrite(client, OTHER_LUN);
        int theirs = beginWrite(other, LUN);
        assertEquals(COMPLETE, function(client, NEXUS_RESET, 0, Pdu.NO_TAG, 0));
        assertEquals("CHECK 06/29/07", ready(client, LUN));
        assertEquals("CHECK 06/29/07", ready(client, OTHER_LUN));
        assertEquals("GOOD", finishWrite(other, LUN, theirs));
        assertEquals("GOOD", ready(other, LUN));
    }

    @Test
    void whatAUnitHasToReportCanBeAskedFor() throws Exception {
        assertEquals(COMPLETE, function(client, QUERY_EVENT, LUN, Pdu.NO_TAG, 0));
        assertEquals(COMPLETE, function(other, LUN_RESET, LUN, Pdu.NO_TAG, 0));
        Pdu answer = exchange(client, QUERY_EVENT, LUN, Pdu.NO_TAG, 0);
        assertEquals(SUCCEEDED, answer.get8(2));
        assertEquals(0x16290300, answer.get32(36), "one condition: 06/29/03");
        assertEquals("CHECK 06/29/03", ready(client, LUN));
        assertEquals(COMPLETE, function(client, QUERY_EVENT, LUN, Pdu.NO_TAG, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {QUERY_TASK, QUERY_TASK_SET, NEXUS_RESET, QUERY_EVENT})
    void theFunctionsOfRfc7144HaveToBeAgreedOn(int function) throws Exception {
        try (RawInitiator old = RawInitiator.loggedIn(server.address(), TestServer.TARGET)) {
            assertEquals(NOT_SUPPORTED, function(old, function, LUN, Pdu.NO_TAG, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ABORT_TASK_SET, 2",
        "CLEAR_ACA, 3",
        "CLEAR_TASK_SET, 4",
        "LUN_RESET, 5",
        "QUERY_TASK_SET, 10",
        "QUERY_EVENT, 12"
    })
    void aUnitThatIsNotThereIsSaidToBe(String name, int function) throws Exception {
        assertEquals(
                NO_SUCH_LUN,
                function(client, function, TestServer.ABSENT_LUN, Pdu.NO_TAG, 0),
                name);
    }

    @Test
    void whatIsNotToBeHadIsAnsweredSo() throws Exception {
        assertEquals(NOT_SUPPORTED, function(client, CLEAR_ACA, LUN, Pdu.NO_TAG, 0));
        assertEquals(NO_REASSIGNMENT, function(client, TASK_REASSIGN, LUN, 5, 0));
        assertEquals(REJECTED, function(client, 0x33, LUN, Pdu.NO_TAG, 0));
        assertEquals("GOOD", ready(client, LUN));
    }

    @Test
    void aFloodOfFunctionsIsAnsweredOneByOne() throws Exception {
        int tag = beginWrite(client, LUN);
        int count = 2000;
        for (int i = 0; i < count; i++) {
            client.send(request(client, QUERY_TASK, LUN, tag, 0));
        }
        for (int i = 0; i < count; i++) {
            Pdu answer = client.receive();
            assertEquals(Pdu.TASK_MANAGEMENT_RESPONSE, answer.opcode(), answer::toString);
            assertEquals(SUCCEEDED, answer.get8(2));
        }
        assertEquals("GOOD", finishWrite(client, LUN, tag));
        server.assertNoDataInUse();
    }

    private static Pdu request(
            RawInitiator session, int function, int lun, int tag, int sequenceNumber) {
        return session.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                .put8(1, 0x80 | function)
                .lun(lun)
                .put32(20, tag)
                .put32(32, sequenceNumber);
    }

    private static Pdu exchange(
            RawInitiator session, int function, int lun, int tag, int sequenceNumber)
            throws IOException {
        Pdu answer = session.exchange(request(session, function, lun, tag, sequenceNumber));
        assertEquals(Pdu.TASK_MANAGEMENT_RESPONSE, answer.opcode(), answer::toString);
        return answer;
    }

    private static int function(
            RawInitiator session, int function, int lun, int tag, int sequenceNumber)
            throws IOException {
        return exchange(session, function, lun, tag, sequenceNumber).get8(2);
    }

    /** Sends a WRITE of one block and waits until it is asked for its data: it is under way. */
    private static int beginWrite(RawInitiator session, int lun) throws IOException {
        int bytes = lun == OTHER_LUN ? 4096 : 512;
        session.send(session.scsiCommand(lun, Cdb.write10(BLOCK, 1), 0x20, bytes));
        Pdu r2t = session.receive();
        assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
        transferTags.put(session.currentTaskTag(), r2t.get32(20));
        return session.currentTaskTag();
    }

    private static final java.util.Map<Integer, Integer> transferTags =
            new java.util.concurrent.ConcurrentHashMap<>();

    private static String finishWrite(RawInitiator session, int lun, int tag) throws IOException {
        byte[] data = HexFormat.of().parseHex("5a".repeat(lun == OTHER_LUN ? 4096 : 512));
        int transferTag = transferTags.getOrDefault(tag, 0);
        session.send(session.dataOut(lun, transferTag, 0, 0, data, true).taskTag(tag));
        Pdu answer = session.receive();
        assertEquals(Pdu.SCSI_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(tag, answer.taskTag());
        return answer.get8(3) == 0 ? "GOOD" : "status " + answer.get8(3);
    }

    /**
     * Waits for TASK ABORTED.
     *
     * @param asked how often the target has asked for data
     */
    private static void expectAborted(RawInitiator session, int tag, int asked) throws IOException {
        assertAborted(session.receive(), tag, asked);
    }

    /** The receiver has checked its StatSN. */
    private static void assertAborted(Pdu answer, int tag, int asked) {
        assertEquals(Pdu.SCSI_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(tag, answer.taskTag(), answer::toString);
        assertEquals(TASK_ABORTED, answer.get8(3), answer::toString);
        assertEquals(0, answer.data().length, "no sense data");
        assertEquals(asked, answer.get32(36), "ExpDataSN");
        assertEquals(0x82, answer.get8(1), "underflow");
        assertEquals(0, answer.get32(44) % 512, "of all that was announced");
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }
}
