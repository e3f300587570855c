package org.dbstore.server;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.server.scsi.StateStore;

/**
 * What a logical unit has to remember, kept in the catalogue of the device with its volume.
 *
 * @param store the device
 * @param volume "#slot" of the volume: it may be renamed while it is served
 */
record VolumeState(BlockStore store, String volume) implements StateStore {
    @Override
    public boolean isLasting() {
        return true;
    }

    @Override
    public byte[] load() throws BackendException {
        return store.scsiState(volume);
    }

    @Override
    public void save(byte[] state) throws BackendException {
        store.setScsiState(volume, state);
    }
}
