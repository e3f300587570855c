package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;
import org.dbstore.server.Applied;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Goal: a LUN whose volume or snapshot is not there costs no other LUN, and comes back by itself.
 */
@Timeout(60)
class MissingVolumeTest {
    private static final LunConfig WHOLE = TestServer.lun(1, "whole", 0, false, 512);
    private static final LunConfig LOST = TestServer.lun(2, "lost", 0, false, 512);
    private static final LunConfig LOST_SNAPSHOT = TestServer.lun(3, "whole", 77, true, 512);
    private static final String WHY = "target " + TestServer.TARGET + " LUN 2: no volume \"lost\"";

    @TempDir Path folder;

    private TestServer start(TargetAccess access, LunConfig... luns) throws Exception {
        DeviceConfig device =
                new DeviceConfig(
                        "main",
                        folder.resolve("main.dbs"),
                        false,
                        256L << 20,
                        List.of(new VolumeConfig("whole", TestServer.VOLUME_BYTES)));
        TargetConfig target =
                new TargetConfig(
                        TestServer.TARGET, "", List.of(), List.of("*"), List.of(luns), access);
        return TestServer.start(device, List.of(target));
    }

    private TestServer start(LunConfig... luns) throws Exception {
        return start(TargetAccess.OPEN, luns);
    }

    private static BlockStore main(TestServer server) {
        return Objects.requireNonNull(server.server().device("main"));
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }

    @Test
    void theOthersAreServedWithoutIt() throws Exception {
        try (TestServer server = start(WHOLE, LOST, LOST_SNAPSHOT);
                RawInitiator session = server.session()) {
            assertEquals("CHECK 06/29/00", ready(session, 1));
            assertEquals("GOOD", ready(session, 1));
            assertEquals("CHECK 05/25/00", ready(session, 2));
            assertEquals("CHECK 05/25/00", ready(session, 3));
            List<String> missing = server.server().missingLuns();
            assertEquals(2, missing.size(), missing::toString);
            assertTrue(missing.getFirst().startsWith(WHY), missing::toString);
        }
    }

    @Test
    void monitoringCountsIt() throws Exception {
        try (TestServer server = start(WHOLE, LOST, LOST_SNAPSHOT)) {
            String text = server.server().metrics().scrape();
            assertTrue(text.contains("dbs_luns_missing 2"), text);
        }
    }

    @Test
    void itAppearsWhenItsVolumeIsThere() throws Exception {
        try (TestServer server = start(WHOLE, LOST);
                RawInitiator session = server.session()) {
            server.server().retryMissing();
            assertEquals(1, server.server().missingLuns().size());
            main(server).createVolume("lost", TestServer.VOLUME_BYTES);

            server.server().retryMissing();

            assertEquals(List.of(), server.server().missingLuns());
            assertEquals(Pdu.ASYNC_MESSAGE, session.receive().opcode());
            assertEquals("CHECK 06/29/00", ready(session, 2));
            assertEquals("CHECK 06/3F/0E", ready(session, 2));
            assertEquals("GOOD", ready(session, 2));
        }
    }

    @Test
    void whoChangesTheConfigurationIsToldThatItIsStillNotServed() throws Exception {
        try (TestServer server = start(WHOLE, LOST)) {
            Applied applied = server.change(config -> config);
            assertEquals(1, applied.warnings().size());
            assertTrue(
                    applied.warnings().getFirst().startsWith("not served: " + WHY),
                    applied.warnings()::toString);
        }
    }

    @Test
    void whoSeesItByAMapSeesTheRestOfTheMap() throws Exception {
        LunMapConfig map = new LunMapConfig(List.of("*:raw"), Map.of(0, 1, 200, 2));
        TargetAccess access =
                new TargetAccess(
                        Optional.empty(),
                        List.of(),
                        List.of(map),
                        Digest.ALLOWED,
                        Digest.ALLOWED,
                        Limits.NONE,
                        Optional.empty());
        try (TestServer server = start(access, WHOLE, LOST);
                RawInitiator session = server.session()) {
            assertEquals("CHECK 06/29/00", ready(session, 0));
            assertEquals("GOOD", ready(session, 0));
            assertEquals("CHECK 05/25/00", ready(session, 200));
        }
    }

    @Test
    void aLunWithoutItsSnapshotKeepsNobodyFromDeletingOthers() throws Exception {
        try (TestServer server = start(WHOLE, LOST_SNAPSHOT)) {
            BlockStore store = main(server);
            int id = store.createSnapshot("whole");
            store.deleteSnapshot(id);
            assertFalse(
                    store.snapshots("whole").stream().anyMatch(snapshot -> snapshot.id() == id));
        }
    }

    @Test
    void aLunWithoutItsSnapshotFollowsANewNameOfTheVolume() throws Exception {
        try (TestServer server = start(WHOLE, LOST_SNAPSHOT)) {
            main(server).renameVolume("whole", "other");
            assertEquals(
                    List.of("other", "other"),
                    server.server().config().targets().getFirst().luns().stream()
                            .map(LunConfig::volume)
                            .toList());
        }
    }

    @Test
    void withNothingElseToServeNothingStarts() {
        BackendException failure = assertThrows(BackendException.class, () -> start(LOST).close());
        assertEquals(BackendError.NOT_FOUND, failure.error());
        assertTrue(String.valueOf(failure.getMessage()).startsWith(WHY), failure::toString);
    }
}
