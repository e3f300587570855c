package org.dbstore.tests.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ChapUserConfig;
import org.dbstore.config.Secret;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.server.metrics.CommandLog;
import org.dbstore.server.metrics.Rates;
import org.dbstore.tests.support.Alone;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.ChapInitiator;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Goal: what initiators do can be seen from outside, and nothing that is secret. */
@Alone
@Timeout(60)
class ObservationTest {
    private static final int LUN = TestServer.LUN;
    private static final String SECRET = "initiator-secret";
    private static final String OWN_SECRET = "secret-of-the-store";

    @TempDir Path folder;

    @Test
    void commandsAreCountedTimedRememberedAndRecorded() throws Exception {
        try (TestServer server = TestServer.start(folder);
                Recording recording = new Recording();
                RawInitiator client = server.session()) {
            recording.enable("org.dbstore.Command");
            recording.enable("org.dbstore.Commit");
            recording.start();
            var metrics = server.server().metrics();
            assertEquals(0, metrics.rates().intervalMillis());
            assertEquals("CHECK 06/29/00", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
            for (int i = 0; i < 10; i++) {
                assertEquals("GOOD", client.write(LUN, Cdb.write10(i, 1), new byte[512]).outcome());
                assertEquals("GOOD", client.read(LUN, Cdb.read10(i, 1), 512).outcome());
            }
            Thread.sleep(1000);
            Rates rates = metrics.rates();
            double reads =
                    rates.luns().stream()
                            .filter(each -> each.lun().lun() == LUN)
                            .mapToDouble(each -> each.load().reads())
                            .sum();
            assertEquals(10, reads * rates.intervalMillis() / 1000, 0.1);
            recording.stop();
            Path file = folder.resolve("recording.jfr");
            recording.dump(file);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file);
            assertEquals(
                    10,
                    events.stream()
                            .filter(event ->
                                    event.getEventType().getName().equals("org.dbstore.Command"))
                            .filter(event -> event.getString("command").equals("WRITE_10"))
                            .filter(event -> event.getDuration("durable").toNanos() > 0)
                            .count());
            assertTrue(
                    events.stream()
                            .anyMatch(event ->
                                    event.getEventType().getName().equals("org.dbstore.Commit")));

            String text = metrics.scrape();
            assertEquals(10, value(text, "dbs_lun_commands_total", "lun=\"1\"", "\"write\""));
            assertEquals(5120, value(text, "dbs_lun_bytes_total", "lun=\"1\"", "\"read\""));
            assertEquals(1, value(text, "dbs_lun_failures_total", "unit_attention"));
            assertTrue(value(text, "dbs_lun_stage_seconds_sum", "lun=\"1\"", "durable") > 0);
            assertEquals(10, value(text, "dbs_lun_stage_seconds_count", "lun=\"1\"", "durable"));
            assertTrue(value(text, "dbs_device_commit_seconds_count", "main") >= 10);
            assertTrue(value(text, "dbs_device_force_seconds_sum", "main") > 0);
            assertTrue(value(text, "dbs_device_recovery_seconds", "main") > 0);
            assertTrue(value(text, "dbs_device_used_bytes", "main") > 0);
            assertEquals(TestServer.VOLUME_BYTES, value(text, "dbs_volume_size_bytes", "\"data\""));

            int handle = server.server().sessions().getFirst().handle();
            List<CommandLog.Entry> commands = metrics.commands(handle).orElseThrow();
            assertEquals(21, commands.size());
            assertEquals("UNIT_ATTENTION 06/29/00", commands.getFirst().outcome());
            assertEquals("READ_10", commands.getLast().name());
            assertEquals("lba=9 blocks=1", commands.getLast().range());
            assertTrue(metrics.capture(handle).orElseThrow().length > 21 * 2 * 48);
            assertEquals(Optional.empty(), metrics.capture(handle + 1));
        }
    }

