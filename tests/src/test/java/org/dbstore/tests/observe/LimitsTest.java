package org.dbstore.tests.observe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.QosConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.InitiatorQos;
import org.dbstore.config.TargetConfig;
import org.dbstore.tests.support.Alone;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Goal: limits hold, hold nobody else, and what waits for them can be ended like any other task.
 */
@Alone
@Timeout(60)
class LimitsTest {
    private static final int ABORT_TASK = 1;
    private static final int LUN_RESET = 5;
    private static final int LUN = TestServer.LUN;
    private static final int OTHER_LUN = TestServer.LARGE_BLOCK_LUN;
    private static final QosConfig ONE_A_SECOND = new QosConfig(1, 0, 1);

    @TempDir Path folder;
    private TestServer server;
    private RawInitiator client;

    @BeforeEach
    void logIn() throws Exception {
        server = TestServer.start(folder);
        client = session("400001370001");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void theRateIsTheOneConfiguredWithinTenPercent() throws Exception {
        limit(new QosConfig(500, 0, 1));
        burst(13);
        long began = System.nanoTime();
        reads(1000);
        double perSecond = 1000 / ((System.nanoTime() - began) / 1e9);
        assertEquals(500, perSecond, 50);
        limit(new QosConfig(0, 4 << 20, 1));
        readsOf64KiB(70); // the burst
        began = System.nanoTime();
        readsOf64KiB(96);
        double bytesPerSecond = 96 * 65536 / ((System.nanoTime() - began) / 1e9);
        assertEquals(4 << 20, bytesPerSecond, (4 << 20) / 10.0);
    }

    @Test
    void anInitiatorIsLimitedOnAllItsLunsTogether() throws Exception {
        server.change(config ->
                with(
                        config,
                        TestServer.luns(),
                        List.of(new InitiatorQos(List.of("*:raw"), new QosConfig(200, 0, 1)))));
        burst(6);
        long began = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            reads(1);
            assertEquals("GOOD", client.read(OTHER_LUN, Cdb.read10(0, 1), 4096).outcome());
        }
        assertEquals(200, 200 / ((System.nanoTime() - began) / 1e9), 20);
    }

