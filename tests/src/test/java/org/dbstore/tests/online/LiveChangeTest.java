package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.LunConfig.CacheMode;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.server.plan.Change;
import org.dbstore.server.plan.Effect;
import org.dbstore.server.plan.Plan;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Goal: what another configuration changes of the LUNs of a target, its sessions are told by the
 * condition that fits, once; and an initiator of another target notices nothing.
 */
@Timeout(60)
class LiveChangeTest extends LiveTest {
    private static final int CACHED = TestServer.LARGE_BLOCK_LUN;
    private static final int NEW_LUN = 5;
    private static final byte[] BLOCK = HexFormat.of().parseHex("5a".repeat(512));

    @BeforeEach
    void logIn() throws Exception {
        for (int lun : List.of(LUN, TestServer.READ_ONLY_LUN, CACHED)) {
            ready(lun); // the session is new
            assertEquals("GOOD", ready(lun));
        }
    }

    @Test
    void whatDoesNotChangeIsNotTold() throws Exception {
        Plan plan = server.plan(config -> config);
        assertEquals(List.of(), plan.changes());
        server.change(config -> config);
        assertEquals("GOOD", ready(LUN));
        assertEquals("GOOD", ready(CACHED));
    }

    @Test
    void anotherDiskUnderANumberIsToldByEveryConditionThatFits() throws Exception {
        LunConfig another = TestServer.lun(LUN, "large-blocks", 0, false, 512);
        Plan plan = server.plan(config -> Configs.with(config, TARGET, another));
        Change change = plan.changes().getFirst();
        assertEquals("LUN 1 of " + TARGET, change.subject());
        assertEquals(Change.Kind.CHANGE, change.kind());
        assertEquals(Effect.Level.ATTENTION, change.effect().level());
        assertTrue(change.effect().sessions().getFirst().contains(RawInitiator.NAME));
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
        server.change(config -> Configs.with(config, TARGET, another));
        expectMessage();
        assertEquals("CHECK 06/29/00", ready(LUN));
        assertEquals("CHECK 06/3F/03", ready(LUN));
        assertEquals("CHECK 06/3F/0E", ready(LUN));
        assertEquals("GOOD", ready(LUN));
        assertEquals("CHECK 06/3F/0E", ready(CACHED));
        assertArrayEquals(new byte[512], client.read(LUN, Cdb.read10(0, 1), 512).data());
    }