    @Test
    void aLoginIsAuditedAndNoSecretIsLoggedAtAnyLevel() throws Exception {
        AuthGroupConfig group =
                new AuthGroupConfig(
                        "hosts",
                        List.of("SHA-256"),
                        List.of(
                                new ChapUserConfig("one", new Secret(SECRET), Optional.empty()),
                                new ChapUserConfig(
                                        "both",
                                        new Secret("another-secret-1"),
                                        Optional.of(
                                                new ChapUserConfig.Mutual(
                                                        "store", new Secret(OWN_SECRET))))));
        TargetAccess access =
                new TargetAccess(
                        Optional.of(group),
                        List.of(),
                        List.of(),
                        Digest.ALLOWED,
                        Digest.ALLOWED,
                        Limits.NONE,
                        Optional.empty());
        List<String> lines = new CopyOnWriteArrayList<>();
        AbstractAppender all =
                new AbstractAppender("all", null, null, true, Property.EMPTY_ARRAY) {
                    @Override
                    public void append(LogEvent event) {
                        lines.add(
                                event.getLoggerName()
                                        + " "
                                        + event.getMessage().getFormattedMessage()
                                        + " "
                                        + event.getThrown());
                    }
                };
        all.start();
        LoggerConfig root = LoggerContext.getContext(false).getConfiguration().getRootLogger();
        Level level = root.getLevel();
        root.addAppender(all, Level.ALL, null);
        Configurator.setRootLevel(Level.ALL);
        Configurator.setLevel("org.dbstore.audit", Level.ALL);
        try (TestServer server =
                TestServer.start(folder, List.of(TestServer.target(TestServer.TARGET, access)))) {
            List<String> session = RawInitiator.normalSession(TestServer.TARGET);
            try (RawInitiator client = RawInitiator.connect(server.address())) {
                new ChapInitiator(client).login(session, "one", SECRET);
                assertEquals("CHECK 06/29/00", client.read(LUN, Cdb.testUnitReady(), 0).outcome());
            }
            try (RawInitiator client = RawInitiator.connect(server.address())) {
                ChapInitiator chap = new ChapInitiator(client).offer(session).challenge("7");
                assertTrue(chap.respond("one", chap.response("a-wrong-secret")).loginStatus() != 0);
            }
            long end = System.nanoTime() + 10_000_000_000L;
            while (lines.stream().noneMatch(line -> line.contains("session-ended"))
                    && System.nanoTime() < end) {
                Thread.sleep(20);
            }
        } finally {
            Configurator.setRootLevel(level);
            Configurator.setLevel("org.dbstore.audit", Level.INFO);
            root.removeAppender("all");
            LogManager.getLogger(ObservationTest.class).debug("levels are as before");
        }
        assertTrue(
                lines.stream()
                        .anyMatch(line ->
                                line.matches(
                                        "org.dbstore.audit login initiator="
                                                + RawInitiator.NAME
                                                + " address=127.0.0.1 target="
                                                + TestServer.TARGET
                                                + " user=one null")),
                lines::toString);
        assertTrue(
                lines.stream()
                        .anyMatch(line ->
                                line.startsWith(
                                                "org.dbstore.audit login-refused initiator="
                                                        + RawInitiator.NAME)
                                        && line.contains("target=" + TestServer.TARGET)),
                lines::toString);
        for (String secret : List.of(SECRET, OWN_SECRET, "a-wrong-secret")) {
            byte[] bytes = secret.getBytes(StandardCharsets.US_ASCII);
            for (String form : List.of(secret, HexFormat.of().formatHex(bytes))) {
                assertFalse(
                        lines.stream()
                                .anyMatch(line -> line.toLowerCase(Locale.ROOT).contains(form)),
                        () -> "a secret is in a log");
            }
        }
        assertTrue(lines.size() > 5, "the logs were listened to");
    }

    private static double value(String text, String name, String... parts) {
        String found =
                text.lines()
                        .filter(line -> line.startsWith(name + "{"))
                        .filter(line -> List.of(parts).stream().allMatch(line::contains))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(name + " is not told"));
        return Double.parseDouble(found.substring(found.lastIndexOf(' ') + 1));
    }
}
