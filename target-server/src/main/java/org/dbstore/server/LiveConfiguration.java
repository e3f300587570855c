package org.dbstore.server;

import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.config.DbsConfig;
import org.dbstore.server.plan.Plan;

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
}
