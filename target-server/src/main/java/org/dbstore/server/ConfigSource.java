package org.dbstore.server;

import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.ManagedFile;

import java.nio.file.Path;
import java.util.List;

/** Where the configuration is read from, at the start and whenever it is read again. */
public interface ConfigSource {
    /**
     * Reads and checks it.
     *
     * @throws ConfigException with every problem
     */
    DbsConfig read() throws ConfigException;

    /**
     * Reads the file in which edits are kept.
     *
     * @throws ConfigException if a file of the configuration is wrong, or there is none
     */
    default ManagedFile managed() throws ConfigException {
        throw new ConfigException(
                List.of("dbsd runs without a configuration file; start it with --config FILE"));
    }

    /** A file, and the {@code conf.d/*.yaml} beside it. */
    static ConfigSource file(Path file) {
        return new ConfigSource() {
            @Override
            public DbsConfig read() throws ConfigException {
                return ConfigReader.read(file);
            }

            @Override
            public ManagedFile managed() throws ConfigException {
                return ManagedFile.read(file);
            }
        };
    }
}
