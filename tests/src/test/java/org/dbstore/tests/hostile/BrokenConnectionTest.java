package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Goal: a connection may end at every byte, or stop reading, and costs only itself (case 25). */
class BrokenConnectionTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final int FIRST_BLOCK = 2048;

    /** Without progress of what is sent, a connection is closed after this time. */
    private static final int STALLED_SECONDS = 30;

    /** For one session: 4 MiB waiting to be sent, the largest command of 8 MiB, and some more. */
    private static final long HELD_BYTES_MAX = 16 << 20;

    private enum End {
        FIN,
        RESET
    }

    @Test
    void everyByteOfALoginMayBeTheLast() throws Exception {
        byte[] login;
        try (RawInitiator sample = connect()) {
            login = loginOf(sample).wire();
        }
        for (int bytes = 0; bytes < login.length; bytes++) {
            for (End end : End.values()) {
                try (RawInitiator client = connect()) {
                    client.send(Arrays.copyOf(login, bytes));
                    end(client, end);
                }
            }
        }
        assertServed();
    }

    @Test
    void everyByteOfASessionMayBeTheLast() throws Exception {
        int length;
        try (RawInitiator sample = session()) {
            length = sessionBytes(sample).length;
        }
        // Every byte of the headers; of the data every 97th.
        for (int bytes = 0; bytes <= length; bytes += bytes % 4144 < 112 ? 1 : 97) {
            for (End end : End.values()) {
                try (RawInitiator client = session()) {
                    client.send(Arrays.copyOf(sessionBytes(client), bytes));
                    end(client, end);
                }
            }
        }
        assertServed();
    }

    private static Pdu loginOf(RawInitiator client) {
        return client.loginRequest(1, 3, RawInitiator.normalSession(TestServer.TARGET));
    }

    private RawInitiator session() throws IOException {
        return connect().login(TestServer.TARGET, "InitialR2T=No", "ImmediateData=Yes");
    }

    /** WRITE with immediate and unsolicited data, a ping, a READ, a logout, in one piece. */
    private static byte[] sessionBytes(RawInitiator client) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] half = new byte[4096];
        Pdu write = client.scsiCommand(LUN, Cdb.write10(FIRST_BLOCK, 16), 0x20, 8192);
        bytes.writeBytes(write.put8(1, 0x20).data(half).wire());
        bytes.writeBytes(client.dataOut(LUN, Pdu.NO_TAG, 0, 4096, half, true).wire());
        Pdu ping = client.fullFeatureRequest(Pdu.NOP_OUT | Pdu.IMMEDIATE);
        bytes.writeBytes(ping.data(new byte[60]).wire());
        Pdu read = client.scsiCommand(LUN, Cdb.read10(FIRST_BLOCK, 16), 0x40, 8192);
        bytes.writeBytes(read.wire());
        bytes.writeBytes(client.fullFeatureRequest(Pdu.LOGOUT | Pdu.IMMEDIATE).wire());
        return bytes.toByteArray();
    }

    private static void end(RawInitiator client, End end) throws IOException {
        switch (end) {
            case FIN -> {
                client.finish();
                // The target answers what was whole, then closes: an end, never a hang.
                drain(client);
            }
            case RESET -> client.reset();
        }
    }

    private static long drain(RawInitiator client) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        try {
            for (int n = 0; n >= 0; n = client.socket().getInputStream().read(buffer)) {
                total += n;
            }
        } catch (java.net.SocketException e) {
            // A reset: also an end.
        }
        return total;
    }

    private void assertServed() throws Exception {
        try (RawInitiator client = server.session()) {
            client.read(LUN, Cdb.testUnitReady(), 0);
            assertEquals("GOOD", client.read(LUN, Cdb.read10(0, 1), 512).outcome());
            client.logout();
        }
    }

    /** Session reinstatement (RFC 7143): the old nexus ends before the new one's first command. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noWriteOfAnOldSessionComesLate(boolean cutFirst) throws Exception {
        for (int round = 0; round < 50; round++) {
            byte[] late = filled(0xaa);
            byte[] fresh = filled(round);
            RawInitiator old = server.session();
            old.read(LUN, Cdb.testUnitReady(), 0);
            old.send(old.scsiCommand(LUN, Cdb.write10(FIRST_BLOCK, 16), 0x20, late.length));
            Pdu r2t = old.receive();
            assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
            old.send(old.dataOut(LUN, r2t.get32(20), 0, 0, late, true));
            if (cutFirst) {
                old.reset();
            }
            try (RawInitiator client = server.session()) {
                client.read(LUN, Cdb.testUnitReady(), 0);
                assertEquals(
                        "GOOD", client.write(LUN, Cdb.write10(FIRST_BLOCK, 16), fresh).outcome());
                assertArrayEquals(
                        fresh, client.read(LUN, Cdb.read10(FIRST_BLOCK, 16), fresh.length).data());
                Thread.sleep(2);
                assertArrayEquals(
                        fresh, client.read(LUN, Cdb.read10(FIRST_BLOCK, 16), fresh.length).data());
                client.logout();
            }
            old.close();
        }
    }

    @Test
    void theOldConnectionIsClosedByAReinstatement() throws Exception {
        try (RawInitiator old = server.session();
                RawInitiator fresh = server.session()) {
            old.expectClosed(SOON);
            fresh.read(LUN, Cdb.testUnitReady(), 0);
            assertEquals("GOOD", fresh.read(LUN, Cdb.read10(0, 1), 512).outcome());
        }
    }

    private static byte[] filled(int value) {
        byte[] data = new byte[8192];
        Arrays.fill(data, (byte) value);
        return data;
    }

    /** 100 MB asked for by each of four who do not read. */
    @Test
    void whoDoesNotReadIsNotServedWithoutBound() throws Exception {
        int sessions = 4;
        int commands = 100;
        List<RawInitiator> clients = new ArrayList<>();
        try {
            for (int i = 0; i < sessions; i++) {
                RawInitiator client =
                        connect().isid("4000013755%02x".formatted(i)).login(TestServer.TARGET);
                client.read(LUN, Cdb.testUnitReady(), 0);
                for (int n = 0; n < commands; n++) {
                    client.send(client.scsiCommand(LUN, Cdb.read10(0, 2048), 0x40, 1 << 20));
                }
                clients.add(client);
            }
            Thread.sleep(5_000);
            long taken = server.dataBytesInUse();
            assertTrue(taken < sessions * HELD_BYTES_MAX, "data buffers lent: " + taken);
            Thread.sleep((STALLED_SECONDS - 5 + 10) * 1_000L);
            for (RawInitiator client : clients) {
                long received = drain(client);
                assertTrue(received < commands << 20, "all was sent: " + received);
            }
        } finally {
            for (RawInitiator client : clients) {
                client.close();
            }
        }
    }
}
