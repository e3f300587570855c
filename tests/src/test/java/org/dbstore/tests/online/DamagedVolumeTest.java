package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;

/** Goal: a volume whose metadata is damaged costs nobody else's service. */
@Timeout(60)
class DamagedVolumeTest {
    private static final LunConfig WHOLE = TestServer.lun(1, "whole", 0, false, 512);
    private static final LunConfig DAMAGED = TestServer.lun(2, "damaged", 0, false, 512);

    /** Where the volume table has the head of its second volume, two bytes. */
    private static final long HEAD = 4096 + 266;

    @TempDir Path folder;

    private DeviceConfig device() throws Exception {
        Path path = folder.resolve("main.dbs");
        BlockStore.initialize(path, 128L << 20, false);
        OpenOptions withoutMirror =
                new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE);
        try (BlockStore store = BlockStore.open(path, withoutMirror)) {
            store.createVolume("whole", TestServer.VOLUME_BYTES);
            store.createVolume("damaged", TestServer.VOLUME_BYTES);
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(HEAD);
            file.write(new byte[] {0x21, 0x43}); // there is no such layer
        }
        return new DeviceConfig("main", path, false, 0, List.of());
    }

    private static TargetConfig target(LunConfig... luns) {
        return TestServer.target(TestServer.TARGET, List.of(luns));
    }

    @Test
    void itsUnitIsNotThereAndTheOthersAreServed() throws Exception {
        try (TestServer server = TestServer.start(device(), List.of(target(WHOLE, DAMAGED)));
                RawInitiator session = server.session()) {
            assertEquals("CHECK 06/29/00", ready(session, 1));
            assertEquals("GOOD", ready(session, 1));
            assertEquals("CHECK 05/25/00", ready(session, 2));
            server.change(config -> Configs.without(config, TestServer.TARGET, 1));
            server.change(config -> Configs.with(config, TestServer.TARGET, WHOLE));
            assertEquals(2, server.server().config().targets().getFirst().luns().size());
        }
    }

    @Test
    void nobodyMapsItAnew() throws Exception {
        try (TestServer server = TestServer.start(device(), List.of(target(WHOLE)))) {
            BackendException failure = assertThrows(BackendException.class, () -> map(server));
            assertEquals(BackendError.CORRUPT, failure.error());
            assertTrue(String.valueOf(failure.getMessage()).contains("LUN 2"));
        }
    }

    private static void map(TestServer server) throws BackendException {
        server.change(config -> Configs.with(config, TestServer.TARGET, DAMAGED));
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }
}
