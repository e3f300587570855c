package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Goal: targets and what belongs to them are edits of the configuration, checked before kept. */
class ConfigCommandsTest extends CommandTestBase {
    private static final String TARGET = "iqn.2026-01.org.dbstore:web";

    private static final String LATER = "; dbsd finds it when it starts\n";

    private Path main = Path.of("");
    private Path managed = Path.of("");

    @BeforeEach
    void makeConfiguration() throws IOException {
        main = directory.resolve("dbs.yaml");
        managed = directory.resolve("conf.d/dbsctl.yaml");
        Files.writeString(
                main,
                """
                devices: { main: { path: main.dbs } }
                portals: [ 127.0.0.1:3260 ]
                """);
    }

    @Test
    void aTargetIsMadeShownChangedAndTakenAway() throws Exception {
        assertEquals(
                "Made target " + TARGET + LATER,
                config("target", "create", TARGET, "--alias", "web", "--initiator", "iqn.a:*"));
        var shown = Json.object(config("target", "show", TARGET, "-o", "json"));
        assertEquals("web", shown.get("alias"));
        assertEquals(
                List.of("iqn.a:*"),
                Json.objects(config("target", "list", "-o", "json")).getFirst().get("initiators"));
        String taken = failing(ExitCode.EXISTS, with("target", "create", TARGET));
        assertTrue(taken.contains("there is a target " + TARGET + " already"), taken);
        config("target", "set", TARGET, "alias-", "max-sessions=8");
        shown = Json.object(config("target", "show", TARGET, "-o", "json"));
        assertEquals(null, shown.get("alias"));
        assertEquals("8", shown.get("max-sessions"));
        config("target", "delete", TARGET);
        assertEquals("[ ]\n", config("target", "list", "-o", "json"));
        failing(ExitCode.NOT_FOUND, with("target", "show", TARGET));
    }

    @Test
    void lunsTakeTheFirstFreeNumberAndTheOnlyDevice() throws Exception {
        config("target", "create", TARGET);
        assertEquals("vm1 is LUN 0 of " + TARGET + LATER, config("lun", "map", TARGET, "vm1"));
        config("lun", "map", TARGET, "vm2@nightly", "--lun", "7", "--dry-run");
        assertEquals(
                "vm2@nightly is LUN 7 of " + TARGET + LATER,
                config("lun", "map", TARGET, "vm2@nightly", "--lun", "7"));
        config("lun", "map", TARGET, "vm3", "cache=writeback", "qos.iops=500");
        assertEquals(
                TARGET
                        + "\t0\tmain\tvm1\n"
                        + TARGET
                        + "\t1\tmain\tvm3\n"
                        + TARGET
                        + "\t7\tmain\tvm2\n",
                config("lun", "list", "-H", "--columns", "target,lun,device,volume"));
        var shown = Json.object(config("lun", "show", TARGET, "1", "-o", "json"));
        assertEquals("writeback", shown.get("cache"));
        assertEquals(Map.of("iops", "500"), shown.get("qos"));
        String taken = failing(ExitCode.EXISTS, with("lun", "map", TARGET, "x", "--lun", "7"));
        assertTrue(taken.contains("LUN 7 of " + TARGET + " is taken"), taken);
        config("lun", "unmap", TARGET, "0");
        config("lun", "set", TARGET, "1", "qos-", "read-only=true");
        assertEquals("1\n7\n", config("lun", "list", TARGET, "-H", "--columns", "lun"));
    }

