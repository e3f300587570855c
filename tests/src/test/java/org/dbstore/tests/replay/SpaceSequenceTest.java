package org.dbstore.tests.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.Shrink;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.SoftThresholds;
import org.dbstore.config.VolumeConfig;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Goal: the rows of {@code sequences/windows-esxi-linux.tsv} about space are answered as expected,
 * over iSCSI and on every nexus: thresholds and a full pool (E7), and growth (E10).
 */
@Timeout(120)
class SpaceSequenceTest {
    private static final int FILLER = 2;
    private static final long DEVICE_BYTES = 200L << 20;
    private static final long VOLUME_BYTES = 1L << 30; // the rows go up to 512 MiB
    private static final int EXTENT_BLOCKS = 2048;
    private static final int SOFT_THRESHOLD_PERCENT = 10;
    private static final byte[] BLOCK = HexFormat.of().parseHex("a5".repeat(512));

    @TempDir Path folder;

    private TestServer start(int thresholdPercent) throws Exception {
        List<VolumeConfig> volumes =
                List.of(
                        new VolumeConfig("data", VOLUME_BYTES),
                        new VolumeConfig("filler", VOLUME_BYTES));
        Path file = folder.resolve("main.dbs");
        SoftThresholds thresholds = new SoftThresholds(thresholdPercent, Map.of());
        return TestServer.start(
                new DeviceConfig("main", file, false, DEVICE_BYTES, volumes, thresholds),
                List.of(
                        TestServer.target(
                                TestServer.TARGET,
                                List.of(
                                        TestServer.lun(1, "data", 0, false, 512),
                                        TestServer.lun(FILLER, "filler", 0, false, 512)))));
    }

    private static RawInitiator session(TestServer server, String isid) throws Exception {
        RawInitiator session =
                RawInitiator.connect(server.address()).isid(isid).login(TestServer.TARGET);
        for (int lun : new int[] {1, FILLER}) {
            assertEquals("CHECK 06/29/00", ready(session, lun));
        }
        return session;
    }

    private static SequenceRow row(String sequence, String expectation) throws IOException {
        List<SequenceRow> rows =
                SequenceRow.readAll().stream()
                        .filter(row -> row.sequence().equals(sequence))
                        .filter(row -> row.expectation().contains(expectation))
                        .toList();
        assertEquals(1, rows.size(), sequence);
        return rows.getFirst();
    }

    private static ScsiAnswer play(RawInitiator session, SequenceRow row) throws IOException {
        byte[] dataOut = row.dataOut();
        return dataOut.length > 0
                ? session.write(row.lun(), row.cdb(), dataOut)
                : session.read(row.lun(), row.cdb(), row.allocationBytes());
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }

    @Test
    void theSoftThresholdIsToldOnceToEachNexusAndTheRetryIsServed() throws Exception {
        SequenceRow row = row("E7", "at soft threshold");
        try (TestServer server = start(SOFT_THRESHOLD_PERCENT);
                RawInitiator a = session(server, "40000137000a");
                RawInitiator b = session(server, "40000137000b")) {
            assertEquals("GOOD", play(a, row).outcome(), "before");
            for (int extent = 0; extent < 40; extent++) {
                fill(a, extent);
            }
            assertEquals(row.checks(), List.of(changed(a, row)));
            assertEquals(row.checks(), List.of(play(b, row).outcome()), "the other nexus");
            for (RawInitiator session : List.of(a, b)) {
                ScsiAnswer retry = play(session, row);
                assertEquals("GOOD", retry.outcome());
                assertArrayEquals(new byte[512], retry.data());
                assertEquals("GOOD", ready(session, 1), "once");
            }
        }
    }

    /** Repeats the row until there is something to say; thresholds are looked at now and then. */
    private static String changed(RawInitiator session, SequenceRow row) throws Exception {
        long end = System.nanoTime() + 20_000_000_000L;
        String outcome = play(session, row).outcome();
        while (outcome.equals("GOOD") && System.nanoTime() < end) {
            Thread.sleep(50);
            outcome = play(session, row).outcome();
        }
        return outcome;
    }

