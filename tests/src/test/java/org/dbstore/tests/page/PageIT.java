package org.dbstore.tests.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.server.ConfigSource;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;
import org.dbstore.server.admin.AdminServer;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.Job;
import org.dbstore.server.admin.Jobs;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.Requirements;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Goal: a person administers a running server in a browser. */
@Timeout(120)
class PageIT {
    private static final Path PICTURES = Path.of("target", "page");
    private static final int BLOCKS = 128;
    private static final byte[] OLD = new byte[BLOCKS * 512];
    private static final byte[] NEW = new byte[BLOCKS * 512];

    private static Browser browser;

    @TempDir Path folder;
    private TestServer server;
    private AdminServer admin;
    private Jobs jobs;
    private BlockStore device;

    @BeforeAll
    static void startBrowser(@TempDir Path logs) throws Exception {
        Requirements.programs("chromium", "chromedriver");
        Arrays.fill(OLD, (byte) 0x11);
        Arrays.fill(NEW, (byte) 0x22);
        browser = Browser.start(logs);
    }

    @AfterAll
    static void endBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void serve() throws Exception {
        server = TestServer.start(folder);
        device = Objects.requireNonNull(server.server().device("main"));
        jobs = new Jobs();
        Administration administration =
                new Administration(
                        server.server(),
                        new LiveConfiguration(server.server(), ConfigSource.none(server.server())),
                        jobs);
        admin =
                AdminServer.start(adminConfig(), administration, Optional.empty(), List.of())
                        .orElseThrow();
        browser.size(1280, 1400);
        browser.console(); // what it held of the test before
    }

    @AfterEach
    void stop() throws Exception {
        browser.open("about:blank");
        admin.close();
        server.close();
    }

