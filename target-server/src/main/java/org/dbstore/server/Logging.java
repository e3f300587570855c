package org.dbstore.server;

import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.dbstore.config.LogConfig;
import org.dbstore.server.audit.Audit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Brings Log4j to what the configuration wants. Who has set up Log4j himself (system property
 * log4j2.configurationFile) without our appenders keeps what he has.
 */
final class Logging {
    // Names of appenders in log4j2.xml.
    private static final String TEXT = "text";
    private static final String JSON = "json";

    private static final String AUDIT = "audit";

    private static LogConfig applied = LogConfig.DEFAULT; // guarded by the class

    private Logging() {}

    /** Does what is to be done; nothing if it is that already. */
    static synchronized void apply(LogConfig wanted) {
        if (wanted.equals(applied)) {
            return;
        }
        applied = wanted;
        LoggerContext context = LoggerContext.getContext(false);
        Configuration configuration = context.getConfiguration();
        boolean json = wanted.format() == LogConfig.Format.JSON;
        Appender present = configuration.getAppender(json ? TEXT : JSON);
        Appender next = configuration.getAppender(json ? JSON : TEXT);
        if (present == null || next == null) {
            return;
        }
        LoggerConfig root = configuration.getRootLogger();
        root.removeAppender(present.getName());
        root.removeAppender(next.getName());
        root.addAppender(next, null, null);
        audit(configuration, next, wanted.auditFile());
        context.updateLoggers();
    }

    private static void audit(Configuration configuration, Appender like, Optional<Path> file) {
        LoggerConfig logger = configuration.getLoggerConfig(Audit.LOGGER);
        logger.removeAppender(AUDIT);
        Appender old = configuration.getAppenders().remove(AUDIT);
        if (old != null) {
            old.stop();
        }
        if (file.isEmpty()) {
            return;
        }
        Appender appender =
                FileAppender.newBuilder()
                        .withFileName(file.get().toString())
                        .withAppend(true)
                        .setName(AUDIT)
                        .setLayout(like.getLayout())
                        .setConfiguration(configuration)
                        .build();
        appender.start();
        configuration.addAppender(appender);
        logger.addAppender(appender, null, null);
    }
}
