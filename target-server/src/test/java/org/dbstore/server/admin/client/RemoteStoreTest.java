package org.dbstore.server.admin.client;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.server.admin.AdminFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** The contract, for a device that a server holds, over a real connection. */
class RemoteStoreTest extends StoreContract {
    @TempDir Path folder;

    private AdminFixture server;
    private RemoteStore store;

    @BeforeEach
    void start() throws BackendException, IOException {
        server = new AdminFixture(folder);
        store = new RemoteStore(server.client(), "main");
    }

    @AfterEach
    void stop() throws BackendException {
        server.close();
    }

    @Override
    Store store() {
        return store;
    }
}
