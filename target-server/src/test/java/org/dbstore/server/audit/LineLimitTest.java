package org.dbstore.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.simple.SimpleLogger;
import org.apache.logging.log4j.util.PropertiesUtil;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Goal: a flood of mistakes is no flood of lines, and it is told that lines are missing. */
class LineLimitTest {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final Logger log =
            new SimpleLogger(
                    "test",
                    Level.WARN,
                    false,
                    false,
                    false,
                    false,
                    "",
                    null,
                    new PropertiesUtil(new Properties()),
                    new PrintStream(lines, true, StandardCharsets.UTF_8));
    private final LineLimit limit = new LineLimit("{} warnings were left out");

    @Test
    void aSecondHasSoManyLinesAndTheNextOneTellsHowManyAreMissing() {
        for (int i = 0; i < 1000; i++) {
            limit.warn(log, SECOND_NANOS + i, "mistake {} of {}", i, "peer");
        }
        assertEquals(LineLimit.LINES_MAX, lineCount());
        limit.warn(log, 2 * SECOND_NANOS, "mistake {} of {}", 1000, "peer");
        assertEquals(LineLimit.LINES_MAX + 2, lineCount());
        String text = lines.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("980 warnings were left out"), text);
        assertTrue(text.contains("mistake 1000 of peer"), text);
    }

    private long lineCount() {
        return lines.toString(StandardCharsets.UTF_8).lines().count();
    }
}