    private AdminConfig adminConfig() {
        return new AdminConfig(
                Optional.of(new PortalConfig("127.0.0.1", 0, 1)),
                Optional.of(folder.resolve("run")),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    private void enter() {
        browser.open(admin.url() + "/#token=" + admin.contents().token());
        browser.awaitText("#health", "All is well");
    }

    private static String volume(String name) {
        return "tbody[data-volume=\"" + name + "\"]";
    }

    private static String snapshot(String name) {
        return "li[data-snapshot=\"" + name + "\"]";
    }

    private void expand(String volume) {
        browser.click(volume(volume) + " .expander");
    }

    private byte[] contents() throws Exception {
        try (RawInitiator client = server.session()) {
            ready(client);
            return client.read(TestServer.LUN, Cdb.read10(0, BLOCKS), BLOCKS * 512).data();
        }
    }

    private void write(byte[] data) throws Exception {
        try (RawInitiator client = server.session()) {
            ready(client);
            assertEquals(
                    "GOOD", client.write(TestServer.LUN, Cdb.write10(0, BLOCKS), data).outcome());
        }
    }

    /** Takes note of all unit attentions. */
    private static void ready(RawInitiator client) throws Exception {
        String outcome;
        do {
            outcome = client.read(TestServer.LUN, Cdb.hex("000000000000"), 0).outcome();
        } while (outcome.startsWith("CHECK 06/"));
        assertEquals("GOOD", outcome);
    }

    @Test
    void withoutTheTokenAFormAsksForItAndAWrongOneIsRefused() throws Exception {
        browser.open(admin.url() + "/");
        browser.picture(PICTURES.resolve("token.png"));
        browser.type("#token", "wrong");
        browser.press("#login", "Enter");
        browser.awaitText("#login-error", "This token is wrong");
        browser.type("#token", admin.contents().token());
        browser.press("#login", "Enter");
        browser.awaitText("#health", "All is well");
    }

    @Test
    void theTokenLeavesTheAddressAndStaysInTheTab() {
        enter();
        assertEquals(admin.url() + "/", browser.run("return location.href"));
        assertEquals("", browser.run("return document.cookie"));
        browser.run("location.reload()");
        browser.awaitText("#health", "All is well");
    }

    @Test
    void oneScreenShowsTheServerItsVolumesTargetsAndSessions() throws Exception {
        try (RawInitiator client = server.session()) {
            enter();
            browser.awaitText("#server", ":" + server.address().getPort());
            browser.awaitText(".device .legend", "Free");
            browser.awaitText(volume("data"), "64\u00a0MiB");
            browser.awaitText("#targets", "LUN 3 main/other");
            browser.awaitText("#sessions", RawInitiator.NAME);
            assertNotNull(client);
        }
        browser.awaitText("#sessions-none", "No initiator is logged in.");
    }

    @Test
    void aVolumeIsMadeAndDeletedWithItsNameTyped() throws Exception {
        enter();
        browser.press(".device", "New volume…");
        browser.type("dialog [name=name]", "web");
        browser.type("dialog [name=size]", "1");
        browser.picture(PICTURES.resolve("create.png"));
        browser.press("dialog", "Create");
        browser.awaitText(volume("web"), "1\u00a0GiB");
        assertEquals(1L << 30, device.volume("web").sizeBytes());

        expand("web");
        browser.press(volume("web"), "Delete…");
        browser.awaitText("dialog .freed", "Frees 0\u00a0B.");
        browser.type("dialog .proof", "we");
        assertEquals(true, browser.run("return document.querySelector('dialog .danger').disabled"));
        browser.type("dialog .proof", "web");
        browser.press("dialog", "Delete volume");
        browser.awaitGone(volume("web"));
        browser.awaitGone("dialog");
        assertFalse(device.volumes().stream().anyMatch(volume -> volume.name().equals("web")));
    }

    @Test
    void aSnapshotIsTakenClonedRolledBackToAndDeleted() throws Exception {
        write(OLD);
        enter();
        browser.press(volume("data"), "Snapshot…");
        browser.type("dialog [name=name]", "before");
        browser.press("dialog", "Take snapshot");
        browser.awaitGone("dialog");
        write(NEW);
        expand("data");
        browser.press(snapshot("before"), "Clone…");
        browser.type("dialog [name=name]", "linked");
        browser.press("dialog", "Clone");
        browser.awaitText(snapshot("before"), "clone linked");
        browser.press(snapshot("before"), "Clone…");
        browser.type("dialog [name=name]", "full");
        browser.click("dialog [value=full]");
        browser.press("dialog", "Clone");
        browser.awaitText("#jobs", "clone main/full");
        browser.awaitText("#jobs [data-state=done]", "done");
        browser.awaitText(volume("full"), "64\u00a0MiB");

        try (RawInitiator client = server.session()) {
            browser.awaitText("#sessions", RawInitiator.NAME);
            assertNotNull(client);
            browser.press(snapshot("before"), "Roll back…");
            browser.awaitText("dialog .warning", RawInitiator.NAME);
            browser.awaitText("dialog", "Nothing is lost");
            browser.click("dialog [name=keep]");
            browser.awaitText("dialog", "Lost for good");
            browser.type("dialog .proof", "data");
            browser.picture(PICTURES.resolve("rollback.png"));
            browser.press("dialog", "Roll back");
            browser.awaitGone("dialog");
        }
        assertArrayEquals(OLD, contents());
        browser.picture(PICTURES.resolve("tree.png"));
        expand("linked");
        browser.awaitText(volume("linked") + " .relation", "made of data@before");

        browser.press(volume("linked"), "Delete…");
        browser.type("dialog .proof", "linked");
        browser.press("dialog", "Delete volume");
        browser.awaitGone(volume("linked"));
        browser.awaitGone("dialog");
        browser.press(snapshot("before"), "Delete…");
        browser.awaitText("dialog .freed", "Frees");
        browser.type("dialog .proof", "before");
        browser.press("dialog", "Delete snapshot");
        browser.awaitGone(snapshot("before"));
        assertArrayEquals(OLD, contents());
    }

    @Test
    void aVolumeGrowsAndShrinksOnlyAsFarAsItIsTold() throws Exception {
        enter();
        expand("data");
        browser.press(volume("data"), "Resize…");
        browser.type("dialog [name=size]", "128");
        browser.press("dialog", "Resize");
        browser.awaitText(volume("data"), "128\u00a0MiB");
        assertEquals(128L << 20, device.volume("data").sizeBytes());

        try (RawInitiator client = server.session()) {
            ready(client);
            int last = (100 << 20) / 512;
            assertEquals(
                    "GOOD", client.write(TestServer.LUN, Cdb.write10(last, BLOCKS), NEW).outcome());
        }
        browser.press(volume("data"), "Resize…");
        browser.type("dialog [name=size]", "32");
        browser.press("dialog", "Resize");
        browser.awaitText("dialog .failure", "data");
        assertEquals(128L << 20, device.volume("data").sizeBytes());
        browser.click("dialog [value=discard]");
        browser.type("dialog .proof", "dat");
        assertEquals(
                true, browser.run("return document.querySelector('dialog .primary').disabled"));
        browser.type("dialog .proof", "data");
        browser.picture(PICTURES.resolve("shrink.png"));
        browser.press("dialog", "Resize");
        browser.awaitGone("dialog");
        browser.awaitText(volume("data"), "32\u00a0MiB");
        assertEquals(32L << 20, device.volume("data").sizeBytes());
    }

    @Test
    void aJobIsCancelled() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        jobs.start("vacuum", "main", job -> copyUntil(job, cancelled));
        enter();
        browser.awaitText("#jobs [data-state=running]", "1\u00a0MiB of 4\u00a0MiB");
        browser.press("#jobs", "Cancel");
        assertTrue(cancelled.await(20, TimeUnit.SECONDS));
        browser.awaitText("#jobs [data-state=cancelled]", "cancelled");
    }

    private static Object copyUntil(Job job, CountDownLatch cancelled) {
        try {
            while (true) {
                job.progress(1 << 20, 4 << 20);
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            cancelled.countDown();
        }
    }

    @Test
    void aSessionIsEnded() throws Exception {
        try (RawInitiator client = server.session()) {
            assertNotNull(client);
            enter();
            browser.awaitText("#sessions", RawInitiator.NAME);
            browser.press("#sessions", "End…");
            browser.awaitText("dialog", RawInitiator.NAME);
            browser.press("dialog", "End session");
            browser.awaitGone("dialog");
            browser.awaitText("#sessions-none", "No initiator is logged in.");
            assertEquals(List.of(), server.server().sessions());
        }
    }

    @Test
    void theKeyboardAloneMakesAVolume() throws Exception {
        enter();
        browser.tabTo("New volume…");
        browser.keys(Browser.ENTER);
        browser.awaitText("dialog", "Create");
        browser.keys(Browser.ESCAPE);
        browser.awaitGone("dialog");
        focusIsOn("New volume…");
        browser.keys(Browser.ENTER);
        browser.awaitText("dialog", "Create");
        browser.keys("typed");
        browser.keys(Browser.TAB);
        browser.keys("2");
        browser.tabTo("Create");
        browser.keys(Browser.ENTER);
        browser.awaitGone("dialog");
        browser.awaitText(volume("typed"), "2\u00a0GiB");
        assertEquals(2L << 30, device.volume("typed").sizeBytes());
        focusIsOn("New volume…");
    }

    private static void focusIsOn(String label) {
        browser.await(
                "the focus on " + label,
                "return document.activeElement.textContent === arguments[0]",
                label);
    }

    @Test
    void aVolumeIsMappedToATargetAndUnmapped() throws Exception {
        Path main = folder.resolve("dbs.yaml");
        Files.writeString(
                main,
                """
                devices:
                  second: { path: second.dbs, size: 128MiB, volumes: { vm1: 4MiB, vm2: 8MiB } }
                portals: [ "127.0.0.1:%d" ]
                targets: { %s: { initiators: any } }
                snapshot-schedules:
                  nightly: { every: 1d, keep: 7, volumes: [ second/vm1 ] }
                """
                        .formatted(freePort(), TestServer.TARGET));
        DbsConfig config = ConfigReader.read(main);
        try (TargetServer second = TargetServer.start(config)) {
            LiveConfiguration live = new LiveConfiguration(second, ConfigSource.file(main));
            admin.close();
            admin =
                    AdminServer.start(
                                    adminConfig(),
                                    new Administration(second, live, new Jobs()),
                                    Optional.of(main),
                                    List.of())
                            .orElseThrow();
            enter();
            browser.awaitText("#schedules", "nightly");
            browser.awaitText("#schedules", "1 day");
            browser.press("#targets", "Map volume…");
            browser.keys(Browser.DOWN);
            browser.picture(PICTURES.resolve("map.png"));
            browser.press("dialog", "Map");
            browser.awaitGone("dialog");
            browser.awaitText("[data-lun='0']", "LUN 0 second/vm2");
            assertEquals("vm2", luns(second).getFirst().volume());

            browser.press("#targets", "Map volume…");
            browser.type("dialog [name=lun]", "0");
            browser.press("dialog", "Map");
            browser.awaitText("dialog .failure", "LUN 0 is taken.");
            browser.type("dialog [name=lun]", "7");
            browser.click("dialog [name=readOnly]");
            browser.press("dialog", "Map");
            browser.awaitText("[data-lun='7']", "LUN 7 second/vm1");
            browser.awaitText("[data-lun='7']", "read-only");

            browser.press("[data-lun='0']", "Unmap…");
            browser.awaitText("dialog", "Its data stays.");
            browser.press("dialog", "Unmap");
            browser.awaitGone("[data-lun='0']");
            assertEquals(List.of(7), luns(second).stream().map(LunConfig::number).toList());
            assertEquals(second.config(), ConfigReader.read(main));
        }
    }

    private static List<LunConfig> luns(TargetServer server) {
        return server.config().targets().getFirst().luns();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void whatTheServerRefusesIsShownWithTheRemedyAndTheDialogStays() throws Exception {
        enter();
        browser.press(".device", "New volume…");
        browser.type("dialog [name=name]", "data");
        browser.press("dialog", "Create");
        browser.awaitText("dialog .failure", "data");
        browser.awaitText("dialog .failure", "choose another name");
        browser.picture(PICTURES.resolve("error.png"));
        browser.type("dialog [name=name]", "data2");
        browser.press("dialog", "Create");
        browser.awaitText(volume("data2"), "10\u00a0GiB");
    }

    @Test
    void namesAreTextWhateverTheyHold() throws Exception {
        String image = "<img src=x onerror=document.title='owned'>";
        String quotes = "\"><script>document.title='owned'";
        String turned = "a\u202eb";
        for (String name : List.of(image, quotes, turned, "..", "a?b#c%2e")) {
            create(name);
        }
        int id = device.createSnapshot(image);
        device.renameSnapshot(id, image);
        enter();
        browser.await("all rows", "return document.querySelectorAll('[data-volume]').length === 8");
        browser.run("document.querySelectorAll('.expander').forEach(button => button.click())");
        browser.await(
                "the names",
                "return arguments[0].every(name => [...document.querySelectorAll('.expander')]"
                        + ".some(button => button.textContent === name))",
                List.of(image, quotes, "a\\u{202e}b", "..", "a?b#c%2e"));
        assertEquals(0L, browser.run("return document.querySelectorAll('main img').length"));
        assertEquals("dbsd", browser.run("return document.title"));
        for (String name : List.of("..", "a?b#c%2e", "a\\u{202e}b")) {
            browser.run(
                    "[...document.querySelectorAll('[data-volume]')].find(row => row.dataset.volume"
                            + " === arguments[0]).querySelector('.risky').click()",
                    name);
            browser.type("dialog .proof", name);
            browser.press("dialog", "Delete volume");
            browser.awaitGone("dialog");
        }
        assertEquals(5, device.volumes().size());
        assertEquals(List.of(), browser.console());
    }

    private void create(String name) throws BackendException {
        device.createVolume(name, 1 << 20);
    }

    @Test
    void theChartsMoveUnderLoadAndNothingElseFlickers() throws Exception {
        enter();
        browser.run("document.querySelector('tbody[data-volume=data]').marked = true");
        try (RawInitiator client = server.session()) {
            ready(client);
            long end = System.nanoTime() + 12_000_000_000L;
            int round = 0;
            while (System.nanoTime() < end) {
                int size = 16 + round++ % 97;
                client.write(TestServer.LUN, Cdb.write10(0, size), new byte[size * 512]);
                client.read(TestServer.LUN, Cdb.read10(0, BLOCKS), BLOCKS * 512);
            }
            browser.await(
                    "figures",
                    "return [...document.querySelectorAll('.chart')].every(chart =>"
                            + " /[1-9]/.test(chart.querySelector('.s0 strong').textContent)"
                            + " && chart.querySelector('.line').getAttribute('d').split('L').length"
                            + " > 5)");
            browser.awaitText("#sessions tbody", "/s");
            browser.picture(PICTURES.resolve("load.png"));
            browser.colours("dark");
            browser.picture(PICTURES.resolve("load-dark.png"));
            browser.size(500, 1600);
            browser.picture(PICTURES.resolve("phone.png"));
            browser.colours("light");
        }
        assertEquals(
                true,
                browser.run("return document.querySelector('tbody[data-volume=data]').marked"));
    }

    @Test
    void thePageSaysThatTheServerDoesNotAnswer() {
        enter();
        admin.close();
        browser.awaitText("#outage", "The server does not answer.");
    }

    @Test
    void thePageIsSmallAndComesFromTheServerAlone() {
        enter();
        long size =
                (Long)
                        Objects.requireNonNull(
                                browser.run(
                                        "return"
                                            + " performance.getEntriesByType('resource').filter(each"
                                            + " => each.name.includes('/page/')).reduce((all, each)"
                                            + " => all + each.transferSize, 0)"));
        assertTrue(size > 10_000 && size < 100_000, "bytes: " + size);
        assertEquals(
                true,
                browser.run(
                        "return performance.getEntriesByType('resource').every(each =>"
                                + " each.name.startsWith(location.origin))"));
        assertEquals(List.of(), browser.console());
    }
}
