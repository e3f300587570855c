package org.dbstore.server.schedule;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;

import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** The devices that snapshots are taken on. While one is used, it does not go away. */
final class OpenDevices {
    private final ReentrantLock use = new ReentrantLock();
    private Map<String, ? extends Store> stores = Map.of();

    /** Something to be done with a device. */
    interface Action<T> {
        T on(Store store) throws BackendException;
    }

    /** Uses these devices from now on; no other is used any more when it returns. */
    void replace(Map<String, ? extends Store> next) {
        use.lock();
        try {
            stores = Map.copyOf(next);
        } finally {
            use.unlock();
        }
    }

    /** Does one thing; {@link #replace} waits for its end. */
    <T> T with(String device, Action<T> action) throws BackendException {
        use.lock();
        try {
            Store store = stores.get(device);
            if (store == null) {
                throw new BackendException(
                        BackendError.NOT_FOUND, "device " + device + " is not open");
            }
            return action.on(store);
        } finally {
            use.unlock();
        }
    }
}
