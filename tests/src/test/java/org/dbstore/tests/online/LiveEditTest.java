package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.ConfigException;
import org.dbstore.config.Edit;
import org.dbstore.server.ConfigSource;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;
import org.dbstore.server.plan.Plan;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Goal: what is told to a running server holds now and after a restart, or not at all; what the
 * user has written is the user's.
 */
@Timeout(60)
class LiveEditTest {
    private static final String TARGET = "iqn.2026-01.org.dbstore.tests:files";
    private static final OptionalLong ANY = OptionalLong.empty();

    @TempDir Path folder;
    private Path main;
    private Path managed;
    private TargetServer server;
    private LiveConfiguration configuration;
    private BlockStore device;

    @BeforeEach
    void start() throws Exception {
        main = folder.resolve("dbsd.yaml");
        managed = folder.resolve("conf.d/dbsctl.yaml");
        if (!Files.exists(main)) {
            Files.writeString(
                    main,
                    """
                    devices:
                      main:
                        path: main.dbs
                        size: 200MiB
                        volumes:
                          data: 16MiB
                    portals: [127.0.0.1:%d]
                    targets:
                      %s:
                        initiators: any
                        luns:
                          1: {device: main, volume: data}
                    """
                            .formatted(freePort(), TARGET));
        }
        ConfigSource source = ConfigSource.file(main);
        server = TargetServer.start(source.read());
        configuration = new LiveConfiguration(server, source);
        device = Objects.requireNonNull(server.device("main"));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void anEditHoldsNowAndAfterARestart() throws Exception {
        device.createVolume("late", 8 << 20);
        try (RawInitiator client = session()) {
            assertEquals("CHECK 06/29/00", ready(client, 1));
            assertEquals(1, configuration.version());
            assertEquals(2, configuration.edit(List.of(lun(2, "late")), ANY).version());
            client.receive();
            assertEquals("CHECK 06/29/00", ready(client, 2));
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(managed)));
        stop();
        start();
        try (RawInitiator client = session()) {
            assertEquals("CHECK 06/29/00", ready(client, 2));
        }
    }

    @Test
    void aPlanOfEditsChangesNothing() throws Exception {
        device.createVolume("late", 8 << 20);
        Plan plan = configuration.plan(List.of(lun(2, "late")));
        assertEquals("LUN 2 of " + TARGET, plan.changes().getFirst().subject());
        assertFalse(Files.exists(managed));
        assertEquals(1, configuration.version());
    }

    @Test
    void anEditThatCannotBeAppliedIsNotKept() throws Exception {
        BackendException missing =
                assertThrows(
                        BackendException.class,
                        () -> configuration.edit(List.of(lun(2, "none")), ANY));
        assertEquals(BackendError.NOT_FOUND, missing.error());
        assertFalse(Files.exists(managed));
        assertEquals(1, configuration.version());
    }

    @Test
    void anEditThatCannotBeKeptIsNotApplied() throws Exception {
        device.createVolume("late", 8 << 20);
        Files.createDirectories(managed); // a folder where the file would be
        Files.createFile(managed.resolve("in-the-way"));
        assertThrows(Exception.class, () -> configuration.edit(List.of(lun(2, "late")), ANY));
        assertEquals(1, configuration.version());
        try (RawInitiator client = session()) {
            assertEquals("CHECK 06/29/00", ready(client, 1));
            assertEquals("CHECK 05/25/00", ready(client, 2));
        }
    }

    @Test
    void anEditOfAnotherVersionIsRefused() throws Exception {
        BackendException stale =
                assertThrows(
                        BackendException.class,
                        () -> configuration.edit(List.of(alias("A")), OptionalLong.of(7)));
        assertEquals(BackendError.BUSY, stale.error());
        configuration.edit(List.of(alias("A")), OptionalLong.of(1));
        assertEquals("A", configuration.current().targets().getFirst().alias());
    }

    @Test
    void whatTheUserHasWrittenIsNotEdited() throws Exception {
        Edit edit = new Edit.Set(List.of("targets", TARGET, "luns", "1", "volume"), "other");
        ConfigException refused =
                assertThrows(ConfigException.class, () -> configuration.edit(List.of(edit), ANY));
        assertTrue(
                refused.problems().getFirst().contains("dbsd.yaml:"), refused.problems()::toString);
    }

    @Test
    void changesThatAreNotInForceComeFirst() throws Exception {
        Files.writeString(
                main, Files.readString(main).replace("initiators: any", "initiators: iqn.x:*"));
        BackendException refused =
                assertThrows(
                        BackendException.class, () -> configuration.edit(List.of(alias("A")), ANY));
        assertEquals(BackendError.BUSY, refused.error());
        assertTrue(configuration.reload());
        configuration.edit(List.of(alias("A")), ANY);
        assertEquals(List.of("iqn.x:*"), configuration.current().targets().getFirst().initiators());
    }

    @Test
    void aWrongFileChangesNothingOnReload() throws Exception {
        Files.writeString(main, Files.readString(main).replace("volume: data", "volume: no"));
        assertFalse(configuration.reload(), "no such volume");
        Files.writeString(main, "portals: nonsense\nno-key: 1\n");
        assertFalse(configuration.reload(), "wrong keys");
        assertEquals(1, configuration.version());
        try (RawInitiator client = session()) {
            assertEquals("CHECK 06/29/00", ready(client, 1));
        }
    }

    @Test
    void aRenamedVolumeIsFoundAfterARestart() throws Exception {
        device.createVolume("late", 8 << 20);
        configuration.edit(List.of(lun(2, "late")), ANY);
        device.createSnapshot("late", "monday");
        try (RawInitiator client = session()) {
            assertEquals("CHECK 06/29/00", ready(client, 2));
            device.renameVolume("late", "later");
            assertEquals("GOOD", ready(client, 2), "nobody is told");
        }
        assertTrue(Files.readString(managed).contains("later"), Files.readString(managed));
        stop();
        start();
        try (RawInitiator client = session()) {
            assertEquals("CHECK 06/29/00", ready(client, 2));
        }
    }

    @Test
    void aVolumeThatAFileOfTheUsersNamesIsNotRenamed() throws Exception {
        BackendException refused =
                assertThrows(BackendException.class, () -> device.renameVolume("data", "renamed"));
        assertEquals(BackendError.BUSY, refused.error());
        assertTrue(
                Objects.requireNonNull(refused.getMessage()).contains("dbsd.yaml:"),
                refused::getMessage);
        assertEquals("data", device.volumes().getFirst().name());
    }

    @Test
    void aServerWithoutAFileGetsOneWithTheFirstEdit() throws Exception {
        Path data = folder.resolve("new user");
        Files.createDirectories(data);
        ConfigSource source = ConfigSource.dataDirectory(data);
        assertFalse(Files.exists(data.resolve("dbsd.yaml")));
        var before = source.read();
        Path written = source.mainFile().orElseThrow();
        assertEquals(data.resolve("dbsd.yaml"), written);
        assertEquals(before, source.read());
    }

    private static Edit lun(int number, String volume) {
        return new Edit.Set(
                List.of("targets", TARGET, "luns", Integer.toString(number)),
                Map.of("device", "main", "volume", volume));
    }

    private static Edit alias(String alias) {
        return new Edit.Set(List.of("targets", TARGET, "alias"), alias);
    }

    private RawInitiator session() throws IOException {
        return RawInitiator.connect(server.addresses().getFirst()).login(TARGET);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }
}