    @Test
    void initiatorsAndPortalsAreAddedAndRemoved() throws Exception {
        config("target", "create", TARGET);
        config("acl", "add", TARGET, "iqn.2026-01.a:1", "iqn.2026-01.a:2");
        config("acl", "remove", TARGET, "iqn.2026-01.a:1");
        assertEquals(
                TARGET + "\tiqn.2026-01.a:2\n",
                config("acl", "list", "-H", "--columns", "target,initiator"));
        config("portal", "add", "127.0.0.2:3261");
        assertEquals(
                "127.0.0.1:3260\n127.0.0.2:3261\n",
                config("portal", "list", "-H", "--columns", "address"));
        config("portal", "remove", "127.0.0.2:3261");
        String users = failing(ExitCode.USAGE, with("portal", "remove", "127.0.0.1:3260"));
        assertTrue(users.contains(main + ":2: portals"), users);
        config("portal", "add", "127.0.0.2", "--group", "2");
        config("portal", "remove", "127.0.0.2:3260");
        assertEquals("127.0.0.1:3260\t1\n", config("portal", "list", "-H"));
        failing(ExitCode.NOT_FOUND, with("portal", "remove", "127.0.0.2"));
    }

    @Test
    void aTargetOrLunThatIsNotThereIsNotMadeByAChange() {
        config("target", "create", TARGET);
        String none = TARGET + "-typo";
        String target = "dbsctl: there is no target " + none + ";";
        for (String[] change :
                List.of(
                        with("target", "set", none, "alias=web"),
                        with("target", "delete", none),
                        with("acl", "add", none, "iqn.2026-01.a:1"),
                        with("acl", "remove", none, "iqn.2026-01.a:1"),
                        with("lun", "set", none, "0", "read-only=true"),
                        with("lun", "unmap", none, "0"))) {
            String refused = failing(ExitCode.NOT_FOUND, change);
            assertTrue(refused.startsWith(target), refused);
        }
        for (String[] change :
                List.of(
                        with("lun", "set", TARGET, "0", "read-only=true"),
                        with("lun", "unmap", TARGET, "0"))) {
            String refused = failing(ExitCode.NOT_FOUND, change);
            assertTrue(refused.startsWith("dbsctl: there is no LUN 0;"), refused);
        }
        assertEquals(TARGET + "\n", config("target", "list", "-H", "--columns", "name"));
    }

    @Test
    void anAclIsShownWithTheMembersOfGroups() throws Exception {
        config("target", "create", TARGET);
        config("config", "set", "initiator-groups.web", "iqn.2026-01.a:1", "iqn.2026-01.a:2");
        config("acl", "add", TARGET, "web", "iqn.2026-01.b:*");
        config("target", "set", TARGET, "addresses=127.0.0.0/8", "portal-groups=1");
        var acl = Json.object(config("acl", "show", TARGET, "-o", "json"));
        assertEquals(
                List.of("iqn.2026-01.a:1", "iqn.2026-01.a:2", "iqn.2026-01.b:*"),
                acl.get("initiators"));
        assertEquals(List.of("127.0.0.0/8"), acl.get("addresses"));
        assertEquals(List.of("1"), acl.get("portalGroups"));
        failing(ExitCode.NOT_FOUND, with("acl", "show", "iqn.2026-01.none:1"));
    }

    @Test
    void aPortalIsShownAndGivenAnotherAddressOrGroup() throws Exception {
        config("portal", "add", "127.0.0.2");
        config("portal", "set", "127.0.0.2:3260", "group=2");
        config("target", "create", TARGET);
        String behind = TARGET + "-behind";
        config("target", "create", behind);
        config("target", "set", behind, "portal-groups=2");
        String both = "127.0.0.1:3260\t1\n127.0.0.2:3260\t2\n";
        assertEquals(both, config("portal", "list", "-H"));
        var portal = Json.object(config("portal", "show", "127.0.0.2", "-o", "json"));
        assertEquals(List.of(TARGET, behind), portal.get("targets"));
        portal = Json.object(config("portal", "show", "127.0.0.1", "-o", "json"));
        assertEquals(List.of(TARGET), portal.get("targets"));

        config("target", "set", behind, "portal-groups-");
        config("portal", "set", "127.0.0.2", "address=[::1]:3261", "group-", "--dry-run");
        assertEquals(both, config("portal", "list", "-H"));
        config("portal", "set", "127.0.0.2", "address=[::1]:3261", "group-");
        assertEquals("127.0.0.1:3260\t1\n[::1]:3261\t1\n", config("portal", "list", "-H"));
    }

