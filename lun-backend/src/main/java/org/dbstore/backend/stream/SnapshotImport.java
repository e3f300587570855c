package org.dbstore.backend.stream;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Makes a volume, or brings one up to date, from a stream; at the end a snapshot is taken that the
 * next increment fits. Until then the volume cannot be opened (see {@link PartialImport}), and what
 * was received can be gone on with or undone.
 */
public final class SnapshotImport implements StreamReceiver {
    /** Contents received between two points at which an interrupted import can go on. */
    private static final long CHECKPOINT_BYTES = 256 << 20;

    private final BlockStore store;
    private final String volumeName;
    private final ProgressListener progress;
    private final PartialImport partial;
    private long storedBytes;

    /**
     * Prepares an import.
     *
     * @param store receives it
     * @param volumeName made by a full stream, brought up to date by an increment
     * @param progress hears how far it has come
     */
    public SnapshotImport(BlockStore store, String volumeName, ProgressListener progress) {
        this.store = store;
        this.volumeName = volumeName;
        this.progress = progress;
        this.partial = new PartialImport(store, volumeName);
    }

    @Override
    public Imported run(ReadableByteChannel input) throws IOException, BackendException {
        StreamReader reader = new StreamReader(input);
        StreamHeader header = reader.header();
        if (header.continued().isPresent()) {
            throw new StreamException(
                    "the stream begins in the middle: it goes on with an import that broke off");
        }
        if (header.isIncremental()) {
            checkBase(header);
        } else {
            store.createVolume(volumeName, header.sizeBytes());
        }
        partial.set(reader.token(), false);
        return receive(reader);
    }

    @Override
    public Imported resume(ReadableByteChannel input) throws IOException, BackendException {
        Optional<PartialImport.State> state = partial.state();
        if (state.isEmpty()) {
            throw new BackendException(
                    BackendError.INVALID, volumeName + " holds no part of an import");
        }
        if (state.get().discarding()) {
            throw new BackendException(
                    BackendError.BUSY,
                    "the import of " + volumeName + " is being discarded: discard it again");
        }
        StreamReader reader = new StreamReader(input);
        StreamToken token = state.get().token();
        if (!token.isOfSameStream(reader.token())) {
            throw new StreamException("the stream is not the one that " + volumeName + " is of");
        }
        if (state.get().complete()) {
            return seal(reader.header());
        }
        checkUnchanged(reader.header());
        while (reader.token().frames() < token.frames() && reader.skip()) {
            progress.progress(reader.token().offset(), reader.header().sizeBytes());
        }
        if (!reader.token().equals(token)) {
            throw new StreamException(
                    "the stream is not what " + volumeName + " has a part of, up to " + token);
        }
        return receive(reader);
    }

    private void checkBase(StreamHeader header) throws BackendException, StreamException {
        VolumeInfo volume = store.volume(volumeName);
        if (partial.state().isPresent()) {
            throw new BackendException(
                    BackendError.BUSY,
                    volumeName + " holds a part of an import, to go on with or discard");
        }
        if (volume.sizeBytes() != header.sizeBytes()) {
            throw new StreamException(
                    "%s has %d bytes, but the snapshot of the stream %d"
                            .formatted(volumeName, volume.sizeBytes(), header.sizeBytes()));
        }
        SnapshotInfo newest = checkUnchanged(header).orElseThrow();
        Volume base = store.openSnapshot(newest.id());
        try {
            Volume head = store.openForImport(volumeName);
            try {
                VolumeDiff diff = store.diff(Optional.of(base), head, VolumeDiff.Depth.CONTENTS);
                if (diff.next().isPresent()) {
                    throw new StreamException(
                            volumeName
                                    + " was written since the snapshot that the stream is based"
                                    + " on");
                }
            } finally {
                store.release(head);
            }
        } finally {
            store.release(base);
        }
    }

    /** Returns the newest snapshot if it is what the stream is based on. */
    private Optional<SnapshotInfo> checkUnchanged(StreamHeader header)
            throws BackendException, StreamException {
        Optional<SnapshotInfo> newest = partial.newest();
        if (!newest.map(StreamIdentity::of).orElse(StreamToken.NO_BASE).equals(header.base())) {
            throw new StreamException(
                    "the newest snapshot of %s is not what the stream is based on, %s"
                            .formatted(volumeName, header.base()));
        }
        return newest;
    }

    private Imported receive(StreamReader reader) throws IOException, BackendException {
        Volume volume = store.openForImport(volumeName);
        try {
            apply(reader, volume);
        } finally {
            store.release(volume);
        }
        partial.set(reader.token(), true);
        return seal(reader.header());
    }

    private void apply(StreamReader reader, Volume volume) throws IOException, BackendException {
        StreamToken applied = reader.token();
        long sinceCheckpoint = 0;
        try {
            for (Optional<StreamReader.Read> next = reader.next();
                    next.isPresent();
                    next = reader.next()) {
                apply(next.get(), volume);
                applied = reader.token();
                sinceCheckpoint += next.get().frame().payloadBytes();
                if (sinceCheckpoint >= CHECKPOINT_BYTES) {
                    checkpoint(volume, applied);
                    sinceCheckpoint = 0;
                }
                progress.progress(applied.offset(), reader.header().sizeBytes());
            }
            volume.flush();
        } catch (IOException e) {
            checkpoint(volume, applied); // so that nothing need be sent twice
            throw e;
        }
        progress.progress(reader.header().sizeBytes(), reader.header().sizeBytes());
    }

    private void apply(StreamReader.Read read, Volume volume) throws BackendException {
        StreamFrame frame = read.frame();
        if (frame.kind() == StreamFrame.Kind.DATA) {
            volume.write(frame.offset(), read.payload());
            storedBytes += frame.lengthBytes();
        } else {
            volume.writeZeroes(frame.offset(), frame.lengthBytes());
        }
    }

    private void checkpoint(Volume volume, StreamToken token) throws BackendException {
        volume.flush();
        partial.set(token, false);
    }

    /** Takes the snapshot, unless that was done before an interruption, and opens the volume. */
    private Imported seal(StreamHeader header) throws BackendException {
        Optional<SnapshotInfo> newest = partial.newest();
        int id =
                newest.isEmpty() || StreamIdentity.of(newest.get()).equals(header.base())
                        ? createSnapshot(header)
                        : newest.get().id();
        StreamIdentity.note(store, id, header.snapshot());
        partial.clear();
        return new Imported(partial.newest().orElseThrow(), storedBytes);
    }

    private int createSnapshot(StreamHeader header) throws BackendException {
        String name = header.snapshotName();
        boolean used = false;
        for (SnapshotInfo snapshot : store.snapshots(volumeName)) {
            used |= snapshot.name().equals(Optional.of(name));
        }
        if (name.isEmpty() || used) {
            return store.createSnapshot(volumeName);
        }
        try {
            return store.createSnapshot(volumeName, name);
        } catch (BackendException e) {
            if (e.error() != BackendError.INVALID) {
                throw e;
            }
            return store.createSnapshot(volumeName); // the name is not one that is allowed here
        }
    }
}
