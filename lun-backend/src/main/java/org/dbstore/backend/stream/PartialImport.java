package org.dbstore.backend.stream;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.operation.Views;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state of an import, kept durably with the volume: while it is there nobody but the import can
 * open the volume, so nothing half shows.
 */
public final class PartialImport {
    /** End of the label while what was received is being undone. */
    private static final String DISCARDING = "-";

    private final BlockStore store;
    private final String volumeName;

    /**
     * State of an import.
     *
     * @param token what is durable of the stream
     * @param complete true if that is all; only the snapshot, or its identity, may be missing
     * @param discarding true if a part of it may have been undone already
     */
    record State(StreamToken token, boolean complete, boolean discarding) {}

    /**
     * Gives access to the state of a volume.
     *
     * @param store holds the volume
     * @param volumeName of the volume, or "#slot"
     */
    public PartialImport(BlockStore store, String volumeName) {
        this.store = store;
        this.volumeName = volumeName;
    }

    /**
     * Tells where an import broke off.
     *
     * @return empty if none did
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}; {@link
     *     BackendError#CORRUPT} if the state cannot be read
     */
    public Optional<StreamToken> token() throws BackendException {
        return state().map(State::token);
    }

    Optional<State> state() throws BackendException {
        String text = store.volume(volumeName).labels().get(Views.PARTIAL_IMPORT);
        if (text == null) {
            return Optional.empty();
        }
        boolean complete = text.endsWith(Views.IMPORT_COMPLETE);
        boolean discarding = text.endsWith(DISCARDING);
        try {
            String token = complete || discarding ? text.substring(0, text.length() - 1) : text;
            return Optional.of(new State(StreamToken.parse(token), complete, discarding));
        } catch (IllegalArgumentException e) {
            throw new BackendException(
                    BackendError.CORRUPT, "state of the import of " + volumeName, e);
        }
    }

    void set(StreamToken token, boolean complete) throws BackendException {
        set(token + (complete ? Views.IMPORT_COMPLETE : ""));
    }

    private void set(String label) throws BackendException {
        store.labelVolume(volumeName, Map.of(Views.PARTIAL_IMPORT, label), Set.of());
    }

    void clear() throws BackendException {
        store.labelVolume(volumeName, Map.of(), Set.of(Views.PARTIAL_IMPORT));
    }

    /** Returns the newest frozen snapshot, below the head. */
    Optional<SnapshotInfo> newest() throws BackendException {
        int parent = 0;
        for (SnapshotInfo layer : store.snapshots(volumeName)) {
            if (layer.head()) {
                parent = layer.parentId();
            } else if (layer.id() == parent) {
                return Optional.of(layer);
            }
        }
        return Optional.empty();
    }

    /**
     * Undoes an import that broke off: of a full one the volume goes away, after an increment it is
     * again what its newest snapshot is. If it is interrupted itself it has to be repeated.
     *
     * @throws BackendException {@link BackendError#INVALID} if there is nothing to undo; {@link
     *     BackendError#BUSY} if all is there already, or a snapshot was taken of a part
     */
    public void discard() throws BackendException {
        Optional<State> state = state();
        if (state.isEmpty()) {
            throw new BackendException(
                    BackendError.INVALID, volumeName + " holds no part of an import");
        }
        if (state.get().complete()) {
            throw new BackendException(
                    BackendError.BUSY,
                    "the import of " + volumeName + " is complete: go on with it to end it");
        }
        if (state.get().token().base().equals(StreamToken.NO_BASE)) {
            store.deleteVolume(volumeName);
            return;
        }
        SnapshotInfo base = newest().orElseThrow(this::changed);
        if (!StreamIdentity.of(base).equals(state.get().token().base())) {
            throw changed();
        }
        set(state.get().token() + DISCARDING); // from now on what the token says is not there
        restore(base);
        clear();
    }

    BackendException changed() {
        return new BackendException(
                BackendError.BUSY,
                "the snapshots of " + volumeName + " have changed since its import began");
    }

    private void restore(SnapshotInfo snapshot) throws BackendException {
        Volume head = store.openForImport(volumeName);
        try {
            Volume base = store.openSnapshot(snapshot.id());
            try {
                copyChanges(head, base);
            } finally {
                store.release(base);
            }
        } finally {
            store.release(head);
        }
    }

    private void copyChanges(Volume head, Volume base) throws BackendException {
        ByteBuffer contents = AlignedBuffers.allocate(Geometry.EXTENT_BYTES);
        VolumeDiff diff = store.diff(Optional.of(head), base, VolumeDiff.Depth.CONTENTS);
        for (Optional<ChangedRange> next = diff.next(); next.isPresent(); next = diff.next()) {
            ChangedRange range = next.get();
            if (range.kind() == ChangedRange.Kind.ZERO) {
                head.unmap(range.offset(), range.lengthBytes());
            } else {
                base.read(range.offset(), contents.clear().limit((int) range.lengthBytes()));
                head.write(range.offset(), contents.flip());
            }
        }
        head.flush();
    }
}
