package org.dbstore.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is logged, and how.
 *
 * @param format of each line
 * @param slowCommandMillis commands that took at least so long are logged; 0 = none
 * @param auditFile where logins and changes are logged besides; empty = nowhere else
 */
public record LogConfig(Format format, int slowCommandMillis, Optional<Path> auditFile) {
    /** Text, no slow commands, no audit file. */
    public static final LogConfig DEFAULT = new LogConfig(Format.TEXT, 0, Optional.empty());

    /** Longest threshold for slow commands. */
    static final int SLOW_MILLIS_MAX = 600_000;

    /** Of a line. */
    public enum Format {
        /** For people. */
        TEXT,
        /** One JSON object. */
        JSON
    }

    /** Checks the values. */
    public LogConfig {
        if (slowCommandMillis < 0 || slowCommandMillis > SLOW_MILLIS_MAX) {
            throw new IllegalArgumentException(
                    slowCommandMillis
                            + " ms are not in 0.."
                            + SLOW_MILLIS_MAX
                            + "; choose another");
        }
    }
}
