package org.dbstore.server.admin.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeContents;
import org.dbstore.server.admin.AdminFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
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

    @Test
    void whatInitiatorsUseIsNotWrittenAndTheServerSaysWhy() throws BackendException {
        for (int bytes : new int[] {512, 3 << 20}) {
            VolumeContents served = store.openVolume("served");
            served.write(0, ByteBuffer.allocate(bytes).put(0, (byte) 1));
            BackendException failure = assertThrows(BackendException.class, served::flush);
            assertEquals(BackendError.BUSY, failure.error(), failure.getMessage());
            assertEquals("served is in use", failure.getMessage());
        }
        assertEquals(0, store.volume("served").mappedBytes());
    }

    @Override
    Store store() {
        return store;
    }
}
