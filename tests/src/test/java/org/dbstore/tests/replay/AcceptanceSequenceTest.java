package org.dbstore.tests.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Goal: the commands that Windows, ESXi and Linux send in their sequences get the answers those
 * need. The rows are in {@code sequences/windows-esxi-linux.tsv}, with their sources; what is
 * played here is what one initiator sends; {@link CooperationSequenceTest} plays what needs two, or
 * data that a row cannot hold.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcceptanceSequenceTest {
    private static final Set<String> PLAYED =
            Set.of("W1", "W2", "W5", "W6", "W7", "E1", "E4", "E6", "E8", "E9", "L1", "L2", "L3");

    /** Only implicit: SPC-4 wants 05/24/00 for a service action that is not there. */
    private static final String SET_TARGET_PORT_GROUPS = "A4";

    /** As Windows and Linux have it: a disk as LUN 0, a write-protected one as LUN 1. */
    private static final String WITH_LUN_0 = "iqn.2026-01.org.dbstore.tests:with-lun-0";

    /** As ESX has it: a disk as LUN 1 only. */
    private static final String WITHOUT_LUN_0 = "iqn.2026-01.org.dbstore.tests:without-lun-0";

    private TestServer server;
    private final Map<String, RawInitiator> sessions = new HashMap<>();

    @BeforeAll
    void startServer(@TempDir Path folder) throws Exception {
        server =
                TestServer.start(
                        folder,
                        List.of(
                                TestServer.target(
                                        WITH_LUN_0,
                                        List.of(
                                                TestServer.lun(0, "data", 0, false, 512),
                                                TestServer.lun(1, "data", 0, true, 512))),
                                TestServer.target(
                                        WITHOUT_LUN_0,
                                        List.of(TestServer.lun(1, "other", 0, false, 512)))));
    }

    @AfterAll
    void stopServer() throws Exception {
        for (RawInitiator session : sessions.values()) {
            session.close();
        }
        server.close();
    }

    @TestFactory
    List<DynamicTest> rows() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (SequenceRow row : SequenceRow.readAll()) {
            if (PLAYED.contains(row.sequence())) {
                String name = row.sequence() + " LUN " + row.lun() + " " + row.command();
                tests.add(dynamicTest(name, () -> play(row)));
            }
        }
        assertTrue(tests.size() > 45, "rows played: " + tests.size());
        return tests;
    }

    private RawInitiator sessionOf(String sequence) throws IOException {
        RawInitiator session = sessions.get(sequence);
        if (session == null) {
            session =
                    RawInitiator.connect(server.address())
                            .isid("400001371%03d".formatted(sessions.size()))
                            .login(sequence.startsWith("E") ? WITHOUT_LUN_0 : WITH_LUN_0);
            sessions.put(sequence, session);
        }
        return session;
    }

    private void play(SequenceRow row) throws Exception {
        RawInitiator session = sessionOf(row.sequence());
        if (row.isTaskManagement()) {
            playTaskManagement(session, row);
            return;
        }
        ScsiAnswer answer = run(session, row);
        if (answer.outcome().startsWith("CHECK 06/29/") && !row.mayNotReportAttention()) {
            // Power on or reset, once for each nexus: initiators repeat the command.
            answer = run(session, row);
        }
        if (row.command().startsWith(SET_TARGET_PORT_GROUPS)) {
            assertEquals("CHECK 05/24/00", answer.outcome());
            return;
        }
        assertTrue(
                row.expectedOutcomes().contains(answer.outcome()),
                row.expectation() + ": " + answer.outcome());
        if (answer.outcome().equals("GOOD")) {
            SequenceChecks.check(row, answer);
        }
    }

    private static ScsiAnswer run(RawInitiator session, SequenceRow row) throws IOException {
        byte[] dataOut = row.dataOut();
        return dataOut.length > 0
                ? session.write(row.lun(), row.cdb(), dataOut)
                : session.read(row.lun(), row.cdb(), row.allocationBytes());
    }

    /**
     * LOGICAL UNIT RESET is seen by the next command, ABORT TASK of an unknown task by none. The
     * row of the latter wants "function complete"; with a RefCmdSN outside the window it is "task
     * does not exist" (RFC 7143, 11.6.1 c), which libiscsi's tests want too.
     */
    private static void playTaskManagement(RawInitiator session, SequenceRow row)
            throws IOException {
        int lun = row.sequence().startsWith("E") ? 1 : 0;
        int otherLun = 1;
        for (int each : new int[] {lun, otherLun}) {
            session.read(each, Cdb.testUnitReady(), 0);
        }
        Pdu request =
                session.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                        .put8(1, 0x80 | row.taskManagementFunction())
                        .lun(lun)
                        .put32(20, 0x7777);
        Pdu answer = session.exchange(request);
        assertEquals(Pdu.TASK_MANAGEMENT_RESPONSE, answer.opcode(), answer::toString);
        boolean abort = row.sequence().equals("E9");
        assertEquals(abort ? 1 : 0, answer.get8(2), "response");
        if (row.sequence().equals("W7")) {
            String next = session.read(lun, Cdb.testUnitReady(), 0).outcome();
            assertTrue(next.startsWith("CHECK 06/29/0"), "after the reset: " + next);
            assertEquals("GOOD", session.read(otherLun, Cdb.testUnitReady(), 0).outcome());
        }
        assertEquals("GOOD", session.read(lun, Cdb.testUnitReady(), 0).outcome());
    }
}
