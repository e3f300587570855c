package org.dbstore.server.admin;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.dbstore.server.admin.api.ErrorView;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The last errors of the log, each once, so that one that comes with every command leaves the
 * others their places. What is only a warning is left to the log: initiators can bring about as
 * many of these as they like. Safe for all threads.
 */
public final class RecentErrors implements AutoCloseable {
    static final int KEPT_MAX = 20;
    private static final int LENGTH_MAX = 500;

    /** By their messages, the latest last. */
    private final Map<String, ErrorView> errors = new LinkedHashMap<>();

    private final Listener listener = new Listener();

    /** Begins to listen to the log. */
    void listen() {
        listener.start();
        LoggerContext context = LoggerContext.getContext(false);
        root(context).addAppender(listener, Level.ERROR, null);
        context.updateLoggers();
    }

    /** The latest first. */
    public synchronized List<ErrorView> list() {
        return new ArrayList<>(errors.values()).reversed();
    }

    /** Listens no longer, if it did. */
    @Override
    public void close() {
        LoggerContext context = LoggerContext.getContext(false);
        root(context).removeAppender(listener.getName());
        context.updateLoggers();
        listener.stop();
    }

    private static LoggerConfig root(LoggerContext context) {
        return context.getConfiguration().getRootLogger();
    }

    private synchronized void note(Instant at, String message) {
        ErrorView before = errors.remove(message);
        errors.put(message, new ErrorView(at, before == null ? 1 : before.times() + 1, message));
        if (errors.size() > KEPT_MAX) {
            errors.remove(errors.keySet().iterator().next());
        }
    }

    private final class Listener extends AbstractAppender {
        Listener() {
            super("recent-errors-" + UUID.randomUUID(), null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            String message = event.getMessage().getFormattedMessage();
            Throwable cause = event.getThrown();
            if (cause != null && !message.contains(String.valueOf(cause.getMessage()))) {
                message += ": " + cause;
            }
            if (message.length() > LENGTH_MAX) {
                message = message.substring(0, LENGTH_MAX) + "...";
            }
            note(Instant.ofEpochMilli(event.getTimeMillis()), message);
        }
    }
}
