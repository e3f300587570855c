package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.dbstore.config.LogConfig;
import org.dbstore.server.audit.Audit;
import org.dbstore.server.audit.AuditFile;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Brings Log4j to what the configuration wants. Who has set up Log4j himself (system property
 * log4j2.configurationFile) without our appenders keeps what he has.
 */
final class Logging {
    private static final Logger LOG = LogManager.getLogger(Logging.class);

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

    /** Goes on in files of the same names: the present ones may have been renamed. */
    static synchronized void reopen() {
        LoggerContext context = LoggerContext.getContext(false);
        if (context.getConfiguration().getAppender(AUDIT) instanceof AuditFile file) {
            try {
                file.reopen();
            } catch (IOException e) {
                LOG.error("the audit log stays in its old file: {}", reason(e));
            }
        } else if (applied.auditFile().isPresent()) { // it could not be opened before
            LogConfig wanted = applied;
            applied = LogConfig.DEFAULT;
            apply(wanted);
        }
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
        try {
            Appender appender = new AuditFile(AUDIT, file.get(), like.getLayout());
            appender.start();
            configuration.addAppender(appender);
            logger.addAppender(appender, null, null);
        } catch (IOException e) {
            LOG.error(
                    "the audit log has no file of its own: {}; let dbsd write there, then reload"
                            + " it",
                    reason(e));
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof NoSuchFileException missing
                ? missing.getFile() + " cannot be made: there is no such folder"
                : failure instanceof AccessDeniedException denied
                        ? "no permission for " + denied.getFile()
                        : String.valueOf(failure.getMessage());
    }
}
