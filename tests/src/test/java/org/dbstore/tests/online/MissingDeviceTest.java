package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.Applied;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Goal: a device that cannot be opened costs nobody else's service, and comes back by itself. */
@Timeout(60)
class MissingDeviceTest {
    private static final LunConfig WHOLE = lun(1, "main", "v");
    private static final LunConfig LOST = lun(2, "second", "v");

    @TempDir Path folder;

    private DeviceConfig main;
    private DeviceConfig second;

    private static LunConfig lun(int number, String device, String volume) {
        return new LunConfig(
                number, device, volume, "", false, LunConfig.CacheMode.WRITETHROUGH, 512, 4096);
    }

    private DeviceConfig device(String name, String file) {
        return new DeviceConfig(name, folder.resolve(file), false, 0, List.of());
    }

    private static void make(DeviceConfig device) throws BackendException {
        BlockStore.initialize(device.path(), 128L << 20, true);
        try (BlockStore store = BlockStore.open(device.path(), OpenOptions.DEFAULT)) {
            store.createVolume("v", TestServer.VOLUME_BYTES);
        }
    }

    /** The second device is something else. */
    @BeforeEach
    void prepare() throws Exception {
        main = device("main", "main.dbs");
        second = device("second", "second.dbs");
        make(main);
        Files.write(second.path(), new byte[8 << 20]);
    }

    private TestServer start(LunConfig... luns) throws Exception {
        TargetConfig target = TestServer.target(TestServer.TARGET, List.of(luns));
        return TestServer.start(List.of(main, second), List.of(target));
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }

    /** The initiator is asked to look for unit attentions, and finds the unit. */
    private static void assertLostAppears(RawInitiator session) throws IOException {
        assertEquals(Pdu.ASYNC_MESSAGE, session.receive().opcode());
        assertEquals("CHECK 06/29/00", ready(session, 2));
        assertEquals("CHECK 06/3F/0E", ready(session, 2));
        assertEquals("GOOD", ready(session, 2));
    }

    @Test
    void theOthersAreServedWithoutIt() throws Exception {
        try (TestServer server = start(WHOLE, LOST);
                RawInitiator session = server.session()) {
            assertEquals("CHECK 06/29/00", ready(session, 1));
            assertEquals("GOOD", ready(session, 1));
            assertEquals("CHECK 05/25/00", ready(session, 2));
            Map<String, String> missing = server.server().missingDevices();
            assertEquals(List.of("second"), List.copyOf(missing.keySet()));
            assertTrue(missing.toString().contains(second.path().toString()), missing.toString());
        }
    }

    @Test
    void monitoringSeesItAsFailed() throws Exception {
        try (TestServer server = start(WHOLE, LOST)) {
            String text = server.server().metrics().scrape();
            assertTrue(text.contains("dbs_device_failed{device=\"second\"} 1"), text);
            assertTrue(text.contains("dbs_device_failed{device=\"main\"} 0"), text);
        }
    }

    @Test
    void itsUnitsAppearWhenItCanBeOpenedAndTheConfigurationIsReadAgain() throws Exception {
        try (TestServer server = start(WHOLE, LOST);
                RawInitiator session = server.session()) {
            assertEquals("CHECK 06/29/00", ready(session, 1));
            Applied inVain = server.change(config -> config);
            assertEquals(1, inVain.warnings().size());
            make(second);

            Applied done = server.change(config -> config);

            assertEquals(List.of(), done.warnings());
            assertEquals(1, done.changes().size());
            assertEquals(Map.of(), server.server().missingDevices());
            assertLostAppears(session);
            assertEquals("CHECK 06/3F/0E", ready(session, 1));
        }
    }

    @Test
    void itIsTriedAgainWithoutBeingAskedFor() throws Exception {
        try (TestServer server = start(WHOLE, LOST);
                RawInitiator session = server.session()) {
            assertFalse(server.server().retryMissing());
            make(second);

            assertTrue(server.server().retryMissing());

            assertLostAppears(session);
            assertFalse(server.server().retryMissing());
        }
    }

    @Test
    void itMayBecomeAnotherThoughItsUnitsAreMapped() throws Exception {
        try (TestServer server = start(WHOLE, LOST);
                RawInitiator session = server.session()) {
            DeviceConfig other = device("second", "other.dbs");
            make(other);

            server.change(config -> Configs.devices(config, List.of(main, other)));

            assertLostAppears(session);
        }
    }

    @Test
    void whoMapsAVolumeOfItAnewIsTold() throws Exception {
        try (TestServer server = start(WHOLE)) {
            BackendException failure = assertThrows(BackendException.class, () -> mapLost(server));
            assertEquals(BackendError.NOT_FOUND, failure.error());
            String text = String.valueOf(failure.getMessage());
            assertTrue(text.contains("LUN 2: device second is not open"), text);
        }
    }

    private static void mapLost(TestServer server) throws BackendException {
        server.change(config -> Configs.with(config, TestServer.TARGET, LOST));
    }

    @Test
    void whoAddsADeviceThatCannotBeOpenedIsTold() throws Exception {
        try (TestServer server =
                TestServer.start(
                        main, List.of(TestServer.target(TestServer.TARGET, List.of(WHOLE))))) {
            assertThrows(BackendException.class, () -> addSecond(server));
            assertEquals(List.of(main), server.server().config().devices());
        }
    }

    private void addSecond(TestServer server) throws BackendException {
        server.change(config -> Configs.devices(config, List.of(main, second)));
    }

    @Test
    void withoutAnyDeviceNothingStarts() {
        List<TargetConfig> targets =
                List.of(TestServer.target(TestServer.TARGET, List.of(lun(1, "second", "v"))));
        BackendException failure =
                assertThrows(
                        BackendException.class, () -> TestServer.start(second, targets).close());
        assertEquals(BackendError.NOT_A_STORE, failure.error());
    }
}