    @Test
    void aPortalThatCannotBeChangedSoIsRefused() throws Exception {
        String users = failing(ExitCode.USAGE, with("portal", "set", "127.0.0.1", "group=2"));
        assertTrue(users.contains(main + ":2: portals"), users);
        config("portal", "add", "127.0.0.2");
        failing(ExitCode.NOT_FOUND, with("portal", "set", "127.0.0.3", "group=2"));
        failing(ExitCode.NOT_FOUND, with("portal", "show", "127.0.0.2:3261"));
        failing(ExitCode.USAGE, with("portal", "show", "localhost"));
        String key = failing(ExitCode.USAGE, with("portal", "set", "127.0.0.2", "redirect=x"));
        assertTrue(key.contains("address=ADDRESS[:PORT], group=TAG or group-"), key);
        failing(ExitCode.USAGE, with("portal", "set", "127.0.0.2", "group=0"));
        failing(ExitCode.USAGE, with("portal", "set", "127.0.0.2", "address=127.0.0.1"));
        assertEquals("127.0.0.1:3260\t1\n127.0.0.2:3260\t1\n", config("portal", "list", "-H"));
    }

    @Test
    void aSecretIsAskedForAndKeptWhereOnlyItsOwnerReads() throws Exception {
        config("target", "create", TARGET);
        var terminal = new CapturedTerminal().answering("twelve bytes and more");
        assertEquals(0, run(terminal, with("auth", "add", "staff", "alice")));
        assertFalse(terminal.printed().contains("twelve"));
        Path secret = onlySecret();
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
        assertEquals("twelve bytes and more", Files.readString(secret));
        assertEquals("staff\n", config("auth", "list", "-H", "--columns", "name"));
        config("target", "set", TARGET, "auth-group=staff");
        assertEquals(
                "alice\t" + secret + "\n",
                config("auth", "show", "staff", "-H", "--columns", "user,secret-file"));
        assertFalse(config("config", "dump").contains("twelve"));
        assertFalse(Files.readString(managed).contains("twelve"));
        failing(ExitCode.EXISTS, with("auth", "add", "staff", "alice"));
    }

    @Test
    void aTypedSecretGoesWhenItIsNeededNoMore() throws Exception {
        run(new CapturedTerminal().answering("twelve bytes or"), with("auth", "add", "a", "u"));
        Path first = onlySecret();
        run(new CapturedTerminal().answering("another twelve"), with("auth", "set", "a", "u"));
        Path second = onlySecret();
        assertNotEquals(first, second);
        config("auth", "remove", "a");
        assertFalse(Files.exists(second));
    }

    @Test
    void aSecretFileOfTheOperatorsStays() throws Exception {
        Path own = Files.createDirectories(directory.resolve("secrets")).resolve("a.u");
        Files.writeString(own, "twelve bytes and more");
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
        config("auth", "add", "a", "u", "--secret-file", own.toString());
        config("auth", "remove", "a");
        assertTrue(Files.exists(own));
    }

    @Test
    void withoutAServerThereIsNothingToApplyTo() throws Exception {
        String refused = failing(ExitCode.NOT_FOUND, with("config", "apply"));
        assertTrue(refused.contains("in force"), refused);
        failing(ExitCode.NOT_FOUND, with("config", "plan"));
    }

    @Test
    void aTokenIsSentInClearToThisMachineAlone() {
        String refused =
                failing(ExitCode.USAGE, "--server", "http://192.0.2.1:8260", "session", "list");
        assertTrue(refused.contains("in clear"), refused);
    }

    @Test
    void aSecretThatIsRefusedLeavesNothing() throws Exception {
        var terminal = new CapturedTerminal().answering("short");
        assertEquals(2, run(terminal, with("auth", "add", "staff", "alice")));
        assertTrue(terminal.complained().contains("the secret has 5 bytes"));
        try (Stream<Path> files = Files.list(directory.resolve("secrets"))) {
            assertEquals(0, files.count());
        }
        assertFalse(Files.exists(managed));
        String nobody = failing(ExitCode.USAGE, with("auth", "add", "staff", "alice"));
        assertTrue(nobody.contains("give --secret-file or --secret-env"), nobody);
    }