    /** Takes an extent for the filler; returns false if there is none. */
    private static boolean fill(RawInitiator session, int extent) throws IOException {
        byte[] cdb = Cdb.write10((long) extent * EXTENT_BLOCKS, 1);
        String outcome = session.write(FILLER, cdb, BLOCK).outcome();
        if (outcome.equals("CHECK 06/38/07")) {
            outcome = session.write(FILLER, cdb, BLOCK).outcome();
        }
        assertTrue(List.of("GOOD", "CHECK 07/27/07").contains(outcome), outcome);
        return outcome.equals("GOOD");
    }

    @Test
    void aFullPoolRefusesWritesThatNeedSpaceAndNothingElse() throws Exception {
        SequenceRow row = row("E7", "pool full");
        try (TestServer server = start(0);
                RawInitiator a = session(server, "40000137000a");
                RawInitiator b = session(server, "40000137000b")) {
            assertEquals("GOOD", a.write(1, Cdb.write10(0, 1), BLOCK).outcome());
            int extents = 0;
            while (fill(a, extents)) {
                extents++;
                assertTrue(extents < VOLUME_BYTES >> 20, "the pool is never full");
            }
            assertTrue(extents > 100, "extents there were: " + extents);
            long lba = Integer.toUnsignedLong(ByteBuffer.wrap(row.cdb()).getInt(2));
            for (RawInitiator session : List.of(a, b)) {
                assertEquals(row.checks(), List.of(play(session, row).outcome()));
                assertArrayEquals(new byte[512], session.read(1, Cdb.read10(lba, 1), 512).data());
                assertArrayEquals(BLOCK, session.read(1, Cdb.read10(0, 1), 512).data());
                assertEquals("GOOD", session.write(1, Cdb.write10(0, 1), BLOCK).outcome());
            }
            byte[] unmapped = Cdb.writeSame16(0, 4 * EXTENT_BLOCKS);
            unmapped[1] = 8;
            assertEquals("GOOD", a.write(FILLER, unmapped, new byte[512]).outcome());
            assertEquals("GOOD", play(b, row).outcome(), "with space again");
        }
    }

    @Test
    void growthIsToldOnceToEachNexusByAnyCommandButInquiryAndReportLuns() throws Exception {
        SequenceRow row = row("E10", "RC16");
        try (TestServer server = start(0);
                RawInitiator a = session(server, "40000137000a");
                RawInitiator b = session(server, "40000137000b");
                RawInitiator c = session(server, "40000137000c")) {
            long size = 2 * VOLUME_BYTES;
            Objects.requireNonNull(server.server().device("main"))
                    .resizeVolume("data", size, Shrink.REFUSED);
            List<RawInitiator> sessions = List.of(a, b, c);
            List<byte[]> commands =
                    List.of(Cdb.testUnitReady(), Cdb.readCapacity16(), Cdb.read10(0, 1));
            for (int i = 0; i < sessions.size(); i++) {
                RawInitiator session = sessions.get(i);
                byte[] inquiry = Cdb.hex("120000002400");
                assertEquals("GOOD", session.read(row.lun(), inquiry, 36).outcome());
                assertEquals("GOOD", session.read(row.lun(), Cdb.reportLuns(256), 256).outcome());
                int bytes = new int[] {0, 32, 512}[i];
                String outcome = session.read(row.lun(), commands.get(i), bytes).outcome();
                assertEquals(row.checks(), List.of(outcome));
                ScsiAnswer capacity = session.read(row.lun(), Cdb.readCapacity16(), 32);
                assertEquals("GOOD", capacity.outcome(), "once");
                assertEquals(size / 512 - 1, ByteBuffer.wrap(capacity.data()).getLong());
                assertEquals("GOOD", ready(session, FILLER), "another volume");
            }
        }
    }
}
