package org.dbstore.backend.stream;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What streams call a snapshot: its UUID, or, of one that came with a stream, the identity that the
 * stream gave. So copies of a snapshot on several devices have different UUIDs but one identity,
 * and increments fit each of them, in either direction.
 */
final class StreamIdentity {
    /** Label of a snapshot that came with a stream. */
    static final String LABEL = "dbs.stream";

    private StreamIdentity() {}

    static UUID of(SnapshotInfo snapshot) {
        String given = snapshot.labels().get(LABEL);
        return given == null ? snapshot.uuid() : UUID.fromString(given);
    }

    /** Notes what a stream calls a snapshot, durably. */
    static void note(BlockStore store, int snapshotId, UUID identity) throws BackendException {
        store.labelSnapshot(snapshotId, Map.of(LABEL, identity.toString()), Set.of());
    }
}