    @Test
    void writeProtectionComesAndGoesWithTheModeParameters() throws Exception {
        LunConfig protectedLun = TestServer.lun(LUN, "data", 0, true, 512);
        server.change(config -> Configs.with(config, TARGET, protectedLun));
        assertEquals("CHECK 06/2A/01", ready(LUN));
        assertEquals("CHECK 07/27/00", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
        server.change(
                config -> Configs.with(config, TARGET, TestServer.lun(LUN, "data", 0, false, 512)));
        assertEquals("CHECK 06/2A/01", ready(LUN));
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
        assertEquals("GOOD", ready(CACHED), "another volume");
    }

    @Test
    void theCacheIsSwitchedOffAndOnWithTheModeParameters() throws Exception {
        assertEquals(4, writeCacheEnabled());
        server.change(config -> Configs.with(config, TARGET, cached(CacheMode.WRITETHROUGH, 4096)));
        assertEquals("CHECK 06/2A/01", ready(CACHED));
        assertEquals(0, writeCacheEnabled());
        server.change(config -> Configs.with(config, TARGET, cached(CacheMode.WRITEBACK, 4096)));
        assertEquals("CHECK 06/2A/01", ready(CACHED));
        assertEquals(4, writeCacheEnabled());
        assertEquals("GOOD", ready(LUN), "another volume");
    }

    @Test
    void whatAnInitiatorHasSavedOfTheCacheStays() throws Exception {
        byte[] off = HexFormat.of().parseHex("00000000" + "0812" + "00".repeat(18));
        assertEquals("GOOD", client.write(CACHED, Cdb.hex("151100001800"), off).outcome());
        server.change(config -> Configs.with(config, TARGET, cached(CacheMode.WRITETHROUGH, 4096)));
        server.change(config -> Configs.with(config, TARGET, cached(CacheMode.WRITEBACK, 4096)));
        assertEquals("GOOD", ready(CACHED));
        assertEquals(0, writeCacheEnabled());
    }

    @Test
    void blocksOfAnotherSizeAreRefusedWhileSomebodyCountsInTheOld() throws Exception {
        LunConfig small = cached(CacheMode.WRITEBACK, 512);
        Plan plan = server.plan(config -> Configs.with(config, TARGET, small));
        assertEquals(1, plan.obstacles().size());
        assertTrue(plan.obstacles().getFirst().contains("unmap it"), plan.obstacles()::toString);
        BackendException refused =
                assertThrows(
                        BackendException.class,
                        () -> server.change(config -> Configs.with(config, TARGET, small)));
        assertEquals(BackendError.BUSY, refused.error());
        client.logout();
        server.awaitSessions(1);
        server.change(config -> Configs.with(config, TARGET, small));
        client = RawInitiator.connect(server.address()).login(TARGET);
        ready(CACHED);
        byte[] capacity = client.read(CACHED, Cdb.readCapacity16(), 32).data();
        assertEquals(512, (capacity[10] & 0xff) << 8);
    }

    @Test
    void otherPhysicalBlocksAreToldAsAnotherCapacity() throws Exception {
        LunConfig told =
                new LunConfig(LUN, "main", "data", "", false, CacheMode.WRITETHROUGH, 512, 512);
        LunConfig toldToo =
                new LunConfig(2, "main", "data", "", true, CacheMode.WRITETHROUGH, 512, 512);
        server.change(c -> Configs.with(Configs.with(c, TARGET, told), TARGET, toldToo));
        assertEquals("CHECK 06/2A/09", ready(LUN));
        assertEquals(0, client.read(LUN, Cdb.readCapacity16(), 32).data()[13] & 0xf);
    }

    @Test
    void anInitiatorGetsAViewOfItsOwn() throws Exception {
        TargetAccess mapped =
                access(List.of(new LunMapConfig(List.of("*:raw"), Map.of(7, LUN))), Limits.NONE);
        Plan plan = server.plan(config -> Configs.access(config, TARGET, mapped));
        assertEquals(Effect.Level.ATTENTION, plan.changes().getFirst().effect().level());
        server.change(config -> Configs.access(config, TARGET, mapped));
        expectMessage();
        assertEquals("CHECK 05/25/00", ready(LUN));
        assertEquals("CHECK 06/3F/0E", ready(7));
        assertEquals("GOOD", ready(7));
        server.change(config -> Configs.access(config, TARGET, TargetAccess.OPEN));
        expectMessage();
        assertEquals("CHECK 06/3F/0E", ready(LUN));
        assertEquals("CHECK 05/25/00", ready(7));
    }

    @Test
    void fewerCommandsAtOnceHoldForSessionsThatAreOpen() throws Exception {
        TargetAccess few = access(List.of(), new Limits(1, 4));
        server.change(config -> Configs.access(config, TARGET, few));
        // What was promised stays: the window closes as commands come, one by one.
        for (int i = 0; i < Limits.COMMANDS_MAX; i++) {
            assertEquals("GOOD", ready(LUN));
        }
        assertEquals(4, window());
        RawInitiator another = RawInitiator.connect(server.address()).isid("400001370009");
        assertThrows(AssertionError.class, () -> another.login(TARGET), "one session only");
        another.close();
        server.change(config -> Configs.access(config, TARGET, TargetAccess.OPEN));
        assertEquals("GOOD", ready(LUN));
        assertEquals(Limits.COMMANDS_MAX, window());
    }

    @Test
    void digestsAreRequiredFromTheNextLoginOn() throws Exception {
        TargetAccess digests =
                new TargetAccess(
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Digest.REQUIRED,
                        Digest.REQUIRED,
                        Limits.NONE,
                        Optional.empty());
        Plan plan = server.plan(config -> Configs.access(config, TARGET, digests));
        plan.changes().forEach(change -> assertEquals(Effect.NONE, change.effect()));
        server.change(config -> Configs.access(config, TARGET, digests));
        assertEquals("GOOD", ready(LUN));
        try (RawInitiator plain = RawInitiator.connect(server.address()).isid("400001370009")) {
            assertThrows(AssertionError.class, () -> plain.login(TARGET));
        }
        RawInitiator.connect(server.address())
                .isid("400001370009")
                .login(TARGET, "HeaderDigest=CRC32C", "DataDigest=CRC32C")
                .close();
    }

    @Test
    void aNewTargetIsThereAtOnce() throws Exception {
        String late = "iqn.2026-01.org.dbstore.tests:late";
        server.change(c ->
                Configs.with(
                        c,
                        TestServer.target(
                                late, List.of(TestServer.lun(0, "other", 0, false, 4096)))));
        try (RawInitiator more = RawInitiator.connect(server.address()).login(late)) {
            assertEquals("CHECK 06/29/00", more.read(0, Cdb.testUnitReady(), 0).outcome());
        }
        assertEquals("GOOD", ready(LUN));
    }

    @Test
    void aPlanOfAnEarlierVersionIsRefused() throws Exception {
        DbsConfig old = server.server().config();
        Plan plan = server.plan(config -> Configs.without(config, TARGET, CACHED));
        server.change(config -> Configs.with(config, TARGET, extra()));
        BackendException stale = assertThrows(BackendException.class, () -> server.apply(plan));
        assertEquals(BackendError.BUSY, stale.error());
        assertTrue(
                Objects.requireNonNull(stale.getMessage()).contains("plan again"),
                stale::getMessage);
        expectMessage();
        assertEquals("CHECK 06/3F/0E", ready(CACHED));
        server.change(config -> old);
    }

    private static LunConfig extra() {
        return TestServer.lun(NEW_LUN, "data", 0, true, 512);
    }

    private static LunConfig cached(CacheMode cache, int blockBytes) {
        return new LunConfig(CACHED, "main", "other", "", false, cache, blockBytes, 4096);
    }

    private static TargetAccess access(List<LunMapConfig> maps, Limits limits) {
        return new TargetAccess(
                Optional.empty(),
                List.of(),
                maps,
                Digest.ALLOWED,
                Digest.ALLOWED,
                limits,
                Optional.empty());
    }

    /** WCE of the caching page, as it stands in its byte. */
    private int writeCacheEnabled() throws IOException {
        return client.read(CACHED, Cdb.hex("1a080800ff00"), 255).data()[6] & 4;
    }

    /** How many commands the target would take now. */
    private int window() throws IOException {
        Pdu answer = client.exchange(client.scsiCommand(LUN, Cdb.testUnitReady(), 0x80, 0));
        return answer.get32(32) - answer.get32(28) + 1;
    }

    private void expectMessage() throws IOException {
        Pdu message = client.receive();
        assertEquals(Pdu.ASYNC_MESSAGE, message.opcode(), message::toString);
        assertEquals(0, message.get8(36), "SCSI event");
    }
}
