package org.dbstore.config;

import java.nio.file.Path;

/** Reads a configuration from YAML. (Skeleton.) */
public final class ConfigReader {
    private ConfigReader() {}

    /** Reads and checks a file and the {@code conf.d/*.yaml} beside it. */
    public static DbsConfig read(Path file) throws ConfigException {
        throw new UnsupportedOperationException();
    }

    /** What runs without a config file: one sparse device, one demo volume, loopback only. */
    public static DbsConfig embeddedDefault(Path dataDirectory) {
        throw new UnsupportedOperationException();
    }
}
