package org.dbstore.server;

import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;

import java.nio.file.Path;

/** Where the configuration is read from, at the start and whenever it is read again. */
public interface ConfigSource {
    /**
     * Reads and checks it.
     *
     * @throws ConfigException with every problem
     */
    DbsConfig read() throws ConfigException;

    /** A file, and the {@code conf.d/*.yaml} beside it. */
    static ConfigSource file(Path file) {
        return () -> ConfigReader.read(file);
    }
}
