package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Goal: commands are taken in order, once, and within their window (cases 23 and 24). */
class CommandOrderTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final int SNACK_REJECT = 0x03;
    private static final int PROTOCOL_ERROR = 0x04;
    private static final int NOT_SUPPORTED = 0x05;
    private static final int IMMEDIATE_REJECT = 0x06;
    private static final int TASK_IN_PROGRESS = 0x07;

    @Test
    void aCommandBeyondTheWindowIsIgnored() throws Exception {
        try (RawInitiator client = login()) {
            for (int ahead : new int[] {256, 1000, 0x40000000, -1, -100}) {
                Pdu command = ready(client);
                Pdu stray =
                        client.fullFeatureRequest(Pdu.SCSI_COMMAND | Pdu.IMMEDIATE)
                                .put8(0, Pdu.SCSI_COMMAND)
                                .lun(LUN)
                                .put32(24, command.get32(24) + ahead);
                client.send(stray);
                client.send(command);
                Pdu answer = client.receive();
                assertEquals(command.taskTag(), answer.taskTag(), answer::toString);
            }
            client.logout();
        }
    }

    @Test
    void aCommandThatComesTwiceIsDoneOnce() throws Exception {
        try (RawInitiator client = login()) {
            Pdu command = ready(client);
            client.send(command);
            client.send(command);
            assertEquals(command.taskTag(), client.receive().taskTag());
            Pdu next = ready(client);
            client.send(next);
            assertEquals(next.taskTag(), client.receive().taskTag());
            client.logout();
        }
    }

    /** On the only connection of a session nothing is late: the initiator has lost count. */
    @Test
    void aCommandThatIsMissingEndsTheSession() throws Exception {
        try (RawInitiator client = login()) {
            Pdu command = ready(client);
            client.send(command.put32(24, command.get32(24) + 1));
            assertReject(client.receive(), PROTOCOL_ERROR);
            client.expectClosed(SOON);
        }
    }

    @Test
    void aTagThatIsInUseIsRejectedAndItsTaskGoesOn() throws Exception {
        try (RawInitiator client = login()) {
            client.send(client.scsiCommand(LUN, Cdb.write10(50, 1), 0x20, 512));
            Pdu r2t = client.receive();
            int tag = client.currentTaskTag();
            client.send(ready(client).taskTag(tag));
            assertReject(client.receive(), TASK_IN_PROGRESS);
            client.send(client.dataOut(LUN, r2t.get32(20), 0, 0, new byte[512], true).taskTag(tag));
            Pdu answer = client.receive();
            assertEquals(tag, answer.taskTag());
            assertEquals(0, answer.get8(3));
            client.logout();
        }
    }

    /** RFC 7143 wants no window for these; the bound is ours. */
    @Test
    void immediateCommandsAreBounded() throws Exception {
        try (RawInitiator client = login()) {
            int rejected = 0;
            for (int i = 0; i < 100; i++) {
                Pdu write = client.scsiCommand(LUN, Cdb.write10(50, 1), 0x20, 512);
                // It takes no number; the next one has to have this one's.
                client.send(write.put8(0, Pdu.SCSI_COMMAND | Pdu.IMMEDIATE));
                Pdu answer = client.receive();
                if (answer.opcode() == Pdu.REJECT) {
                    assertReject(answer, IMMEDIATE_REJECT);
                    rejected++;
                } else {
                    assertEquals(Pdu.R2T, answer.opcode(), answer::toString);
                }
            }
            assertTrue(rejected > 0 && rejected < 100, rejected + " of 100 were rejected");
            client.reset();
        }
    }

    @Test
    void tenThousandPingsAreAnswered() throws Exception {
        try (RawInitiator client = login()) {
            for (int batch = 0; batch < 100; batch++) {
                ByteArrayOutputStream pings = new ByteArrayOutputStream();
                for (int i = 0; i < 100; i++) {
                    Pdu ping = client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE);
                    pings.writeBytes(client.wire(ping.data(new byte[] {1, 2, 3, 4})));
                }
                client.send(pings.toByteArray());
                for (int i = 0; i < 100; i++) {
                    Pdu answer = client.receive();
                    assertEquals(Pdu.NOP_IN, answer.opcode(), answer::toString);
                    assertEquals(4, answer.data().length);
                }
            }
            client.logout();
        }
    }

    @Test
    void aSnackIsRejectedAtErrorRecoveryLevel0() throws Exception {
        try (RawInitiator client = login()) {
            client.send(client.fullFeatureRequest(0x10 | Pdu.IMMEDIATE));
            assertReject(client.receive(), SNACK_REJECT);
            client.logout();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x07, 0x0f, 0x11, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x3f})
    void opcodesThatAreNoneAreRejected(int opcode) throws Exception {
        try (RawInitiator client = login()) {
            client.send(client.fullFeatureRequest(opcode | Pdu.IMMEDIATE).data(new byte[100]));
            assertReject(client.receive(), NOT_SUPPORTED);
            client.logout();
        }
    }

    @Test
    void aLoginInFullFeaturePhaseEndsTheSession() throws Exception {
        try (RawInitiator client = login()) {
            client.send(client.loginRequest(1, 3, RawInitiator.normalSession(TestServer.TARGET)));
            assertReject(client.receive(), PROTOCOL_ERROR);
            client.expectClosed(SOON);
        }
    }

    private RawInitiator login() throws IOException {
        RawInitiator client = connect().login(TestServer.TARGET, "InitialR2T=Yes");
        client.read(LUN, Cdb.testUnitReady(), 0);
        return client;
    }

    private static Pdu ready(RawInitiator client) {
        return client.scsiCommand(LUN, Cdb.testUnitReady(), 0, 0);
    }

    private static void assertReject(Pdu answer, int reason) {
        assertEquals(Pdu.REJECT, answer.opcode(), answer::toString);
        assertEquals(reason, answer.rejectReason(), answer::toString);
    }
}
