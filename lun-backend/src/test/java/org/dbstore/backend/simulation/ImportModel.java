package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.stream.PartialImport;
import org.dbstore.backend.stream.SnapshotImport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;

/**
 * An import under way. Whatever a power loss leaves of it: nothing half shows, and it can be gone
 * on with to its end, or undone.
 */
final class ImportModel {
    private final String volume;
    private final byte[] stream;
    private final VolumeModel after;
    private boolean undo;

    /**
     * Creates the model.
     *
     * @param volume that is made or brought up to date
     * @param stream from its first byte
     * @param after the volume as it is then; its newest snapshot gets its id when it is known
     */
    ImportModel(String volume, byte[] stream, VolumeModel after) {
        this.volume = volume;
        this.stream = stream;
        this.after = after;
    }

    /** Ends what is there of it, or undoes it: in turn. */
    void end(BlockStore store) throws BackendException {
        if (isThere(store) && isPartial(store)) {
            undo = !undo;
            boolean done = undo ? discard(store) : resume(store);
            if (!done && !(undo ? resume(store) : discard(store))) {
                throw new IllegalStateException("an import can neither go on nor be undone");
            }
        }
        identify(store);
    }

    boolean isThere(BlockStore store) {
        return store.volumes().stream().anyMatch(info -> info.name().equals(volume));
    }

    boolean isPartial(BlockStore store) throws BackendException {
        return new PartialImport(store, volume).token().isPresent();
    }

    /** Returns false if it is too late: all is there. */
    boolean discard(BlockStore store) throws BackendException {
        try {
            new PartialImport(store, volume).discard();
            return true;
        } catch (BackendException e) {
            if (e.error() != BackendError.BUSY) {
                throw e;
            }
            return false;
        }
    }

    void run(BlockStore store) throws BackendException {
        try {
            run(store, stream.length);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the other; the stream breaks off after so many bytes. */
    void run(BlockStore store, int bytes) throws IOException, BackendException {
        new SnapshotImport(store, volume, ProgressListener.NONE)
                .run(Channels.newChannel(new ByteArrayInputStream(stream, 0, bytes)));
    }

    /** Returns false if it is too late: it is being undone. */
    boolean resume(BlockStore store) throws BackendException {
        try {
            new SnapshotImport(store, volume, ProgressListener.NONE)
                    .resume(Channels.newChannel(new ByteArrayInputStream(stream)));
            return true;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (BackendException e) {
            if (e.error() != BackendError.BUSY) {
                throw e;
            }
            return false;
        }
    }

    /** Tells the model which id the snapshot got that was taken last. */
    void identify(BlockStore store) throws BackendException {
        if (isThere(store) && store.snapshots(volume).size() == after.snapshots().size() + 1) {
            int newest = 0;
            for (SnapshotInfo info : store.snapshots(volume)) {
                newest = info.head() ? info.parentId() : newest;
            }
            VolumeModel.Snapshot last = after.snapshots().getFirst();
            after.snapshots()
                    .set(
                            0,
                            new VolumeModel.Snapshot(
                                    newest, last.name(), last.content(), last.extents()));
        }
    }
}
