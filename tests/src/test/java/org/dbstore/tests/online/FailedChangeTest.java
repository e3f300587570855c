package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.LunConfig.CacheMode;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.SoftThresholds;
import org.dbstore.config.VolumeConfig;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Goal: a change of which any part fails is not made at all. Each one here begins with a device, a
 * volume, a LUN, a cache mode and a portal that are fine, and fails at one step or another.
 */
@Timeout(60)
class FailedChangeTest extends LiveTest {
    private static final int CACHED = TestServer.LARGE_BLOCK_LUN;
    private static final int NEW_LUN = 5;
    private static final VolumeConfig NEW_VOLUME = new VolumeConfig("late", 8 << 20);

    private List<String> volumes = List.of();

    @BeforeEach
    void logIn() throws Exception {
        for (int lun : List.of(LUN, CACHED)) {
            ready(lun);
            assertEquals("GOOD", ready(lun));
        }
        volumes = volumeNames();
    }

    @Test
    void aPortThatIsTakenFailsAll() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PortalConfig portal = new PortalConfig("127.0.0.1", taken.getLocalPort(), 1);
            PortalConfig fine = new PortalConfig("127.0.0.2", 0, 1);
            String message =
                    assertFails(
                            BackendError.BUSY,
                            c -> Configs.portals(c, c.portals().getFirst(), fine, portal));
            assertTrue(message.contains("127.0.0.1 port " + taken.getLocalPort()), message);
        }
        assertEquals(1, server.server().addresses().size());
    }

    @Test
    void aPortalThatMadeRoomForAnotherIsBack() throws Exception {
        int port = freePort();
        server.change(c ->
                Configs.portals(c, c.portals().getFirst(), new PortalConfig("127.0.0.1", port, 1)));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertFails(
                    BackendError.BUSY,
                    c ->
                            Configs.portals(
                                    c,
                                    c.portals().getFirst(),
                                    new PortalConfig("0.0.0.0", port, 1),
                                    new PortalConfig("127.0.0.1", taken.getLocalPort(), 1)));
        }
        RawInitiator.connect(server.server().addresses().get(1))
                .isid("400001370009")
                .login(TARGET)
                .close();
    }

    @Test
    void aVolumeThatIsMissingFailsAll() throws Exception {
        LunConfig missing = TestServer.lun(NEW_LUN + 1, "none", 0, false, 512);
        String message = assertFails(BackendError.NOT_FOUND, c -> Configs.with(c, TARGET, missing));
        assertTrue(message.contains("LUN 6") && message.contains("none"), message);
    }

    @Test
    void aVolumeInTwoBlockSizesFailsAll() throws Exception {
        LunConfig other = TestServer.lun(NEW_LUN + 1, "data", 0, false, 4096);
        assertFails(BackendError.INVALID, c -> Configs.with(c, TARGET, other));
    }

    @Test
    void aDeviceThatIsNoneFailsAll() throws Exception {
        Path junk = folder.resolve("junk.dbs");
        Files.write(junk, new byte[4 << 20]);
        assertFails(BackendError.NOT_A_STORE, c -> withDevice(c, device("junk", junk, 0)));
        assertEquals(4 << 20, Files.size(junk));
    }

    @Test
    void aDeviceThatIsMissingFailsAll() throws Exception {
        Path none = folder.resolve("none.dbs");
        assertFails(BackendError.NOT_FOUND, c -> withDevice(c, device("none", none, 0)));
        assertFalse(Files.exists(none));
    }

    @Test
    void aDeviceOfSomebodyElseFailsAll() throws Exception {
        Path theirs = folder.resolve("theirs.dbs");
        BlockStore.initialize(theirs, 100 << 20, false);
        try (BlockStore held = BlockStore.open(theirs, OpenOptions.DEFAULT)) {
            assertFails(BackendError.BUSY, c -> withDevice(c, device("theirs", theirs, 0)));
            assertEquals(List.of(), held.volumes());
        }
    }

    @Test
    void aVolumeThatCannotBeCreatedFailsAll() throws Exception {
        DeviceConfig wrong =
                new DeviceConfig(
                        "more",
                        folder.resolve("more.dbs"),
                        false,
                        100 << 20,
                        List.of(NEW_VOLUME, new VolumeConfig("huge", Long.MAX_VALUE)),
                        SoftThresholds.NONE);
        assertFails(BackendError.INVALID, c -> withDevice(c, wrong));
        assertFalse(Files.exists(folder.resolve("more.dbs")));
    }

    @Test
    void aDeviceIsAddedServedAndGivenBack() throws Exception {
        Path path = folder.resolve("more.dbs");
        DbsConfig before = server.server().config();
        DeviceConfig more = device("more", path, 100 << 20);
        LunConfig lun =
                new LunConfig(
                        NEW_LUN, "more", "late", "", false, CacheMode.WRITETHROUGH, 512, 4096);
        server.change(c -> Configs.with(withDevice(c, more), TARGET, lun));
        client.receive();
        assertEquals("CHECK 06/29/00", ready(NEW_LUN));
        assertEquals("CHECK 06/3F/0E", ready(NEW_LUN));
        assertEquals("GOOD", client.write(NEW_LUN, Cdb.write10(0, 1), new byte[512]).outcome());
        assertTrue(
                server.plan(c -> before).changes().stream()
                        .anyMatch(change -> change.toString().contains("its data stay")));
        server.change(c -> before);
        try (BlockStore store = BlockStore.open(path, OpenOptions.DEFAULT)) {
            assertEquals("late", store.volumes().getFirst().name());
        }
        client.receive();
        assertEquals("CHECK 05/25/00", ready(NEW_LUN));
    }

    @Test
    void aDeviceInUseDoesNotBecomeAnother() throws Exception {
        DeviceConfig other = device("main", folder.resolve("elsewhere.dbs"), 100 << 20);
        String message =
                assertFails(
                        BackendError.BUSY,
                        c -> Configs.devices(c, List.of(other, c.devices().getLast())));
        assertTrue(message.contains("unmap its LUNs"), message);
        assertFalse(Files.exists(folder.resolve("elsewhere.dbs")));
    }

    @Test
    void aDeviceThatIsOpenIsNotOpenedUnderAnotherName() throws Exception {
        DeviceConfig twice = device("twice", folder.resolve("main.dbs"), 0);
        assertFails(BackendError.BUSY, c -> withDevice(c, twice));
    }

    /**
     * Adds to the change what is fine by itself, and finds that nothing has come of it.
     *
     * @return the message
     */
    private String assertFails(BackendError error, UnaryOperator<DbsConfig> wrong)
            throws Exception {
        DbsConfig before = server.server().config();
        long version = server.server().version();
        List<Integer> sessions =
                server.server().sessions().stream().map(session -> session.handle()).toList();
        LunConfig lun =
                new LunConfig(
                        NEW_LUN, "fine", "late", "", false, CacheMode.WRITETHROUGH, 512, 4096);
        LunConfig through =
                new LunConfig(
                        CACHED, "main", "other", "", false, CacheMode.WRITETHROUGH, 4096, 4096);
        UnaryOperator<DbsConfig> fine =
                c ->
                        Configs.with(
                                Configs.with(
                                        withDevice(
                                                withVolume(c),
                                                device(
                                                        "fine",
                                                        folder.resolve("fine.dbs"),
                                                        100 << 20)),
                                        TARGET,
                                        lun),
                                TARGET,
                                through);
        BackendException refused =
                assertThrows(
                        BackendException.class,
                        () -> server.change(c -> wrong.apply(fine.apply(c))));
        assertEquals(error, refused.error(), refused::toString);
        assertEquals(before, server.server().config());
        assertEquals(version, server.server().version());
        assertEquals(
                sessions,
                server.server().sessions().stream().map(session -> session.handle()).toList());
        assertFalse(Files.exists(folder.resolve("fine.dbs")), "what was created is gone");
        assertEquals(volumes, volumeNames());
        assertEquals("GOOD", ready(LUN));
        assertEquals("GOOD", ready(CACHED));
        assertEquals("CHECK 05/25/00", ready(NEW_LUN));
        byte[] page = client.read(CACHED, Cdb.hex("1a080800ff00"), 255).data();
        assertEquals(4, page[6] & 4, "the cache is as it was");
        return Objects.requireNonNull(refused.getMessage());
    }

    private List<String> volumeNames() {
        return Objects.requireNonNull(server.server().device("main")).volumes().stream()
                .map(VolumeInfo::name)
                .toList();
    }

    private static DbsConfig withVolume(DbsConfig config) {
        return Configs.devices(
                config,
                config.devices().stream()
                        .map(device -> {
                            List<VolumeConfig> volumes = new ArrayList<>(device.volumes());
                            volumes.add(NEW_VOLUME);
                            return new DeviceConfig(
                                    device.name(),
                                    device.path(),
                                    device.direct(),
                                    device.createBytes(),
                                    volumes,
                                    new SoftThresholds(90, Map.of()));
                        })
                        .toList());
    }

    private static DbsConfig withDevice(DbsConfig config, DeviceConfig device) {
        List<DeviceConfig> devices = new ArrayList<>(config.devices());
        devices.add(device);
        return Configs.devices(config, devices);
    }

    private static DeviceConfig device(String name, Path path, long createBytes) {
        return new DeviceConfig(name, path, false, createBytes, List.of(NEW_VOLUME));
    }
}
