package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Goal: sessions end when they are told to, cleanly if they can (RFC 7143, section 11.9). */
@Timeout(60)
class SessionEndTest {
    private static final int LUN = TestServer.LUN;
    private static final int LOGOUT_REQUESTED = 1;
    private static final int ALL_DROPPED = 3;
    private static final Duration SOON = Duration.ofSeconds(3);

    @TempDir Path folder;
    private TestServer server;
    private boolean stopped;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (!stopped) {
            server.close();
        }
    }

    private CompletableFuture<Void> shutDown() {
        stopped = true;
        return CompletableFuture.runAsync(() -> {
            try {
                server.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aShutdownAsksToLogOutAndWaitsForIt() throws Exception {
        try (RawInitiator client = server.session()) {
            CompletableFuture<Void> shutdown = shutDown();
            Pdu message = client.receive();
            assertEquals(Pdu.ASYNC_MESSAGE, message.opcode(), message::toString);
            assertEquals(Pdu.NO_TAG, message.taskTag());
            assertEquals(LOGOUT_REQUESTED, message.get8(36));
            assertTrue(message.get16(42) > 0, "seconds to do it in");
            // Still served until then.
            client.read(LUN, Cdb.testUnitReady(), 0);
            assertEquals("GOOD", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
            client.logout();
            shutdown.get(1, TimeUnit.SECONDS);
        }
    }

    @Test
    void aWriteThatIsAcknowledgedDuringAShutdownIsThereAfterIt() throws Exception {
        byte[] data = new byte[512];
        Arrays.fill(data, (byte) 0x3c);
        CompletableFuture<Void> shutdown;
        try (RawInitiator client = server.session()) {
            client.read(LUN, Cdb.testUnitReady(), 0);
            shutdown = shutDown();
            assertEquals(Pdu.ASYNC_MESSAGE, client.receive().opcode());
            assertEquals("GOOD", client.write(LUN, Cdb.write10(77, 1), data).outcome());
        }
        shutdown.get(20, TimeUnit.SECONDS);
        stopped = false;
        start();
        try (RawInitiator client = server.session()) {
            client.read(LUN, Cdb.testUnitReady(), 0);
            assertArrayEquals(data, client.read(LUN, Cdb.read10(77, 1), 512).data());
        }
    }

    @Test
    void aShutdownDoesNotWaitForEverForWhoStays() throws Exception {
        try (RawInitiator idle = server.session();
                RawInitiator half = RawInitiator.connect(server.address()).isid("400001370002")) {
            half.login(TestServer.TARGET);
            half.read(LUN, Cdb.testUnitReady(), 0);
            // A command whose data never come.
            half.send(half.scsiCommand(LUN, Cdb.write10(0, 1), 0x20, 512));
            assertEquals(Pdu.R2T, half.receive().opcode());
            shutDown().get(20, TimeUnit.SECONDS);
            assertEquals(Pdu.ASYNC_MESSAGE, idle.receive().opcode());
            idle.expectClosed(SOON);
        }
    }

    @Test
    void sessionsAreListed() throws Exception {
        assertEquals(0, server.server().sessions().size());
        try (RawInitiator client = RawInitiator.connect(server.address())) {
            client.login(TestServer.TARGET, "HeaderDigest=CRC32C");
            SessionInfo info = server.server().sessions().getFirst();
            assertEquals(RawInitiator.NAME, info.nexus().initiatorName());
            assertEquals(TestServer.TARGET, info.nexus().targetName());
            assertEquals(0x400001370000L, info.nexus().isid());
            assertEquals(client.socket().getLocalPort(), info.peer().getPort());
            assertTrue(info.parameters().headerDigest());
            assertFalse(info.parameters().dataDigest());
            assertEquals("", info.userName());
            assertEquals(0, info.commandCount());
            client.logout();
        }
    }

    @Test
    void aSessionCanBeDroppedAndOthersStay() throws Exception {
        try (RawInitiator client = server.session();
                RawInitiator other =
                        RawInitiator.connect(server.address())
                                .isid("400001370002")
                                .login(TestServer.TARGET)) {
            int handle =
                    server.server().sessions().stream()
                            .filter(info -> info.nexus().isid() == 0x400001370000L)
                            .findFirst()
                            .orElseThrow()
                            .handle();
            assertTrue(server.server().dropSession(handle));
            assertFalse(server.server().dropSession(handle), "it may be listed for a moment");
            Pdu message = client.receive();
            assertEquals(Pdu.ASYNC_MESSAGE, message.opcode(), message::toString);
            assertEquals(ALL_DROPPED, message.get8(36));
            client.expectClosed(SOON);
            other.read(LUN, Cdb.testUnitReady(), 0);
            assertEquals("GOOD", other.read(LUN, Cdb.testUnitReady(), 0).outcome());
            assertFalse(server.server().dropSession(handle));
            other.logout();
        }
    }

    /** RFC 7143, section 11.1: reserved bits are ignored; bytes 22 and 23 once cost the session. */
    @Test
    void aLogoutWithReservedBitsSetIsALogout() throws Exception {
        try (RawInitiator client = server.session()) {
            Pdu request = client.fullFeatureRequest(Pdu.LOGOUT | Pdu.IMMEDIATE);
            Pdu answer =
                    client.exchange(
                            request.put16(2, 0xffff).put16(22, 0xffff).put32(44, 0x12345678));
            assertEquals(Pdu.LOGOUT_RESPONSE, answer.opcode(), answer::toString);
            assertEquals(0, answer.get8(2));
            client.expectClosed(SOON);
        }
    }

    @Test
    void aLogoutForAReasonThatThereIsNotIsRejectedAndTheSessionGoesOn() throws Exception {
        try (RawInitiator client = server.session()) {
            for (int reason : new int[] {3, 7, 0x7f}) {
                Pdu request = client.fullFeatureRequest(Pdu.LOGOUT);
                Pdu answer = client.exchange(request.put8(1, 0x80 | reason));
                assertEquals(Pdu.REJECT, answer.opcode(), answer::toString);
                assertEquals(0x09, answer.rejectReason(), answer::toString);
            }
            client.logout();
        }
    }

    @Test
    void nothingIsServedBehindALogout() throws Exception {
        try (RawInitiator client = server.session()) {
            byte[] logout = client.wire(client.fullFeatureRequest(Pdu.LOGOUT | Pdu.IMMEDIATE));
            byte[] ping = client.wire(client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE));
            byte[] both = Arrays.copyOf(logout, logout.length + ping.length);
            System.arraycopy(ping, 0, both, logout.length, ping.length);
            client.send(both);
            assertEquals(Pdu.LOGOUT_RESPONSE, client.receive().opcode());
            client.expectClosed(SOON);
        }
    }
}
