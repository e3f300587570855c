package org.dbstore.server.admin;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;

/**
 * What is administered.
 *
 * @param server what serves
 * @param configuration of it
 * @param jobs long operations
 */
public record Administration(TargetServer server, LiveConfiguration configuration, Jobs jobs) {
    /**
     * Finds a device.
     *
     * @param name by the configuration
     * @throws BackendException {@link BackendError#NOT_FOUND}
     */
    public BlockStore device(String name) throws BackendException {
        BlockStore store = server.device(name);
        if (store == null) {
            throw new BackendException(BackendError.NOT_FOUND, "there is no device " + name);
        }
        return store;
    }
}