    @Test
    void otherLunsAndOtherSessionsDoNotWait() throws Exception {
        limit(ONE_A_SECOND);
        reads(2);
        int waiting = 50;
        for (int i = 0; i < waiting; i++) {
            client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40, 512));
        }
        try (RawInitiator other = session("400001370002")) {
            long began = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                assertEquals("GOOD", other.read(OTHER_LUN, Cdb.read10(0, 1), 4096).outcome());
                assertEquals("GOOD", other.read(LUN, Cdb.testUnitReady(), 0).outcome());
            }
            assertTrue(System.nanoTime() - began < 5_000_000_000L, "nobody waits for the LUN");
            // A second session takes turns with the fifty: it does not wait for them all.
            assertEquals("GOOD", other.read(LUN, Cdb.read10(0, 1), 512).outcome());
            assertTrue(System.nanoTime() - began < 8_000_000_000L, "it is its turn soon");
        }
        limit(QosConfig.UNLIMITED);
        int answered = 0;
        while (answered < waiting) {
            assertEquals(Pdu.DATA_IN, client.receive().opcode());
            answered++;
        }
        assertEquals("GOOD", client.read(LUN, Cdb.read10(0, 1), 512).outcome());
    }

    @Test
    void aWaitingCommandIsAbortedAtOnceAndNeverAnswered() throws Exception {
        limit(ONE_A_SECOND);
        byte[] before = client.read(LUN, Cdb.read10(7, 1), 512).data();
        reads(1);
        client.send(client.scsiCommand(LUN, Cdb.write10(7, 1), 0x20, 512));
        int tag = client.currentTaskTag();
        long began = System.nanoTime();
        assertEquals(0, function(ABORT_TASK, tag));
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40, 512));
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40, 512));
        assertEquals(0, function(LUN_RESET, Pdu.NO_TAG));
        assertTrue(System.nanoTime() - began < 900_000_000L, "without waiting for the limit");
        limit(QosConfig.UNLIMITED);
        assertEquals("CHECK 06/29/03", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
        assertArrayEquals(before, client.read(LUN, Cdb.read10(7, 1), 512).data());
        server.assertNoDataInUse();
    }

    @Test
    void aWaitingCommandThatAnotherResetsIsAnsweredAtOnce() throws Exception {
        limit(ONE_A_SECOND);
        reads(1);
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40, 512));
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40, 512));
        client.send(client.scsiCommand(LUN, Cdb.write10(7, 1), 0x20, 512));
        int write = client.currentTaskTag();
        try (RawInitiator other = session("400001370002")) {
            long began = System.nanoTime();
            Pdu request =
                    other.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE)
                            .put8(1, 0x80 | LUN_RESET)
                            .lun(LUN)
                            .put32(20, Pdu.NO_TAG);
            assertEquals(0, other.exchange(request).get8(2));
            assertTrue(System.nanoTime() - began < 2_000_000_000L, "the last would wait for 3 s");
        }
        Pdu answer = client.receive();
        while (answer.taskTag() != write) {
            answer = client.receive();
        }
        assertEquals(Pdu.SCSI_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(0x40, answer.get8(3), "TASK ABORTED");
        limit(QosConfig.UNLIMITED);
        server.assertNoDataInUse();
    }

    @Test
    void aLimitedWriteIsAskedForItsDataWhenItsTurnComes() throws Exception {
        limit(new QosConfig(0, 64 << 10, 1));
        byte[] data = new byte[48 << 10];
        Arrays.fill(data, (byte) 0x5a);
        for (int i = 0; i < 4; i++) {
            assertEquals("GOOD", client.write(LUN, Cdb.write10(96L * i, 96), data).outcome());
        }
        limit(QosConfig.UNLIMITED);
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(data, client.read(LUN, Cdb.read10(96L * i, 96), 48 << 10).data());
        }
    }

    @Test
    void anOrderedCommandWaitsForThoseThatTheLimitHoldsBack() throws Exception {
        limit(ONE_A_SECOND);
        reads(2);
        client.send(client.scsiCommand(LUN, Cdb.read10(0, 1), 0x40, 512));
        int limited = client.currentTaskTag();
        client.send(client.scsiCommand(LUN, Cdb.testUnitReady(), 0x02, 0)); // ORDERED, free
        int ordered = client.currentTaskTag();
        assertEquals(limited, client.receive().taskTag());
        assertEquals(ordered, client.receive().taskTag());
    }

    private void limit(QosConfig qos) throws Exception {
        List<LunConfig> luns =
                TestServer.luns().stream()
                        .map(lun -> lun.number() == LUN ? with(lun, qos) : lun)
                        .toList();
        server.change(config -> with(config, luns, List.of()));
    }

    private static LunConfig with(LunConfig lun, QosConfig qos) {
        return new LunConfig(
                lun.number(),
                lun.device(),
                lun.volume(),
                lun.snapshot(),
                lun.readOnly(),
                lun.cache(),
                lun.blockBytes(),
                lun.physicalBlockBytes(),
                qos,
                lun.snapshots());
    }

    private static DbsConfig with(
            DbsConfig config, List<LunConfig> luns, List<InitiatorQos> initiators) {
        TargetConfig target = config.targets().getFirst();
        TargetAccess access = target.access();
        return new DbsConfig(
                config.devices(),
                config.portals(),
                config.discovery(),
                config.discoveryAuth(),
                List.of(
                        new TargetConfig(
                                target.name(),
                                target.alias(),
                                target.portalGroups(),
                                target.initiators(),
                                luns,
                                new TargetAccess(
                                        access.authGroup(),
                                        access.addresses(),
                                        access.lunMaps(),
                                        access.headerDigest(),
                                        access.dataDigest(),
                                        access.limits(),
                                        access.redirect(),
                                        initiators,
                                        access.portGroups()))),
                config.admin(),
                config.schedules(),
                config.log(),
                config.busyPoll(),
                config.authGroups());
    }

    /** One by one in a JVM that is cold, it would come back while it is being used up. */
    private void burst(int rounds) throws IOException {
        int together = 40;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < together; i++) {
                client.send(client.scsiCommand(LUN, Cdb.read10(i, 1), 0x40, 512));
            }
            for (int i = 0; i < together; i++) {
                assertEquals(Pdu.DATA_IN, client.receive().opcode());
            }
        }
    }

    private void reads(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertEquals("GOOD", client.read(LUN, Cdb.read10(i, 1), 512).outcome());
        }
    }

    private void readsOf64KiB(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertEquals("GOOD", client.read(LUN, Cdb.read10(i, 128), 65536).outcome());
        }
    }

    private RawInitiator session(String isid) throws IOException {
        RawInitiator session =
                RawInitiator.connect(server.address())
                        .isid(isid)
                        .login(TestServer.TARGET, "InitialR2T=Yes", "ImmediateData=No");
        for (int lun : new int[] {LUN, OTHER_LUN}) {
            assertEquals("CHECK 06/29/00", session.read(lun, Cdb.testUnitReady(), 0).outcome());
        }
        return session;
    }

    private int function(int function, int tag) throws IOException {
        Pdu request = client.fullFeatureRequest(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE);
        Pdu answer = client.exchange(request.put8(1, 0x80 | function).lun(LUN).put32(20, tag));
        assertEquals(Pdu.TASK_MANAGEMENT_RESPONSE, answer.opcode(), answer::toString);
        return answer.get8(2);
    }
}
