package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.LunConfig;
import org.dbstore.config.LunConfig.CacheMode;
import org.dbstore.config.QosConfig;
import org.dbstore.config.SnapshotLuns;
import org.dbstore.server.TargetInfo;
import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Goal: snapshots of a volume whose LUN says so appear as read-only LUNs by themselves, keep their
 * number and identity as long as they live, and are in nobody's way.
 */
@Timeout(90)
class SnapshotLunTest extends LiveTest {
    private static final int FIRST = 100;
    private static final byte[] BLOCK = HexFormat.of().parseHex("5a".repeat(512));

    private BlockStore device;

    @Override
    List<LunConfig> shown() {
        return List.of(showing(new SnapshotLuns(FIRST, FIRST + 3, "*", 0)));
    }

    @Override
    String bystandersVolume() {
        return "other";
    }

    @BeforeEach
    void logIn() throws Exception {
        device = Objects.requireNonNull(server.server().device("main"));
        client.countingEvents();
        assertEquals("CHECK 06/29/00", ready(LUN));
    }

    @Test
    void aSnapshotAppearsAndShowsWhatWas() throws Exception {
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
        device.createSnapshot("data", "monday");
        assertEquals("CHECK 06/3F/0E", ready(LUN));
        assertEquals(1, client.events());
        assertEquals(List.of(LUN, FIRST), luns());
        assertEquals("CHECK 06/29/00", ready(FIRST));
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), new byte[512]).outcome());
        assertArrayEquals(BLOCK, client.read(FIRST, Cdb.read10(0, 1), 512).data());
        TargetInfo target = server.server().targets().getFirst();
        assertEquals(1, target.sessions().size());
        assertEquals(
                new TargetInfo.LunInfo(
                        FIRST,
                        "main",
                        "data",
                        "1",
                        true,
                        true,
                        false,
                        512,
                        TestServer.VOLUME_BYTES),
                target.luns().getLast());
        assertEquals("CHECK 07/27/00", client.write(FIRST, Cdb.write10(0, 1), BLOCK).outcome());
    }

    @Test
    void aSnapshotThatIsServedIsDeletedAndVanishes() throws Exception {
        int gone = device.createSnapshot("data", "monday");
        device.createSnapshot("data", "tuesday");
        assertEquals(List.of(LUN, FIRST, FIRST + 1), luns());
        device.deleteSnapshot(gone);
        assertEquals(List.of(LUN, FIRST + 1), luns());
        assertEquals("CHECK 05/25/00", ready(FIRST));
        // A number that has become free is the last to be given again.
        device.createSnapshot("data", "wednesday");
        assertEquals(List.of(LUN, FIRST + 1, FIRST + 2), luns());
    }

    @Test
    void numbersAndIdentitiesSurviveARestart() throws Exception {
        int first = device.createSnapshot("data", "monday");
        device.createSnapshot("data", "tuesday");
        device.createSnapshot("data", "wednesday");
        device.deleteSnapshot(first);
        Map<Integer, String> before =
                Map.of(FIRST + 1, identity(FIRST + 1), FIRST + 2, identity(FIRST + 2));
        stop();
        start();
        logIn();
        assertEquals(List.of(LUN, FIRST + 1, FIRST + 2), luns());
        assertEquals(
                before, Map.of(FIRST + 1, identity(FIRST + 1), FIRST + 2, identity(FIRST + 2)));
        device.createSnapshot("data", "thursday");
        assertEquals(List.of(LUN, FIRST + 1, FIRST + 2, FIRST + 3), luns());
    }

    @Test
    void theNewestAreShownAndTheOthersKept() throws Exception {
        server.change(c ->
                Configs.with(c, TARGET, showing(new SnapshotLuns(FIRST, FIRST + 9, "auto-*", 2))));
        device.createSnapshot("data", "by-hand");
        assertEquals(List.of(LUN), luns());
        for (String name : List.of("auto-1", "auto-2", "auto-3")) {
            device.createSnapshot("data", name);
            Thread.sleep(5); // the age of snapshots is counted in milliseconds
        }
        assertEquals(List.of(LUN, FIRST + 1, FIRST + 2), luns());
        assertEquals(4, device.snapshots("data").stream().filter(s -> !s.head()).count());
    }

    @Test
    void aNewNameMayMakeASnapshotAppearAndVanish() throws Exception {
        server.change(c ->
                Configs.with(c, TARGET, showing(new SnapshotLuns(FIRST, FIRST + 9, "show-*", 0))));
        int id = device.createSnapshot("data", "monday");
        assertEquals(List.of(LUN), luns());
        device.renameSnapshot(id, "show-monday");
        assertEquals(List.of(LUN, FIRST), luns());
        device.renameSnapshot(id, "monday");
        assertEquals(List.of(LUN), luns());
    }

    @Test
    void whatARollbackKeepsAppearsToo() throws Exception {
        int id = device.createSnapshot("data", "monday");
        device.rollback("data", id, false);
        assertEquals(List.of(LUN, FIRST, FIRST + 1), luns());
    }

    @Test
    void theyGoWithTheRuleAndComeBackUnderTheirNumbers() throws Exception {
        device.createSnapshot("data", "monday");
        device.createSnapshot("data", "tuesday");
        String tuesday = identity(FIRST + 1);
        server.change(c -> Configs.with(c, TARGET, TestServer.lun(LUN, "data", 0, false, 512)));
        assertEquals(List.of(LUN), luns());
        server.change(c ->
                Configs.with(c, TARGET, showing(new SnapshotLuns(FIRST, FIRST + 3, "tuesday", 0))));
        assertEquals(List.of(LUN, FIRST + 1), luns());
        assertEquals(tuesday, identity(FIRST + 1));
    }

    @Test
    void aNumberThatSomethingElseHasIsLeftOut() throws Exception {
        server.change(
                c -> Configs.with(c, TARGET, TestServer.lun(FIRST, "large-blocks", 0, true, 512)));
        device.createSnapshot("data", "monday");
        assertEquals(List.of(LUN, FIRST, FIRST + 1), luns());
    }

    @Test
    void moreSnapshotsThanNumbersAreNoFault() throws Exception {
        for (int i = 0; i < 6; i++) {
            device.createSnapshot("data", "s" + i);
            Thread.sleep(5);
        }
        assertEquals(List.of(LUN, FIRST, FIRST + 1, FIRST + 2, FIRST + 3), luns());
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
    }

    @Test
    void whatAConfiguredLunShowsIsNotDeleted() throws Exception {
        int id = device.createSnapshot("other", "monday");
        LunConfig fixed =
                new LunConfig(
                        7, "main", "other", "monday", true, CacheMode.WRITETHROUGH, 512, 4096);
        server.change(c -> Configs.with(c, TARGET, fixed));
        BackendException refused =
                assertThrows(BackendException.class, () -> device.deleteSnapshot(id));
        assertEquals(BackendError.BUSY, refused.error());
        assertTrue(
                Objects.requireNonNull(refused.getMessage())
                        .contains("LUN 7 of target " + TARGET + "; unmap that before"),
                refused::getMessage);
        BackendException volume =
                assertThrows(BackendException.class, () -> device.deleteVolume("data"));
        assertTrue(
                Objects.requireNonNull(volume.getMessage())
                        .contains("LUN 1 of target " + TARGET + "; unmap that before"),
                volume::getMessage);
        device.renameSnapshot(id, "tuesday");
        assertEquals("tuesday", luns(server).getLast().snapshot());
        client.read(7, Cdb.testUnitReady(), 0);
        server.change(c -> Configs.without(c, TARGET, 7));
        device.deleteSnapshot(id);
    }

    @Test
    void aVolumeIsRenamedWhileItIsServed() throws Exception {
        device.createSnapshot("data", "monday");
        drain();
        device.renameVolume("data", "renamed");
        assertEquals("GOOD", ready(LUN), "initiators see no difference");
        assertEquals("GOOD", ready(FIRST));
        assertEquals("renamed", luns(server).getFirst().volume());
        assertEquals(
                "renamed",
                server.server().config().devices().getFirst().volumes().getFirst().name());
        server.change(c -> Configs.without(c, OTHER));
        assertEquals("GOOD", client.write(LUN, Cdb.write10(0, 1), BLOCK).outcome());
        BackendException taken =
                assertThrows(BackendException.class, () -> device.renameVolume("renamed", "other"));
        assertEquals(BackendError.ALREADY_EXISTS, taken.error());
        assertEquals("renamed", luns(server).getFirst().volume());
        bystander.leave();
        server.change(c ->
                Configs.with(
                        c,
                        TestServer.target(
                                OTHER, List.of(TestServer.lun(LUN, "other", 0, false, 512)))));
        bystander = new Bystander(server, OTHER);
    }

    private static List<LunConfig> luns(TestServer server) {
        return server.server().config().targets().getFirst().luns();
    }

    private static LunConfig showing(SnapshotLuns rule) {
        return new LunConfig(
                LUN,
                "main",
                "data",
                "",
                false,
                CacheMode.WRITETHROUGH,
                512,
                4096,
                QosConfig.UNLIMITED,
                Optional.of(rule));
    }

    /** Takes what is to be told. */
    private void drain() throws IOException {
        luns();
        while (!ready(FIRST).equals("GOOD") || !ready(LUN).equals("GOOD")) {
            luns();
        }
    }

    private List<Integer> luns() throws IOException {
        ByteBuffer list = ByteBuffer.wrap(client.read(0, Cdb.reportLuns(4096), 4096).data());
        List<Integer> numbers = new ArrayList<>();
        for (int at = 8; at < 8 + list.getInt(0); at += 8) {
            numbers.add(list.getShort(at) & 0x3fff);
        }
        return numbers;
    }

    private String identity(int lun) throws IOException {
        return HexFormat.of()
                .formatHex(client.read(lun, Cdb.vitalProductData(0x83, 255), 255).data());
    }
}
