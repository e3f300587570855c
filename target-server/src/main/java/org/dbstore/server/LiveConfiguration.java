package org.dbstore.server;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.Edit;
import org.dbstore.config.ManagedFile;
import org.dbstore.server.plan.Plan;

import java.io.IOException;
import java.util.List;

/**
 * The configuration of a running server: what it is, what another one would change, and how it
 * becomes that. Safe for all threads.
 */
public final class LiveConfiguration {
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
     * Makes a plan true, in one transaction: if any part of it fails, all stays as it was.
     *
     * @param plan of the version in force
     * @throws BackendException as {@link TargetServer#apply}
     */
    public Applied apply(Plan plan) throws BackendException {
        return server.apply(plan, () -> {});
    }

    /**
     * What edits of the managed file would change.
     *
     * @param edits none: the files are read again
     * @throws ConfigException if they cannot be made, or make something wrong
     */
    public Plan plan(List<Edit> edits) throws ConfigException {
        return edits.isEmpty() ? planReread() : plan(source.managed().with(edits).check());
    }

    /**
     * Makes edits true and keeps them, in one transaction: if any part of it fails, all stays as it
     * was, the file too.
     *
     * @param edits none: the files are read again
     * @param version of the configuration that they start from
     * @throws ConfigException if they cannot be made, or make something wrong
     * @throws BackendException as {@link TargetServer#apply}; {@link BackendError#IO} if the file
     *     cannot be written
     */
    public synchronized Applied apply(List<Edit> edits, long version)
            throws ConfigException, BackendException {
        if (edits.isEmpty()) {
            return server.apply(from(planReread(), version), () -> {});
        }
        ManagedFile edited = source.managed().with(edits);
        return server.apply(from(plan(edited.check()), version), () -> keep(edited));
    }

    private static Plan from(Plan plan, long version) {
        return new Plan(plan.next(), version, plan.changes(), plan.obstacles());
    }

    private static void keep(ManagedFile edited) throws BackendException {
        try {
            edited.write();
        } catch (IOException e) {
            throw new BackendException(
                    BackendError.IO, edited.path() + " cannot be written: " + e.getMessage(), e);
        }
    }
}
