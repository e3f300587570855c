package org.dbstore.server.admin;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.config.DeviceConfig;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.TargetServer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is administered.
 *
 * @param server what serves
 * @param configuration of it
 * @param jobs long operations
 */
public record Administration(TargetServer server, LiveConfiguration configuration, Jobs jobs) {
    /**
     * Lists the devices that are served.
     *
     * @return by name, in the order of the configuration, without one that went a moment ago
     */
    public Map<String, BlockStore> devices() {
        Map<String, BlockStore> devices = new LinkedHashMap<>();
        for (DeviceConfig device : configuration.current().devices()) {
            BlockStore store = server.device(device.name());
            if (store != null) {
                devices.put(device.name(), store);
            }
        }
        return devices;
    }

    /**
     * Finds a device.
     *
     * @param name by the configuration
     * @throws BackendException {@link BackendError#NOT_FOUND}
     */
    public BlockStore device(String name) throws BackendException {
        BlockStore store = server.device(name);
        if (store == null) {
            throw server.notOpen(name);
        }
        return store;
    }
}