    @Test
    void aDryRunSaysWhatWouldBeAndKeepsNothing() throws Exception {
        assertEquals(
                "Would change:\n  log.slow-commands: is 500ms\n",
                config("config", "set", "log.slow-commands", "500ms", "--dry-run"));
        assertFalse(Files.exists(managed));
        config("config", "set", "log.slow-commands", "500ms");
        assertTrue(config("config", "dump").contains("slow-commands: 500ms"));
        config("config", "unset", "log.slow-commands");
        assertFalse(config("config", "dump").contains("slow-commands"));
    }

    @Test
    void whatIsWrongIsRefusedWithItsPlaceAndNotKept() throws Exception {
        config("target", "create", TARGET);
        String before = Files.readString(managed);
        String refused = failing(ExitCode.USAGE, with("target", "set", TARGET, "alais=x"));
        assertTrue(refused.contains("alais") && refused.contains("did you mean"), refused);
        assertEquals(before, Files.readString(managed));
        failing(ExitCode.USAGE, with("config", "set", "a..b", "x"));
        failing(ExitCode.USAGE, with("target", "set", TARGET, "nothing"));
    }

    @Test
    void filesAreCheckedWithPlaces() throws Exception {
        assertEquals(
                main + " is good: 0 targets, 1 devices\n",
                dbsctl("config", "check", main.toString()));
        Files.writeString(main, "portals: [ nonsense ]\n");
        String refused = failing(ExitCode.USAGE, "config", "check", main.toString());
        assertTrue(refused.startsWith("dbsctl: " + main + ":1: portals"), refused);
    }

    @Test
    void anotherTargetsConfigurationBecomesOneThatPassesTheCheck() throws Exception {
        Path foreign =
                Files.writeString(
                        directory.resolve("targets.conf"),
                        """
                        <target iqn.2026-01.org.dbstore:old>
                            backing-store /srv/disk.img
                            initiator-address ALL
                        </target>
                        """);
        Path ours = directory.resolve("ours.yaml");
        String[] line = {
            "config",
            "import",
            "--format",
            "tgt",
            foreign.toString(),
            ours.toString(),
            "-d",
            device.toString()
        };
        String[] dry = java.util.Arrays.copyOf(line, line.length + 1);
        dry[line.length] = "--dry-run";
        var terminal = new CapturedTerminal();
        assertEquals(0, run(terminal, dry), terminal.complained());
        assertTrue(terminal.printed().contains("iqn.2026-01.org.dbstore:old"));
        assertFalse(Files.exists(ours));
        assertTrue(dbsctl(line).startsWith("Wrote " + ours + "\n"));
        assertTrue(dbsctl("config", "check", ours.toString()).contains("is good: 1 targets"));
        failing(ExitCode.FAILED, line);
    }

    @Test
    void withoutServerAndFileThereIsNothingToEdit() {
        assertEquals(
                "dbsctl: no dbsd of yours runs here; name its configuration by --config FILE, or"
                        + " the server by --server\n",
                failing(ExitCode.NOT_FOUND, "target", "list"));
        failing(ExitCode.NOT_FOUND, "session", "list");
        failing(ExitCode.NOT_FOUND, "target", "list", "--config", "/nothing.yaml");
    }

    private Path onlySecret() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("secrets"))) {
            return files.toList().getFirst();
        }
    }

    private String config(String... command) {
        return dbsctl(with(command));
    }

    private String[] with(String... command) {
        return Stream.concat(Stream.of(command), Stream.of("--config", main.toString()))
                .toArray(String[]::new);
    }

    @Override
    int run(CapturedTerminal terminal, String... args) {
        terminal.variables.put("DBS_RUNTIME_DIR", directory.resolve("run").toString());
        return Dbsctl.run(terminal, args);
    }
}
