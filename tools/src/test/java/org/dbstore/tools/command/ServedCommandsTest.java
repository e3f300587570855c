package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.config.Configurator;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.server.ConfigSource;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;
import org.dbstore.server.admin.AdminServer;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.Jobs;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Goal: dbsctl does the same, in the same words, whether a server holds the device or not. */
class ServedCommandsTest extends CommandTestBase {
    private static final String TARGET = "iqn.2026-01.org.dbstore:web";

    /** What an administrator does, and what goes wrong; FILE stands for a path. */
    private static final List<String> SCRIPT =
            List.of(
                    "volume create vm1 8M",
                    "volume create vm2 4M",
                    "volume create vm1 4M",
                    "volume create bad/name 4M",
                    "volume import vm1 FILE.in",
                    "volume list -Hb --columns name,size,mapped,snapshotCount --sort -size",
                    "volume list --columns nmae",
                    "volume info nothing",
                    "volume label vm1 tier=gold owner=me",
                    "volume label vm1 owner-",
                    "volume info vm1 --columns name,sizeBytes,labels -o json",
                    "snapshot create vm1@one vm2@one",
                    "snapshot create vm1@one",
                    "snapshot list vm1 -Hb --columns name,id,head,size",
                    "snapshot rename vm1@one first",
                    "snapshot label vm1@first keep=30d",
                    "volume import vm1 FILE.in2 --yes",
                    "snapshot create vm1@two",
                    "snapshot diff vm1@first vm1@two -o yaml",
                    "snapshot diff vm1@first vm1@none",
                    "snapshot clone vm1@first full",
                    "snapshot clone vm1@first linked --linked",
                    "clone list -Hb --columns name,shared",
                    "volume flatten linked",
                    "volume flatten nothing",
                    "volume resize vm2 16M",
                    "volume resize vm2 2M",
                    "volume resize vm2 2M --shrink",
                    "volume resize vm1 1M --shrink",
                    "volume rollback vm1@first",
                    "volume rollback vm1@first --discard --yes",
                    "volume export vm1 FILE.out",
                    "volume export vm1 FILE.out",
                    "snapshot export vm1@two FILE.stream --from vm1@first",
                    "snapshot export vm1@first FILE.full",
                    "snapshot import copy FILE.full",
                    "snapshot import copy FILE.full",
                    "snapshot import copy FILE.in",
                    "snapshot import-token copy",
                    "snapshot delete vm1@two --dry-run",
                    "snapshot delete vm1@two",
                    "snapshot delete vm1@two --yes",
                    "volume space -Hb --columns name,shown,exclusive,shared",
                    "volume delete full --dry-run",
                    "volume delete full",
                    "volume delete full --yes",
                    "volume delete full --yes",
                    "device space -b --columns total,used,free",
                    "device info --columns volumeCount,snapshotCount,findings",
                    "volume rename vm2 vm3",
                    "volume rename vm2 vm3");

    private Path main = Path.of("");
    private final Jobs jobs = new Jobs();
    private Optional<TargetServer> server = Optional.empty();
    private Optional<AdminServer> admin = Optional.empty();

    @BeforeEach
    void makeConfiguration() throws IOException {
        main = directory.resolve("dbs.yaml");
        Files.writeString(
                main,
                """
                devices: { main: { path: main.dbs } }
                portals: [ "127.0.0.1:%d" ]
                admin: { runtime-dir: run }
                """
                        .formatted(freePort()));
    }

    @AfterEach
    void stop() throws Exception {
        if (admin.isPresent()) {
            admin.get().close();
            admin = Optional.empty();
        }
        if (server.isPresent()) {
            server.get().close();
            server = Optional.empty();
        }
    }

