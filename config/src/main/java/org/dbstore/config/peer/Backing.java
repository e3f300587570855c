package org.dbstore.config.peer;

import org.dbstore.config.Place;

/**
 * What a peer serves as a LUN.
 *
 * @param name as the peer calls it
 * @param path file or device with the raw data
 * @param sizeBytes as the peer says; 0 = it does not
 * @param blockBytes logical block length
 */
record Backing(
        String name,
        String path,
        long sizeBytes,
        boolean readOnly,
        boolean writeBack,
        int blockBytes,
        Place place) {
    Backing withReadOnly() {
        return new Backing(name, path, sizeBytes, true, writeBack, blockBytes, place);
    }
}
