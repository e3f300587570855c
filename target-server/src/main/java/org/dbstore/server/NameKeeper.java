package org.dbstore.server;

import org.dbstore.backend.BackendException;
import org.dbstore.config.DbsConfig;

/** Brings a new name of a volume or snapshot into what the configuration is read from. */
@FunctionalInterface
interface NameKeeper {
    /** There are no files. */
    NameKeeper IN_MEMORY = (config, renamed) -> () -> {};

    /**
     * Prepares for a new name.
     *
     * @param config with the old name
     * @param renamed with the new one
     * @return writes it; called when the rest has been done
     * @throws BackendException if it cannot be written; says where the old name stands and the
     *     remedy
     */
    TargetServer.Step follow(DbsConfig config, DbsConfig renamed) throws BackendException;
}
