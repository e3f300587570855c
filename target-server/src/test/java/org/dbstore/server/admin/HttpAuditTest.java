package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.dbstore.server.audit.Audit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Goal: the audit log has what administrators did, and strangers neither forge nor flood it. */
class HttpAuditTest {
    private static final String PATH = "/v1/devices/main/volumes";
    private static final String BODY = "{\"name\":\"v\",\"sizeBytes\":1048576}";

    /** In less than the ten seconds in which so many may be told. */
    private static final int FLOOD = 200;

    @TempDir Path folder;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LoggerConfig root =
            LoggerContext.getContext(false).getConfiguration().getRootLogger();
    private final AbstractAppender appender =
            new AbstractAppender("audit-lines", null, null, true, Property.EMPTY_ARRAY) {
                @Override
                public void append(LogEvent event) {
                    if (event.getLoggerName().equals(Audit.LOGGER)) {
                        lines.add(event.getMessage().getFormattedMessage());
                    }
                }
            };

    @BeforeEach
    void listen() {
        appender.start();
        root.addAppender(appender, null, null);
        Configurator.setLevel(Audit.LOGGER, Level.INFO);
    }

    @AfterEach
    void stop() {
        root.removeAppender("audit-lines");
        Configurator.setLevel(Audit.LOGGER, root.getLevel());
    }

    private static HttpRequest stranger(AdminFixture fixture, String path) {
        return fixture.request("POST", path, BODY).build();
    }

    @Test
    void whatAnAdministratorChangesIsALine() throws Exception {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            assertEquals(201, fixture.send("POST", PATH, BODY).statusCode());
            assertEquals(200, fixture.send("GET", PATH, "").statusCode());
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(
                    lines.getFirst().endsWith(" action=POST " + PATH + " outcome=201"),
                    lines::toString);
        }
    }

    @Test
    void aMethodThatIsNoneIsNotTold() throws Exception {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            HttpRequest forged =
                    fixture.request("POST", PATH, BODY)
                            .header(
                                    "X-HTTP-Method-Override",
                                    "DELETE " + PATH + "/served outcome=200 note=")
                            .build();
            long end = System.nanoTime() + 5_000_000_000L;
            do { // after a flood nothing is told for up to a second
                assertEquals(401, fixture.send(forged).statusCode());
            } while (lines.isEmpty() && System.nanoTime() < end);
            assertTrue(
                    lines.getLast().endsWith(" action=POST " + PATH + " outcome=UNAUTHORIZED"),
                    lines::toString);
        }
    }

    @Test
    void aStrangerWhoAsksForWhatIsNotThereIsNotTold() throws Exception {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            assertEquals(404, fixture.send(stranger(fixture, "/none")).statusCode());
            assertEquals(List.of(), lines);
        }
    }

    @Test
    void aFloodOfStrangersIsToldByItsNumber() throws Exception {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            for (int i = 0; i < FLOOD; i++) {
                assertEquals(401, fixture.send(stranger(fixture, PATH)).statusCode());
            }
            assertTrue(lines.size() < FLOOD, lines::toString);
        }
    }
}
