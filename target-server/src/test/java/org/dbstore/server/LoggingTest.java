package org.dbstore.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.dbstore.config.AdminConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LogConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.server.audit.Audit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Goal: each event is one line, in the format and the file that the configuration wants. */
class LoggingTest {
    @TempDir Path folder;

    private final LoggerContext context = LoggerContext.getContext(false);
    private final URI before = context.getConfigLocation();

    /** The tests' own says nothing at all. */
    @BeforeEach
    void asInProduction() throws Exception {
        URL own = Objects.requireNonNull(Logging.class.getResource("/log4j2.xml"));
        context.setConfigLocation(own.toURI());
    }

    @AfterEach
    void asBefore() {
        Logging.apply(LogConfig.DEFAULT);
        context.setConfigLocation(before);
    }

    @Test
    void linesAreJsonObjectsIfWantedAndTheAuditFileHasOnlyTheAudit() throws Exception {
        Path file = folder.resolve("audit.log");
        Logging.apply(new LogConfig(LogConfig.Format.JSON, 0, Optional.of(file)));
        assertEquals(List.of("json"), appenders());
        Audit.login("iqn.2026-01.org.example:a", "10.0.0.1", "iqn.2026-01.org.example:t", "");
        Audit.action("token", "volume create \"x\"\nforged line", "ok");
        LogManager.getLogger("org.dbstore.other").warn("not here");
        List<String> lines = Files.readAllLines(file);
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.getFirst().startsWith("{\"time\":\"20"), lines::toString);
        assertTrue(
                lines.getFirst()
                        .endsWith(
                                "\"message\":\"login initiator=iqn.2026-01.org.example:a"
                                        + " address=10.0.0.1 target=iqn.2026-01.org.example:t"
                                        + " user=-\"}"),
                lines::toString);
        assertTrue(lines.getLast().contains("\\\"x\\\"\\nforged line"), lines::toString);
    }

    @Test
    void theLinesOfTheStartAreInTheFormatToo() throws Exception {
        List<List<String>> formats = new CopyOnWriteArrayList<>();
        var probe =
                new AbstractAppender("probe", null, null, true, Property.EMPTY_ARRAY) {
                    @Override
                    public void append(LogEvent event) {
                        formats.add(appenders());
                    }
                };
        probe.start();
        var logger = new LoggerConfig(TargetServer.class.getPackageName(), Level.INFO, true);
        logger.addAppender(probe, null, null);
        context.getConfiguration().addLogger(logger.getName(), logger);
        context.updateLoggers();
        var device =
                new DeviceConfig("main", folder.resolve("main.dbs"), false, 128 << 20, List.of());
        var config =
                new DbsConfig(
                        List.of(device),
                        List.of(new PortalConfig("127.0.0.1", 0, 1)),
                        DbsConfig.Discovery.ALL,
                        Optional.empty(),
                        List.of(),
                        AdminConfig.DEFAULT,
                        List.of(),
                        new LogConfig(LogConfig.Format.JSON, 0, Optional.empty()));
        try (TargetServer server = TargetServer.start(config)) {
            assertEquals(1, server.addresses().size());
        }
        assertFalse(formats.isEmpty());
        formats.forEach(format -> assertEquals(List.of("json"), format));
    }

    @Test
    void anAuditFileThatCouldNotBeMadeIsTriedAgainWhenFilesAreReopened() throws Exception {
        Path file = folder.resolve("logs/audit.log");
        Logging.apply(new LogConfig(LogConfig.Format.TEXT, 0, Optional.of(file)));
        Files.createDirectory(file.getParent());
        Logging.reopen();
        Audit.logout("a", "b", "c");
        assertEquals(1, Files.readAllLines(file).size());
    }

    @Test
    void theAuditFileIsItsOwnersAlone() throws Exception {
        Path file = folder.resolve("audit.log");
        Logging.apply(new LogConfig(LogConfig.Format.TEXT, 0, Optional.of(file)));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void aTextLineCannotBeForgedEither() throws Exception {
        Path file = folder.resolve("audit.log");
        Logging.apply(new LogConfig(LogConfig.Format.TEXT, 0, Optional.of(file)));
        assertEquals(List.of("text"), appenders());
        Audit.action("token", "a\nforged", "ok");
        List<String> lines = Files.readAllLines(file);
        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().endsWith("action=a\\nforged outcome=ok"), lines::toString);
    }

    @Test
    void withoutAnAuditFileNothingIsWrittenToItAnyMore() throws Exception {
        Path file = folder.resolve("audit.log");
        Logging.apply(new LogConfig(LogConfig.Format.TEXT, 0, Optional.of(file)));
        Audit.logout("a", "b", "c");
        Logging.apply(LogConfig.DEFAULT);
        Audit.logout("a", "b", "c");
        assertEquals(1, Files.readAllLines(file).size());
    }

    private List<String> appenders() {
        return List.copyOf(context.getConfiguration().getRootLogger().getAppenders().keySet());
    }
}
