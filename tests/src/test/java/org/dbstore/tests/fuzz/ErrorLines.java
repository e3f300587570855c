package org.dbstore.tests.fuzz;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps what the server logs as an error: by its convention, something that an operator must mend.
 */
final class ErrorLines implements AutoCloseable {
    private static final int KEPT_MAX = 20;

    private final List<String> lines = new ArrayList<>();
    private final Logger root = (Logger) LogManager.getRootLogger();
    private final AbstractAppender appender =
            new AbstractAppender("error-lines", null, null, true, Property.EMPTY_ARRAY) {
                @Override
                public void append(LogEvent event) {
                    if (event.getLevel().isMoreSpecificThan(Level.ERROR)) {
                        keep(event);
                    }
                }
            };

    /** Begins to listen. */
    ErrorLines() {
        appender.start();
        root.addAppender(appender);
    }

    private synchronized void keep(LogEvent event) {
        if (lines.size() < KEPT_MAX) {
            Throwable cause = event.getThrown();
            String where =
                    cause == null || cause.getStackTrace().length == 0
                            ? ""
                            : " at " + cause.getStackTrace()[0];
            lines.add(event.getMessage().getFormattedMessage() + " " + cause + where);
        }
    }

    /** The first of them. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        root.removeAppender(appender);
        appender.stop();
    }
}