    @Test
    void aScriptEndsAlikeWithAndWithoutAServer() throws Exception {
        List<String> alone = play("alone");
        Files.delete(device);
        makeDevice();
        serve();
        List<String> served = play("served");
        for (int i = 0; i < SCRIPT.size(); i++) {
            assertEquals(alone.get(i), served.get(i));
        }
        assertEquals(1, alone.stream().filter(line -> line.contains("Took snapshots")).count());
    }

    @Test
    void whatCannotBeDoneHereIsBusy() throws Exception {
        serve();
        String busy = failing(ExitCode.BUSY, "device", "repair", "--yes");
        assertTrue(busy.contains("is in use by process"), busy);
    }

    @Test
    void theOnlyDeviceThatIsServedIsMeantByDefaultAndByName() throws Exception {
        serve();
        for (String[] command :
                new String[][] {
                    {"volume", "list"},
                    {"volume", "list", "-d", "main"},
                    {"volume", "list", "-d", device.toString()}
                }) {
            var terminal = new CapturedTerminal();
            terminal.variables.put("DBS_RUNTIME_DIR", directory.resolve("run").toString());
            assertEquals(0, Dbsctl.run(terminal, command), terminal.complained());
        }
        String url = admin.orElseThrow().url();
        var elsewhere = new CapturedTerminal();
        elsewhere.variables.put("DBS_RUNTIME_DIR", directory.resolve("none").toString());
        elsewhere.variables.put("DBS_SERVER", url);
        assertEquals(2, Dbsctl.run(elsewhere, "volume", "list"));
        assertEquals(
                "dbsctl: there is no token for "
                        + url
                        + "; name the file that holds it in DBS_TOKEN_FILE\n",
                elsewhere.complained());
        Path token =
                Files.writeString(
                        directory.resolve("token"), admin.orElseThrow().contents().token() + "\n");
        elsewhere.variables.put("DBS_TOKEN_FILE", token.toString());
        assertEquals(0, Dbsctl.run(elsewhere, "volume", "list"), elsewhere.complained());
    }

    @Test
    void targetsAreMadeAndServedAtOnce() throws Exception {
        serve();
        dbsctl("volume", "create", "vm1", "8M");
        assertEquals(
                "Made target " + TARGET + "\n",
                dbsctl("target", "create", TARGET, "--initiator", "any"));
        assertEquals("vm1 is LUN 0 of " + TARGET + "\n", dbsctl("lun", "map", TARGET, "vm1"));
        DbsConfig live = server.orElseThrow().config();
        assertEquals(TARGET, live.targets().getFirst().name());
        assertEquals("vm1", live.targets().getFirst().luns().getFirst().volume());
        assertEquals(live, ConfigReader.read(main));
        String status = dbsctl("status");
        assertTrue(status.contains(TARGET + "     1"), status);
        assertTrue(Json.object(dbsctl("status", "-o", "json")).containsKey("sessions"));
        assertEquals("[ ]\n", dbsctl("session", "list", "-o", "json"));
        assertTrue(dbsctl("config", "plan").startsWith("Nothing would change"));
        String refused = failing(ExitCode.USAGE, "lun", "map", TARGET, "vm1", "--lun", "999");
        assertTrue(refused.contains("999"), refused);
        assertFalse(Files.readString(directory.resolve("conf.d/dbsctl.yaml")).contains("999"));
        dbsctl("target", "delete", TARGET, "--yes");
        assertEquals(List.of(), server.orElseThrow().config().targets());
        assertEquals("main\n", dbsctl("__complete", "--", "volume", "list", "-d", "ma"));
    }

    @Test
    void lunListTellsTheNumbersOfSnapshotsThatAppearByThemselves() throws Exception {
        serve();
        dbsctl("volume", "create", "vm1", "8M");
        dbsctl("target", "create", TARGET, "--initiator", "any");
        dbsctl("lun", "map", TARGET, "vm1", "snapshots.luns=10-19");
        dbsctl("snapshot", "create", "vm1@one");
        assertEquals(
                "0\tvm1\t-\t-\n10\tvm1\t1\tyes\n",
                dbsctl("lun", "list", "-H", "--columns", "lun,volume,snapshot,automatic"));
        String snapshot = dbsctl("snapshot", "show", "vm1@one", "-H", "--columns", "name,id");
        assertEquals("vm1@one\n1\n", snapshot);
    }

