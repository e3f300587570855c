package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Goal: dbsctl's edits are kept whole, and never touch what an operator wrote. */
class ManagedFileTest {
    private static final String TARGET = "iqn.2026-01.org.dbstore:vm1";
    private static final String OWN = "iqn.2026-01.org.dbstore:own";

    @TempDir Path folder;
    private Path main;

    @BeforeEach
    void aMainFileOfTheUsers() throws IOException {
        main = folder.resolve("dbs.yaml");
        Files.writeString(
                main,
                """
                devices: { main: { path: main.dbs, volumes: { vm1: 1GiB } } }
                portals: [ 127.0.0.1:3260 ]
                targets:
                  iqn.2026-01.org.dbstore:own:
                    alias: mine
                    initiators: [ "iqn.a:*" ]
                    luns: { 0: { device: main, volume: vm1 } }
                """);
    }

    @Test
    void whatRootWritesBelongsToWhoHasTheFolder() throws Exception {
        assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "only root gives files away");
        Path managed = folder.resolve("conf.d/dbsctl.yaml");
        Files.createDirectory(managed.getParent());
        Files.setAttribute(managed.getParent(), "unix:uid", 4242);
        ManagedFile.read(main).with(set("web", "targets", TARGET, "alias")).write();
        assertEquals(4242, Files.getAttribute(managed, "unix:uid"));
    }

    @Test
    void aTargetThatIsSetStandsInTheFileAndInTheConfiguration() throws Exception {
        ManagedFile file =
                ManagedFile.read(main)
                        .with(
                                set(Map.of(), "targets", TARGET),
                                set("any", "targets", TARGET, "initiators"),
                                set("main", "targets", TARGET, "luns", "7", "device"),
                                set("vm1", "targets", TARGET, "luns", "7", "volume"),
                                set(true, "targets", TARGET, "luns", "7", "read-only"));
        assertEquals(
                """
                targets:
                  iqn.2026-01.org.dbstore:vm1:
                    initiators: [any]
                    luns:
                      7: {device: main, volume: vm1, read-only: true}
                """,
                withoutComments(file.text()));
        assertEquals(List.of(OWN, TARGET), targets(file.check()));
        assertEquals(List.of(OWN), targets(ConfigReader.read(main)), "nothing is kept yet");
        file.write();
        assertEquals(file.check(), ConfigReader.read(main));
        assertEquals(file.text(), Files.readString(file.path()));
        assertEquals(file.text(), ManagedFile.read(main).text());
    }

    @Test
    void anEditIsCheckedTogetherWithAllFiles() throws Exception {
        ManagedFile file =
                ManagedFile.read(main).with(set("none", "targets", TARGET, "auth-group"));
        var e = assertThrows(ConfigException.class, file::check);
        assertTrue(
                e.problems()
                        .getFirst()
                        .startsWith(
                                file.path() + ":4: targets." + TARGET + ".auth-group: there is no"),
                e.getMessage());
        assertFalse(Files.exists(file.path()));
    }

    @Test
    void whatStandsInAFileOfTheUsersIsRefusedWithItsPlace() throws Exception {
        refused(set("other", "targets", OWN, "alias"), main + ":5: targets." + OWN + ".alias: ");
        refused(set(Map.of(), "targets", OWN), main + ":4: targets." + OWN + ": ");
        refused(new Edit.Remove(List.of("targets", OWN)), main + ":4: targets." + OWN + ": ");
        refused(
                set("x", "targets", OWN, "alias", "deeper"),
                main + ":5: targets." + OWN + ".alias: stands in a file that is not dbsctl's");
        refused(set(List.of(), "portals"), main + ":2: portals: ");
    }

    @Test
    void aTargetOfTheUsersTakesAFurtherLun() throws Exception {
        ManagedFile file =
                ManagedFile.read(main)
                        .with(
                                set(
                                        Map.of("device", "main", "volume", "vm1"),
                                        "targets",
                                        OWN,
                                        "luns",
                                        "3"));
        assertEquals(2, file.check().targets().getFirst().luns().size());
        assertEquals(
                "",
                withoutComments(
                        file.with(new Edit.Remove(List.of("targets", OWN, "luns", "3"))).text()),
                "what is empty of a user's target does not stay");
    }

    @Test
    void itemsAreAddedToListsOfTheUsers() throws Exception {
        List<String> portals = List.of("portals");
        List<String> initiators = List.of("targets", OWN, "initiators");
        var second = Map.of("address", "[::1]:3260", "group", "2");
        ManagedFile file =
                ManagedFile.read(main)
                        .with(
                                new Edit.Add(portals, second),
                                new Edit.Add(portals, "127.0.0.2:3260"),
                                new Edit.Add(initiators, "iqn.2026-01.b:1"));
        DbsConfig config = file.check();
        assertEquals(
                List.of("127.0.0.1", "::1", "127.0.0.2"),
                config.portals().stream().map(PortalConfig::host).toList());
        assertEquals(
                List.of("iqn.a:*", "iqn.2026-01.b:1"), config.targets().getFirst().initiators());
        file.write();
        ManagedFile less =
                ManagedFile.read(main)
                        .with(
                                new Edit.Drop(portals, second),
                                new Edit.Drop(initiators, "iqn.2026-01.b:1"));
        assertEquals("portals: ['127.0.0.2:3260']\n", withoutComments(less.text()));
    }

    @Test
    void anItemOfTheUsersIsNotDroppedAndNoneIsAddedTwice() throws Exception {
        List<String> portals = List.of("portals");
        refused(
                new Edit.Drop(portals, "127.0.0.1:3260"),
                main + ":2: portals: stands in a file that is not dbsctl's");
        refused(
                new Edit.Add(portals, "127.0.0.1:3260"),
                main + ":2: portals: lists 127.0.0.1:3260 already");
        refused(
                new Edit.Drop(portals, "127.0.0.9:3260"),
                folder.resolve("conf.d/dbsctl.yaml") + ": portals: does not list 127.0.0.9:3260");
        refused(
                new Edit.Add(List.of("targets", TARGET, "alias"), "a"),
                folder.resolve("conf.d/dbsctl.yaml") + ": targets." + TARGET + ".alias: takes no");
    }

    @Test
    void aPortalIsTheSameHoweverItsAddressIsWritten() throws Exception {
        List<String> portals = List.of("portals");
        Map<String, String> map = Map.of("address", "192.0.2.7", "group", "1");
        ManagedFile added = ManagedFile.read(main).with(new Edit.Add(portals, "192.0.2.7"));
        assertThrows(
                ConfigException.class, () -> added.with(new Edit.Add(portals, "192.0.2.7:3260")));
        assertFalse(added.with(new Edit.Drop(portals, "192.0.2.7:3260")).text().contains("192"));
        assertFalse(added.with(new Edit.Drop(portals, map)).text().contains("192"));
        Map<String, String> elsewhere = Map.of("address", "192.0.2.7", "group", "2");
        assertThrows(ConfigException.class, () -> added.with(new Edit.Drop(portals, elsewhere)));
    }

    @Test
    void aListOfTwoFilesOfTheUsersIsStillAProblem() throws Exception {
        Files.createDirectories(folder.resolve("conf.d"));
        Files.writeString(folder.resolve("conf.d/net.yaml"), "portals: 127.0.0.2:3260\n");
        var e = assertThrows(ConfigException.class, () -> ConfigReader.read(main));
        assertTrue(e.problems().getFirst().contains("portals: given twice"), e.getMessage());
    }

    @Test
    void aTargetWithoutKeysStaysUntilItIsRemoved() throws Exception {
        ManagedFile file =
                ManagedFile.read(main)
                        .with(
                                set("one", "targets", TARGET, "alias"),
                                new Edit.Remove(List.of("targets", TARGET, "alias")));
        assertEquals("targets:\n  " + TARGET + ": {}\n", withoutComments(file.text()));
        assertEquals(List.of(OWN, TARGET), targets(file.check()));
        assertEquals(
                "", withoutComments(file.with(new Edit.Remove(List.of("targets", TARGET))).text()));
    }

    @Test
    void whatIsNotThereCannotBeRemoved() throws Exception {
        refused(
                new Edit.Remove(List.of("targets", TARGET)),
                folder.resolve("conf.d/dbsctl.yaml") + ": targets." + TARGET + ": is not there");
    }

    @Test
    void ofSeveralEditsAllAreMadeOrNone() throws Exception {
        ManagedFile file = ManagedFile.read(main);
        String before = file.text();
        assertThrows(
                ConfigException.class,
                () ->
                        file.with(
                                set("one", "targets", TARGET, "alias"),
                                set("other", "targets", OWN, "alias")));
        assertEquals(before, file.text());
    }

    @Test
    void onlyTheOwnerReadsTheFileAndNoDraftIsLeft() throws Exception {
        ManagedFile file = ManagedFile.read(main).with(set("one", "targets", TARGET, "alias"));
        file.write();
        file.write();
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())));
        try (Stream<Path> files = Files.list(folder.resolve("conf.d"))) {
            assertEquals(List.of(file.path()), files.toList());
        }
    }

    @Test
    void aDraftThatAPowerLossLeftBehindIsNotRead() throws Exception {
        ManagedFile.read(main).with(set("one", "targets", TARGET, "alias")).write();
        Files.writeString(folder.resolve("conf.d/dbsctl123.new"), "half of a te");
        assertEquals(List.of(OWN, TARGET), targets(ConfigReader.read(main)));
    }

    @Test
    void valuesThatYamlWouldTurnIntoOthersReadBackAsTheyWere() throws Exception {
        for (String odd :
                List.of(
                        "010", "yes", "0x1F", "1:30", "null", "~", "- a", "a: b", "#x", "'", "\"",
                        " edge ", "ä€", "true", "1e3", "*a", "&a", "!b", "%c", "@d", "12", "")) {
            ManagedFile file = ManagedFile.read(main).with(set(odd, "targets", TARGET, "alias"));
            assertEquals(odd, file.check().targets().getLast().alias(), file.text());
        }
    }

    @Test
    void aPathWithoutNamesAndAValueOfNoKindAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Edit.Remove(List.of()));
        assertThrows(IllegalArgumentException.class, () -> set("x", "targets", ""));
        assertThrows(IllegalArgumentException.class, () -> set(new Object(), "portals"));
    }

    private void refused(Edit edit, String begin) throws ConfigException {
        ManagedFile file = ManagedFile.read(main);
        var e = assertThrows(ConfigException.class, () -> file.with(edit));
        assertTrue(e.problems().getFirst().startsWith(begin), e.getMessage());
    }

    private static Edit set(Object value, String... path) {
        return new Edit.Set(List.of(path), value);
    }

    private static List<String> targets(DbsConfig config) {
        return config.targets().stream().map(TargetConfig::name).toList();
    }

    private static String withoutComments(String text) {
        return text.replaceAll("(?m)^#.*\n", "");
    }
}
