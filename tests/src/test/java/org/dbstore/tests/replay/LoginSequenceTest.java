package org.dbstore.tests.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Goal: Windows and ESXi log in as they do (sequences W0, W0b and E0): ISIDs, stages, keys and
 * segmentation as seen from them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class LoginSequenceTest {
    private static final List<String> WINDOWS_KEYS =
            List.of(
                    "HeaderDigest=None,CRC32C",
                    "DataDigest=None,CRC32C",
                    "ErrorRecoveryLevel=2",
                    "InitialR2T=No",
                    "ImmediateData=Yes",
                    "MaxRecvDataSegmentLength=65536",
                    "MaxBurstLength=262144",
                    "FirstBurstLength=65536",
                    "MaxConnections=32",
                    "DataPDUInOrder=Yes",
                    "DataSequenceInOrder=Yes",
                    "DefaultTime2Wait=0",
                    "DefaultTime2Retain=60",
                    "MaxOutstandingR2T=16");

    private static final List<String> ESX_DISCOVERY_KEYS =
            List.of(
                    "InitiatorName=" + RawInitiator.NAME,
                    "SessionType=Discovery",
                    "HeaderDigest=None",
                    "DataDigest=None",
                    "DefaultTime2Wait=0",
                    "DefaultTime2Retain=0",
                    "IFMarker=No",
                    "OFMarker=No",
                    "ErrorRecoveryLevel=0",
                    "MaxRecvDataSegmentLength=32768");

    private static final Duration SEGMENT_PAUSE = Duration.ofMillis(20);

    private TestServer server;

    @BeforeAll
    void startServer(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
    }

    @AfterAll
    void stopServer() throws Exception {
        server.close();
    }

    @Test
    void windowsLogsInByTwoStages() throws Exception {
        try (RawInitiator windows = RawInitiator.connect(server.address())) {
            windowsLogin(windows);
            windows.logout();
        }
    }

    private static Pdu windowsLogin(RawInitiator windows) throws Exception {
        windows.isid("400001370000").connectionId(1);
        List<String> security =
                List.of(
                        "InitiatorName=" + RawInitiator.NAME,
                        "SessionType=Normal",
                        "TargetName=" + TestServer.TARGET,
                        "AuthMethod=None");
        Pdu first = exchangeInSegments(windows, windows.loginRequest(0, 1, security));
        assertEquals(0, first.loginStatus(), first::toString);
        assertEquals(0x81, first.get8(1), "T, from the security stage to the operational one");
        assertEquals(0, first.get16(14), "TSIH before the end of the login");
        assertEquals("1", first.textKeys().get("TargetPortalGroupTag"));
        assertEquals("None", first.textKeys().get("AuthMethod"));

        Pdu second = exchangeInSegments(windows, windows.loginRequest(1, 3, WINDOWS_KEYS));
        assertEquals(0, second.loginStatus(), second::toString);
        assertEquals(
                0x87, second.get8(1), "T, from the operational stage to the full feature phase");
        assertNotEquals(0, second.get16(14), "TSIH at the end of the login");
        assertOnlyOfferedKeys(WINDOWS_KEYS, second);
        assertEquals("1", second.textKeys().get("MaxConnections"));
        assertEquals("0", second.textKeys().get("ErrorRecoveryLevel"));
        windows.enterFullFeature(second);
        return second;
    }

    /** Windows sends a header and its data in segments of their own. */
    private static Pdu exchangeInSegments(RawInitiator initiator, Pdu request) throws Exception {
        byte[] wire = request.wire();
        initiator.send(Arrays.copyOf(wire, Pdu.HEADER_BYTES));
        Thread.sleep(SEGMENT_PAUSE);
        initiator.send(Arrays.copyOfRange(wire, Pdu.HEADER_BYTES, wire.length));
        return initiator.receive();
    }

    private static void assertOnlyOfferedKeys(List<String> offered, Pdu answer) {
        Set<String> known = new HashSet<>(List.of("TargetPortalGroupTag", "TargetAlias"));
        offered.forEach(key -> known.add(key.substring(0, key.indexOf('='))));
        known.add("MaxRecvDataSegmentLength");
        answer.textKeys().keySet().forEach(key -> assertTrue(known.contains(key), key));
    }

    @Test
    void windowsDiscoversTheTargetWithItsPortalGroup() throws Exception {
        try (RawInitiator windows = RawInitiator.connect(server.address())) {
            windows.isid("400001370000").connectionId(1);
            List<String> security =
                    List.of(
                            "InitiatorName=" + RawInitiator.NAME,
                            "SessionType=Discovery",
                            "AuthMethod=None");
            Pdu first = windows.exchange(windows.loginRequest(0, 1, security));
            assertEquals(0, first.loginStatus(), first::toString);
            Pdu second = windows.exchange(windows.loginRequest(1, 3, WINDOWS_KEYS));
            assertEquals(0, second.loginStatus(), second::toString);
            windows.enterFullFeature(second);
            assertSendTargets(windows);
            windows.logout();
        }
    }

    private void assertSendTargets(RawInitiator initiator) throws Exception {
        Pdu request = initiator.fullFeatureRequest(Pdu.TEXT).text(List.of("SendTargets=All"));
        Pdu answer = initiator.exchange(request);
        assertEquals(Pdu.TEXT_RESPONSE, answer.opcode(), answer::toString);
        assertTrue(answer.isFinal(), answer::toString);
        String address = "127.0.0.1:" + server.address().getPort() + ",1";
        assertEquals(
                List.of("TargetName=" + TestServer.TARGET, "TargetAddress=" + address),
                answer.textEntries());
    }

    /** W0b: 1 MiB as 4 WRITE(10) of 256 KiB: 64 KiB immediate, the rest by one R2T each. */
    @Test
    void windowsWrites1MiB() throws Exception {
        byte[] data = new byte[1 << 20];
        new SplittableRandom(10).nextBytes(data);
        try (RawInitiator windows = RawInitiator.connect(server.address())) {
            Pdu login = windowsLogin(windows);
            String largest = login.textKeys().get("MaxRecvDataSegmentLength");
            assertTrue(largest != null && Integer.parseInt(largest) >= 65_536, "MRDSL " + largest);
            windows.read(TestServer.LUN, Cdb.testUnitReady(), 0);
            int window = 0;
            for (int part = 0; part < 4; part++) {
                byte[] quarter = Arrays.copyOfRange(data, part << 18, (part + 1) << 18);
                byte[] cdb = Cdb.write10(part * 512L, 512);
                Pdu command = windows.scsiCommand(TestServer.LUN, cdb, 0x20, quarter.length);
                windows.send(command.data(Arrays.copyOf(quarter, 65_536)));
                Pdu r2t = windows.receive();
                assertEquals(Pdu.R2T, r2t.opcode(), r2t::toString);
                assertEquals(0x80, r2t.get8(1), "byte 1 of the R2T");
                assertEquals(0, r2t.get32(36), "R2TSN");
                assertEquals(65_536, r2t.get32(40), "offset");
                assertEquals(196_608, r2t.get32(44), "length");
                assertTrue(r2t.maxCommandSequenceNumber() > window || part == 0, "MaxCmdSN stands");
                window = r2t.maxCommandSequenceNumber();
                for (int sn = 0; sn < 3; sn++) {
                    int offset = 65_536 * (sn + 1);
                    byte[] piece = Arrays.copyOfRange(quarter, offset, offset + 65_536);
                    windows.send(
                            windows.dataOut(
                                    TestServer.LUN, r2t.get32(20), sn, offset, piece, sn == 2));
                }
                ScsiAnswer answer = windows.finish(TestServer.LUN, quarter, 0);
                assertEquals("GOOD", answer.outcome());
                assertEquals(0, answer.underflowBytes() + answer.overflowBytes(), "residual");
            }
            byte[] read = windows.read(TestServer.LUN, Cdb.read10(0, 2048), data.length).data();
            assertArrayEquals(data, read);
            windows.logout();
        }
    }

    /** E0: one login PDU without AuthMethod, SendTargets, logout; ESX does so twice. */
    @Test
    void esxDiscoversTwice() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (RawInitiator esx = RawInitiator.connect(server.address())) {
                esx.isid("00023d000000");
                Pdu answer = esx.exchange(esx.loginRequest(1, 3, ESX_DISCOVERY_KEYS));
                assertEquals(0, answer.loginStatus(), answer::toString);
                assertEquals(0x87, answer.get8(1), "T, straight to the full feature phase");
                assertNull(answer.textKeys().get("AuthMethod"), "a key that was not offered");
                esx.enterFullFeature(answer);
                assertSendTargets(esx);
                esx.logout();
            }
        }
    }
}