    @Test
    void lunListTellsWhichLunsAreServed() throws Exception {
        dbsctl("volume", "create", "vm1", "8M");
        String file = main.toString();
        dbsctl("target", "create", TARGET, "--initiator", "any", "--config", file);
        dbsctl("lun", "map", TARGET, "vm1", "--config", file);
        dbsctl("lun", "map", TARGET, "vm2", "--config", file);
        serve();
        assertEquals(
                "0\tvm1\tyes\n1\tvm2\t-\n",
                dbsctl("lun", "list", "-H", "--columns", "lun,volume,served"));
        String status = dbsctl("status");
        assertTrue(status.contains("not served: target " + TARGET + " LUN 1: no volume"), status);
    }

    @Test
    void targetShowTellsHowGoodTheWaysAre() throws Exception {
        serve();
        dbsctl("target", "create", TARGET, "--initiator", "any");
        dbsctl("target", "set", TARGET, "access-states.1=standby");
        assertEquals(
                Map.of("1", "standby"),
                Json.object(dbsctl("target", "show", TARGET, "-o", "json")).get("accessStatesNow"));
    }

    @Test
    void aGroupOfUsersIsKnownBeforeATargetUsesIt() throws Exception {
        serve();
        Path secret = directory.resolve("secret");
        Files.writeString(secret, "twelve bytes and more");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        String file = secret.toString();
        assertEquals(
                "Would change:\n  auth group staff: is there to be used\n",
                dbsctl("auth", "add", "staff", "alice", "--secret-file", file, "--dry-run"));
        dbsctl("auth", "add", "staff", "alice", "--secret-file", file);
        assertEquals("staff\n", dbsctl("auth", "list", "-H", "--columns", "name"));
        assertEquals(
                "Changed the secret of user alice of group staff\n",
                dbsctl("auth", "set", "staff", "alice", "--secret-file", file));
        assertTrue(dbsctl("config", "dump").contains("  staff:\n"));
        dbsctl("auth", "remove", "staff", "--yes");
        assertEquals("", dbsctl("auth", "list", "-H"));
    }

    @Test
    void whatIsListedIsShownAndWhatIsNotThereIsSaid() throws Exception {
        serve();
        dbsctl("volume", "create", "vm1", "8M");
        dbsctl("snapshot", "create", "vm1@one");
        assertEquals("main\n", dbsctl("device", "list", "-H", "--columns", "name"));
        assertEquals(dbsctl("device", "info"), dbsctl("device", "show"));
        assertEquals(dbsctl("volume", "info", "vm1"), dbsctl("volume", "show", "vm1"));
        assertEquals("8 MiB\n", dbsctl("snapshot", "show", "vm1@one", "-H", "--columns", "size"));
        failing(ExitCode.NOT_FOUND, "snapshot", "info", "vm1@two");
        assertEquals(
                "dbsctl: there is no session 7; 'dbsctl session list' shows what there is\n",
                failing(ExitCode.NOT_FOUND, "session", "show", "7"));
        assertEquals(
                "dbsctl: there is no job 7 any more; 'dbsctl job list' shows what there is\n",
                failing(ExitCode.NOT_FOUND, "job", "cancel", "7"));
        dbsctl("snapshot", "clone", "vm1@one", "copy");
        assertEquals(
                "dbsctl: job 1 has ended already: done; nothing was changed\n",
                failing(ExitCode.FAILED, "job", "cancel", "1"));
    }

