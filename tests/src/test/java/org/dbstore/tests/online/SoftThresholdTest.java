package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.DeviceConfig;
import org.dbstore.config.SoftThresholds;
import org.dbstore.config.VolumeConfig;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Goal: initiators hear in time, and once, that space is running out (06/38/07). */
@Timeout(60)
class SoftThresholdTest {
    private static final int DATA = 1;
    private static final int OTHER = 2;
    private static final int EXTENT_BLOCKS = 2048;
    private static final byte[] BLOCK = HexFormat.of().parseHex("5a".repeat(512));

    @TempDir Path folder;

    private TestServer start(SoftThresholds thresholds) throws Exception {
        List<VolumeConfig> volumes =
                List.of(
                        new VolumeConfig("data", TestServer.VOLUME_BYTES),
                        new VolumeConfig("other", TestServer.VOLUME_BYTES));
        return TestServer.start(
                new DeviceConfig(
                        "main", folder.resolve("main.dbs"), false, 200L << 20, volumes, thresholds),
                List.of(
                        TestServer.target(
                                TestServer.TARGET,
                                List.of(
                                        TestServer.lun(DATA, "data", 0, false, 512),
                                        TestServer.lun(OTHER, "other", 0, false, 512)))));
    }

    private static RawInitiator session(TestServer server) throws Exception {
        RawInitiator session = server.session();
        assertEquals("CHECK 06/29/00", ready(session, DATA));
        assertEquals("CHECK 06/29/00", ready(session, OTHER));
        return session;
    }

    @Test
    void aDeviceThatFillsIsToldToAllItsUnitsOnce() throws Exception {
        try (TestServer server = start(new SoftThresholds(10, Map.of()));
                RawInitiator session = session(server)) {
            boolean told = touchExtents(session, 40);
            assertEquals("CHECK 06/38/07", changedReadiness(session, OTHER));
            assertEquals(told ? "GOOD" : "CHECK 06/38/07", ready(session, DATA));
            touchExtents(session, 42);
            Thread.sleep(2500);
            assertEquals("GOOD", ready(session, OTHER), "once");
            assertEquals("GOOD", ready(session, DATA), "once");
        }
    }

    @Test
    void aVolumeThatFillsIsToldToItsUnitOnlyAndAgainWhenItFillsAgain() throws Exception {
        // A block of 4 KiB in each of 64 extents is 0.4 %, so whole extents are written.
        try (TestServer server = start(new SoftThresholds(0, Map.of("data", 3)));
                RawInitiator session = session(server)) {
            fillExtents(session, 2);
            assertEquals("CHECK 06/38/07", changedReadiness(session, DATA));
            byte[] all = Cdb.writeSame16(0, 2 * EXTENT_BLOCKS);
            all[1] = 8; // UNMAP
            assertEquals("GOOD", session.write(DATA, all, new byte[512]).outcome());
            Thread.sleep(2500);
            fillExtents(session, 2);
            assertEquals("CHECK 06/38/07", changedReadiness(session, DATA));
            assertEquals("GOOD", ready(session, OTHER));
        }
    }

    /** Returns true if one of the commands heard of the threshold. */
    private static boolean touchExtents(RawInitiator session, int count) throws IOException {
        boolean told = false;
        for (int i = 0; i < count; i++) {
            byte[] cdb = Cdb.write10((long) i * EXTENT_BLOCKS, 1);
            String outcome = session.write(DATA, cdb, BLOCK).outcome();
            if (outcome.equals("CHECK 06/38/07")) {
                told = true;
                outcome = session.write(DATA, cdb, BLOCK).outcome();
            }
            assertEquals("GOOD", outcome);
        }
        return told;
    }

    private static void fillExtents(RawInitiator session, int count) throws IOException {
        byte[] cdb = Cdb.writeSame16(0, count * EXTENT_BLOCKS);
        assertEquals("GOOD", session.write(DATA, cdb, BLOCK).outcome());
    }

    /** Waits until the unit has something to say. */
    private static String changedReadiness(RawInitiator session, int lun) throws Exception {
        long end = System.nanoTime() + 10_000_000_000L;
        String outcome = ready(session, lun);
        while (outcome.equals("GOOD") && System.nanoTime() < end) {
            Thread.sleep(50);
            outcome = ready(session, lun);
        }
        return outcome;
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }
}
