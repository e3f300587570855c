package org.dbstore.server;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigReader;
import org.dbstore.config.DbsConfig;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Where the configuration is read from, at the start and whenever it is read again. */
public interface ConfigSource {
    /** The main file that is written into a data directory when there is something to keep. */
    String DATA_DIRECTORY_FILE = "dbsd.yaml";

    /**
     * Reads and checks it.
     *
     * @throws ConfigException with every problem
     */
    DbsConfig read() throws ConfigException;

    /**
     * The main file, beside which edits are kept; it is there afterwards.
     *
     * @return empty if there are no files: nothing can be edited
     * @throws BackendException if it cannot be made
     */
    Optional<Path> mainFile() throws BackendException;

    /** A file, and the {@code conf.d/*.yaml} beside it. */
    static ConfigSource file(Path file) {
        return new ConfigSource() {
            @Override
            public DbsConfig read() throws ConfigException {
                return ConfigReader.read(file);
            }

            @Override
            public Optional<Path> mainFile() {
                return Optional.of(file);
            }
        };
    }

    /**
     * The file {@value #DATA_DIRECTORY_FILE} of a directory, or what runs without one: with the
     * first edit that becomes this file, so that the server is the same after a restart.
     */
    static ConfigSource dataDirectory(Path directory) {
        Path file = directory.resolve(DATA_DIRECTORY_FILE);
        return new ConfigSource() {
            @Override
            public DbsConfig read() throws ConfigException {
                return Files.exists(file)
                        ? ConfigReader.read(file)
                        : ConfigReader.embeddedDefault(directory);
            }

            @Override
            public Optional<Path> mainFile() throws BackendException {
                try {
                    Files.createDirectories(directory);
                    Files.writeString(
                            file,
                            ConfigReader.defaultText(directory),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
                } catch (FileAlreadyExistsException e) {
                    return Optional.of(file);
                } catch (IOException e) {
                    throw new BackendException(BackendError.IO, "cannot write " + file, e);
                }
                return Optional.of(file);
            }
        };
    }

    /** No file: what is in force is all there is, and nothing can be edited. */
    static ConfigSource none(TargetServer server) {
        return new ConfigSource() {
            @Override
            public DbsConfig read() {
                return server.config();
            }

            @Override
            public Optional<Path> mainFile() {
                return Optional.empty();
            }
        };
    }
}