    @Test
    void aServerThatIsNamedIsAskedWithItsTokenAlone() throws Exception {
        serve();
        String page = dbsctl("page").strip();
        String mark = "/#token=";
        int end = page.indexOf(mark);
        String url = page.substring(0, end).replace("127.0.0.1", "localhost");
        var terminal = new CapturedTerminal();
        terminal.variables.put("DBS_TOKEN", "wrong");
        assertEquals(ExitCode.FAILED.number(), run(terminal, "--server", url, "status"));
        assertEquals(
                "dbsctl: the token is missing or wrong; name the file that holds the server's token"
                        + " in DBS_TOKEN_FILE\n",
                terminal.complained());
        terminal = new CapturedTerminal();
        terminal.variables.put("DBS_TOKEN", page.substring(end + mark.length()));
        assertEquals(0, run(terminal, "--server", url, "status"));
        assertTrue(terminal.printed().contains("all is well"), terminal.printed());
        String nonsense = failing(ExitCode.USAGE, "--server", "nonsense", "status");
        assertTrue(nonsense.contains("neither the URL nor the process of a dbsd"), nonsense);
    }

    @Test
    @Timeout(60)
    void statusTellsOfASchedulesLastRunAndOfItsErrors() throws Exception {
        BlockStore.initialize(directory.resolve("empty.dbs"), 128 * MIB, false);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            store.createVolume("vm1", 4 * MIB);
            Map<String, String> labels =
                    Map.of("dbs.schedule", "daily", "dbs.schedule-time", "2020-01-01T00:00:00Z");
            store.createSnapshots(List.of(new SnapshotRequest("vm1", Optional.of("old"), labels)));
        }
        Files.writeString(
                main,
                Files.readString(main)
                                .replace("main.dbs }", "main.dbs }, empty: { path: empty.dbs }")
                        + """
                        snapshot-schedules:
                          daily: { every: 1d, keep: 7, volumes: [ main/vm1, "empty/*" ] }
                        """);
        serve();
        String status;
        do {
            status = dbsctl("status");
        } while (!status.contains("PROBLEMS:"));
        String error = "device empty has none of its volumes";
        assertTrue(status.contains("  schedule daily: " + error + "\n"), status);
        String row = status.substring(status.indexOf("Schedules:\n")).lines().toList().get(2);
        String time = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
        assertTrue(row.matches("daily +1d +%s +%s +%s".formatted(time, time, error)), row);
    }

    @Test
    void aPortalOfARunningServerMovesToAnotherAddress() throws Exception {
        serve();
        int port = freePort();
        dbsctl("portal", "add", "127.0.0.2:" + port);
        int next = freePort();
        dbsctl("portal", "set", "127.0.0.2:" + port, "address=127.0.0.3:" + next, "group=2");
        assertEquals(
                List.of(new PortalConfig("127.0.0.3", next, 2)),
                server.orElseThrow().config().portals().subList(1, 2));
        try (Socket moved = new Socket("127.0.0.3", next)) {
            assertTrue(moved.isConnected());
        }
        assertThrows(ConnectException.class, () -> new Socket("127.0.0.2", port).close());
    }

    @Test
    void whatInitiatorsUseIsNotImportedInto() throws Exception {
        serve();
        dbsctl("volume", "create", "vm1", "8M");
        dbsctl("target", "create", TARGET, "--initiator", "any");
        dbsctl("lun", "map", TARGET, "vm1");
        Path input = Files.write(directory.resolve("input"), noise(1, 3 * MIB));
        assertEquals(
                "dbsctl: vm1 is in use; stop what holds it, or wait for its end\n",
                failing(ExitCode.BUSY, "volume", "import", "vm1", input.toString()));
        var volume = Json.object(dbsctl("volume", "info", "vm1", "-o", "json"));
        assertEquals(0L, volume.get("mappedBytes"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    @Timeout(120)
    void ctrlCEndsTheJobOfTheServer() throws Exception {
        serve();
        dbsctl("volume", "create", "vm1", "4M");
        dbsctl("snapshot", "create", "vm1@one");
        // All that do jobs are busy, so that this one is not done too early.
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            jobs.start("other", "main", job -> awaitRelease(release));
        }
        Path complaints = directory.resolve("complaints");
        // Who runs the tests in the background may have had SIGINT ignored.
        ProcessBuilder builder =
                new ProcessBuilder(
                                "env",
                                "--default-signal=INT",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.dbstore.tools.Main",
                                "snapshot",
                                "clone",
                                "vm1@one",
                                "copy")
                        .redirectErrorStream(true)
                        .redirectOutput(complaints.toFile());
        builder.environment().put("DBS_DEVICE", device.toString());
        builder.environment().put("DBS_RUNTIME_DIR", directory.resolve("run").toString());
        Process command = builder.start();
        try {
            awaitState(JobView.State.RUNNING, complaints, command);
            String pid = Long.toString(command.pid());
            assertEquals(0, new ProcessBuilder("kill", "-INT", pid).start().waitFor());
            awaitState(JobView.State.CANCELLING, complaints, command);
            release.countDown();
            assertEquals(ExitCode.FAILED.number(), command.waitFor());
        } finally {
            release.countDown();
            command.destroyForcibly();
        }
        String said = Files.readString(complaints);
        assertTrue(said.contains("job 3 was ended before it was done"), said);
        assertEquals(JobView.State.CANCELLED, jobs.find(3).orElseThrow().state());
        failing(ExitCode.NOT_FOUND, "volume", "info", "copy");
    }

    private void awaitState(JobView.State state, Path complaints, Process command)
            throws Exception {
        while (jobs.find(3).filter(job -> job.state() == state).isEmpty()) {
            assertTrue(command.isAlive(), Files.readString(complaints));
            Thread.sleep(10);
        }
    }

    private static Object awaitRelease(CountDownLatch release) {
        try {
            release.await();
            return Map.of();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a job", e);
        }
    }

    @Test
    void statusShowsTheLastErrorsOnce() throws Exception {
        String name = "org.dbstore.tools.errors";
        Configurator.setLevel(name, Level.ERROR); // tests are silent by default
        serve();
        assertTrue(dbsctl("status").endsWith("\nLast errors: none\n"));
        Logger log = LogManager.getLogger(name);
        log.error("a disk is gone");
        for (int i = 0; i < 7; i++) {
            log.error("error " + Math.min(i, 4));
        }
        List<String> lines =
                dbsctl("status").lines().dropWhile(line -> !line.equals("Last errors:")).toList();
        assertEquals(7, lines.size(), "title, header and the last five");
        assertTrue(lines.get(2).matches("\\d{4}-\\S+ \\S+ +3  error 4"), lines.get(2));
        assertTrue(lines.get(6).matches("\\d{4}-\\S+ \\S+ +1  error 0"), lines.get(6));
        assertTrue(dbsctl("status", "-o", "json").contains("a disk is gone"));
    }

    private List<String> play(String folder) throws Exception {
        Path files = Files.createDirectory(directory.resolve(folder));
        Files.write(files.resolve("f.in"), noise(1, 3 * MIB));
        Files.write(files.resolve("f.in2"), noise(2, 2 * MIB));
        List<String> answers = new ArrayList<>();
        for (String line : SCRIPT) {
            var terminal = new CapturedTerminal();
            int exitCode = run(terminal, line.replace("FILE", files + "/f").split(" "));
            answers.add(
                    (line + "\n" + exitCode + "\n" + terminal.printed() + terminal.complained())
                            .replace(files.toString(), "FILES"));
        }
        return answers;
    }

    private void serve() throws Exception {
        DbsConfig config = ConfigReader.read(main);
        TargetServer started = TargetServer.start(config);
        server = Optional.of(started);
        var administration =
                new Administration(
                        started, new LiveConfiguration(started, ConfigSource.file(main)), jobs);
        admin = AdminServer.start(config.admin(), administration, Optional.of(main), List.of());
    }
}
