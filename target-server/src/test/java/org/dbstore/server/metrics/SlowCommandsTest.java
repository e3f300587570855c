package org.dbstore.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Goal: who looks for what was slow finds it in the log, and finds the log readable. */
class SlowCommandsTest {
    private static final long MILLI = 1_000_000;
    private static final SessionMeter.Labels SESSION =
            new SessionMeter.Labels(
                    3, "iqn.i", "iqn.t", new InetSocketAddress(0), new InetSocketAddress(0));

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LoggerConfig root =
            LoggerContext.getContext(false).getConfiguration().getRootLogger();
    private final AbstractAppender appender =
            new AbstractAppender("slow-lines", null, null, true, Property.EMPTY_ARRAY) {
                @Override
                public void append(LogEvent event) {
                    if (event.getLoggerName().equals("org.dbstore.slow")) {
                        lines.add(event.getMessage().getFormattedMessage());
                    }
                }
            };
    private final SlowCommands slow = new SlowCommands();

    @BeforeEach
    void listen() {
        appender.start();
        root.addAppender(appender, null, null);
        Configurator.setLevel("org.dbstore.slow", Level.WARN);
    }

    @AfterEach
    void stop() {
        slow.close();
        root.removeAppender("slow-lines");
        Configurator.setLevel("org.dbstore.slow", root.getLevel());
    }

    @Test
    void aCommandAtTheThresholdIsToldInFullAndAFasterOneIsNot() throws Exception {
        UnitMeter unit = new UnitMeter(new UnitMeter.Labels("iqn.t", 5, "main", "vm1", ""));
        slow.setThreshold(500);
        sent(FakeCommand.read(1, 8, 1, 2), 500 * MILLI);
        sent(FakeCommand.read(77, 8, 1, 1 + 499 * MILLI).of(Kind.READ, unit), 1 + 500 * MILLI);
        await(1);
        assertEquals(
                List.of(
                        "slow command: READ_10 lba=77 blocks=8 took 500.0 ms (engine 499.0, send"
                                + " 1.0) and ended GOOD; initiator=iqn.i target=iqn.t lun=5"
                                + " (main/vm1) session=3"),
                lines);
    }

    @Test
    void aFloodIsToldByItsNumber() throws Exception {
        slow.setThreshold(1);
        for (int i = 0; i < 100; i++) {
            sent(FakeCommand.read(i, 1, 1, 2), 2 * MILLI);
        }
        await(SlowCommands.LINES_MAX + 1);
        String last = lines.getLast();
        assertTrue(last.endsWith(" more slow commands are not listed"), last);
        assertEquals(SlowCommands.LINES_MAX + 1, lines.size());
    }

    @Test
    void withoutAThresholdNothingIsTold() throws Exception {
        slow.setThreshold(1);
        slow.setThreshold(0);
        sent(FakeCommand.read(1, 1, 1, 2), Long.MAX_VALUE / 2);
        slow.setThreshold(1);
        sent(FakeCommand.read(2, 1, 1, 2), 2 * MILLI);
        await(1);
        assertTrue(lines.getFirst().contains("lba=2 "), lines::toString);
    }

    private void sent(FakeCommand command, long sentNanos) {
        slow.sent(SESSION, command, command.times(sentNanos));
    }

    private void await(int count) throws InterruptedException {
        long end = System.nanoTime() + 20_000 * MILLI;
        while (lines.size() < count && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertTrue(lines.size() >= count, lines::toString);
    }
}
