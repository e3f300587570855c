package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;

/**
 * Goal: digests work in every combination; a damaged header costs the connection, damaged data the
 * command, and neither writes anything (case 24; RFC 7143, section 7.8, ErrorRecoveryLevel 0).
 */
class DigestErrorTest extends HostileClientTest {
    private static final int LUN = TestServer.LUN;
    private static final int DATA_DIGEST_ERROR = 0x02;
    private static final int BLOCK = 4000;

    @ParameterizedTest
    @CsvSource({
        "None,None",
        "CRC32C,None",
        "None,CRC32C",
        "CRC32C,CRC32C",
        "'CRC32C,None','None,CRC32C'"
    })
    void readsAndWritesOfAllSizesCarryTheDigestsAgreedOn(String header, String data)
            throws Exception {
        try (RawInitiator client = login(header, data)) {
            for (int blocks : new int[] {1, 7, 128, 1024}) {
                byte[] written = pattern(blocks * 512, blocks);
                assertEquals(
                        "GOOD", client.write(LUN, Cdb.write10(BLOCK, blocks), written).outcome());
                assertArrayEquals(
                        written,
                        client.read(LUN, Cdb.read10(BLOCK, blocks), written.length).data());
            }
            // Sense data lie behind the header of the response.
            assertEquals("CHECK 05/20/00", client.read(LUN, Cdb.hex("ff00000000"), 0).outcome());
            byte[] ping = pattern(101, 3);
            Pdu answer = client.exchange(client.fullFeatureRequest(Pdu.NOP_OUT).data(ping));
            assertArrayEquals(ping, answer.data());
            assertEquals(101, answer.data().length);
            client.logout();
        }
    }

    @Test
    void aDamagedHeaderClosesTheConnection() throws Exception {
        for (int bit : new int[] {1, 9 * 8, 40 * 8 + 3, 48 * 8, 51 * 8 + 7}) {
            try (RawInitiator client = login("CRC32C", "None")) {
                byte[] pdu = client.wire(client.scsiCommand(LUN, Cdb.testUnitReady(), 0, 0));
                pdu[bit / 8] ^= (byte) (1 << bit % 8);
                client.send(pdu);
                client.expectClosed(SOON);
            }
        }
    }

    @Test
    void damagedImmediateDataFailTheCommand() throws Exception {
        try (RawInitiator client = login("CRC32C", "CRC32C")) {
            byte[] before = client.read(LUN, Cdb.read10(BLOCK, 8), 4096).data();
            Pdu write = client.scsiCommand(LUN, Cdb.write10(BLOCK, 8), 0x20, 4096);
            sendDamaged(client, write.data(pattern(4096, 9)));
            assertRejected(client);
            assertEquals("CHECK 0B/47/05", client.finish(LUN, new byte[0], 0).outcome());
            assertArrayEquals(before, client.read(LUN, Cdb.read10(BLOCK, 8), 4096).data());
            client.logout();
        }
    }

    @Test
    void damagedDataOutFailTheCommandOnceAllHaveCome() throws Exception {
        try (RawInitiator client = login("None", "CRC32C")) {
            byte[] before = client.read(LUN, Cdb.read10(BLOCK, 512), 262144).data();
            client.send(client.scsiCommand(LUN, Cdb.write10(BLOCK, 512), 0x20, 262144));
            Pdu r2t = client.receive();
            assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
            int tag = r2t.get32(20);
            byte[] part = pattern(131072, 5);
            sendDamaged(client, client.dataOut(LUN, tag, 0, 0, part, false));
            assertRejected(client);
            // No answer yet: the rest is still on its way.
            client.send(client.dataOut(LUN, tag, 1, 131072, part, true));
            assertEquals("CHECK 0B/47/05", client.finish(LUN, new byte[0], 0).outcome());
            assertArrayEquals(before, client.read(LUN, Cdb.read10(BLOCK, 512), 262144).data());
            client.logout();
        }
    }

    @Test
    void aDamagedPingIsRejectedAndTheSessionGoesOn() throws Exception {
        try (RawInitiator client = login("None", "CRC32C")) {
            Pdu ping = client.fullFeatureRequest(Pdu.NOP_OUT).data(new byte[] {1, 2, 3});
            sendDamaged(client, ping);
            assertRejected(client);
            Pdu text = client.fullFeatureRequest(Pdu.TEXT);
            sendDamaged(client, text.data(Pdu.keysToBytes(java.util.List.of("SendTargets="))));
            assertRejected(client);
            client.logout();
        }
    }

    private RawInitiator login(String header, String data) throws IOException {
        RawInitiator client =
                connect()
                        .login(
                                TestServer.TARGET,
                                "InitialR2T=Yes",
                                "HeaderDigest=" + header,
                                "DataDigest=" + data);
        client.read(LUN, Cdb.testUnitReady(), 0);
        return client;
    }

    private static void sendDamaged(RawInitiator client, Pdu pdu) throws IOException {
        byte[] bytes = client.wire(pdu);
        // Within the data: padding and digest are at most seven bytes.
        bytes[bytes.length - 8] ^= 0x10;
        client.send(bytes);
    }

    private static void assertRejected(RawInitiator client) throws IOException {
        Pdu reject = client.receive();
        assertEquals(Pdu.REJECT, reject.opcode(), reject::toString);
        assertEquals(DATA_DIGEST_ERROR, reject.rejectReason());
        assertEquals(48, reject.data().length);
    }

    private static byte[] pattern(int bytes, int seed) {
        byte[] pattern = new byte[bytes];
        new java.util.SplittableRandom(seed).nextBytes(pattern);
        return pattern;
    }
}
