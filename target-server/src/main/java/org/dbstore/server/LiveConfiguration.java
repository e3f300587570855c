package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.Edit;
import org.dbstore.config.ManagedFile;
import org.dbstore.server.plan.Plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The configuration of a running server: what it is, what another one would change, and how it
 * becomes that. Safe for all threads.
 */
public final class LiveConfiguration {
    private static final Logger LOG = LogManager.getLogger(LiveConfiguration.class);

    private final TargetServer server;
    private final ConfigSource source;

    /**
     * Manages the configuration of a server.
     *
     * @param source of which the present configuration was read
     */
    public LiveConfiguration(TargetServer server, ConfigSource source) {
        this.server = server;
        this.source = source;
        server.keepsNamesBy(this::follow);
    }

    /** The configuration in force. */
    public DbsConfig current() {
        return server.config();
    }

    /** Counts the configurations that were in force since the start, from 1. */
    public long version() {
        return server.version();
    }

    /**
     * What another configuration would change, and whom it would touch.
     *
     * @param next a checked configuration
     */
    public Plan plan(DbsConfig next) {
        return server.plan(next);
    }

    /**
     * What it would change to read the files again.
     *
     * @throws ConfigException with every problem of every file
     */
    public Plan planReread() throws ConfigException {
        return plan(source.read());
    }

    /**
     * What edits would change.
     *
     * @throws ConfigException as {@link #edit}
     * @throws BackendException as {@link #edit}
     */
    public Plan plan(List<Edit> edits) throws ConfigException, BackendException {
        return plan(managed().with(edits).check());
    }

    /**
     * Makes a plan true, in one transaction: if any part of it fails, all stays as it was.
     *
     * @param plan of the version in force
     * @throws BackendException {@link BackendError#BUSY} if there is an obstacle, or the plan is of
     *     another version; otherwise what failed, with the target, LUN, device or portal
     */
    public Applied apply(Plan plan) throws BackendException {
        return server.apply(plan, () -> {});
    }

    /**
     * Reads the files again and makes true what they say. What is wrong, and each change, is
     * logged.
     *
     * @return false if that failed: all stays as it was
     */
    public boolean reload() {
        try {
            Applied applied = apply(planReread());
            LOG.info(
                    "configuration: read again, {} changes, version {}",
                    applied.changes().size(),
                    applied.version());
            applied.warnings().forEach(warning -> LOG.warn("configuration: {}", warning));
            return true;
        } catch (ConfigException e) {
            LOG.error("configuration: refused, nothing is changed");
            e.problems().forEach(problem -> LOG.error("configuration: {}", problem));
        } catch (BackendException e) {
            LOG.error("configuration: not applied, nothing is changed: {}", e.getMessage());
        }
        return false;
    }

    /**
     * Edits the managed file: checked as a whole, applied in one transaction, and only then kept.
     *
     * @param edits all are made, or none
     * @param expectedVersion refused if another one is in force; empty: whatever it is
     * @throws ConfigException if an edit touches a file of the user's, or makes the configuration
     *     wrong
     * @throws BackendException {@link BackendError#BUSY} if another version is in force, or the
     *     files hold changes that are not; {@link BackendError#IO} if the file cannot be kept;
     *     otherwise as {@link #apply}
     */
    public Applied edit(List<Edit> edits, OptionalLong expectedVersion)
            throws ConfigException, BackendException {
        long version = version();
        if (expectedVersion.isPresent() && expectedVersion.getAsLong() != version) {
            throw new BackendException(
                    BackendError.BUSY,
                    "version "
                            + version
                            + " of the configuration is in force, not "
                            + expectedVersion.getAsLong()
                            + "; look at it, and edit again");
        }
        ManagedFile before = managed();
        ManagedFile after = before.with(edits);
        Plan plan = plan(after.check());
        return server.apply(plan, () -> keep(before, after));
    }

    /** The managed file; the files must say what is in force. */
    private ManagedFile managed() throws ConfigException, BackendException {
        Optional<Path> main = source.mainFile();
        if (main.isEmpty()) {
            throw new BackendException(
                    BackendError.INVALID,
                    "this server has no configuration file; start it with --config");
        }
        if (!source.read().equals(current())) {
            throw new BackendException(
                    BackendError.BUSY,
                    "the files beside "
                            + main.get()
                            + " hold changes that are not in force; apply them first");
        }
        return ManagedFile.read(main.get());
    }

    private static void keep(ManagedFile before, ManagedFile after) throws BackendException {
        try {
            after.write();
        } catch (IOException e) {
            BackendException failure =
                    new BackendException(
                            BackendError.IO, "cannot keep the change in " + after.path(), e);
            try {
                before.write();
            } catch (IOException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    /** A new name of a volume or snapshot: only what the managed file names can follow. */
    private TargetServer.Step follow(DbsConfig config, DbsConfig renamed) throws BackendException {
        if (source.mainFile().isEmpty()) {
            return () -> {};
        }
        try {
            ManagedFile before = managed();
            ManagedFile after = before.with(NameEdits.of(config, renamed));
            if (!after.check().equals(renamed)) {
                throw new BackendException(
                        BackendError.BUSY,
                        "the old name stands in a file that dbsd does not write; change it there"
                                + " while dbsd is stopped, and rename by dbsctl");
            }
            return () -> keep(before, after);
        } catch (ConfigException e) {
            throw new BackendException(
                    BackendError.BUSY,
                    "the old name stands in a file that dbsd does not write; change it there while"
                            + " dbsd is stopped, and rename by dbsctl: "
                            + e.getMessage(),
                    e);
        }
    }
}
