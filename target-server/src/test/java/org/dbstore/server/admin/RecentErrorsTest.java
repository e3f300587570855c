package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.config.Configurator;
import org.dbstore.server.admin.api.ErrorView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Goal: the errors that an administrator has to know of are kept, and few of them. */
class RecentErrorsTest {
    private static final Logger LOG = LogManager.getLogger(RecentErrorsTest.class);

    private final RecentErrors errors = new RecentErrors();

    @BeforeEach
    void listen() {
        // Tests are silent by default.
        Configurator.setLevel(RecentErrorsTest.class.getName(), Level.WARN);
        errors.listen();
    }

    @AfterEach
    void close() {
        errors.close();
    }

    private List<String> messages() {
        return errors.list().stream().map(ErrorView::message).toList();
    }

    @Test
    void errorsAreKeptTheLatestFirstAndWarningsAreNot() {
        LOG.error("device {} has failed", "main");
        LOG.warn("a warning");
        LOG.error("schedule failed", new IOException("no space"));
        LOG.fatal("the end");
        assertEquals(
                List.of(
                        "the end",
                        "schedule failed: java.io.IOException: no space",
                        "device main has failed"),
                messages());
        Duration age = Duration.between(errors.list().getFirst().lastAt(), Instant.now());
        assertTrue(age.toSeconds() < 60, "age " + age);
    }

    @Test
    void whatComesAgainIsCountedAndLeavesTheOthersTheirPlaces() {
        LOG.error("once");
        for (int i = 0; i < 100; i++) {
            LOG.error("with every command");
        }
        assertEquals(List.of("with every command", "once"), messages());
        assertEquals(100, errors.list().getFirst().times());
    }

    @Test
    void ofManyTheLastAreKeptAndOfLongOnesTheBeginning() {
        for (int i = 0; i <= RecentErrors.KEPT_MAX; i++) {
            LOG.error("number " + i);
        }
        assertEquals(RecentErrors.KEPT_MAX, errors.list().size());
        assertEquals("number 1", messages().getLast());
        LOG.error("x".repeat(1_000));
        assertTrue(messages().getFirst().length() < 600);
    }

    @Test
    void afterTheEndNothingIsKept() {
        errors.close();
        LOG.error("too late");
        assertFalse(messages().contains("too late"));
    }
}
