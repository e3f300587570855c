package org.dbstore.backend.stream;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.format.Geometry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes a snapshot, or what changed since an older one, as a stream. */
public final class SnapshotExport implements SnapshotStream {
    private static final ByteBuffer ZERO_BLOCK = ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES);

    private final BlockStore store;
    private final int snapshotId;
    private final OptionalInt baseId;
    private final StreamHeader header;
    private final ProgressListener progress;
    private final ByteBuffer contents = AlignedBuffers.allocate(Geometry.EXTENT_BYTES);
    private Optional<ChangedRange> zeroes = Optional.empty(); // not written yet
    private long storedBytes;

    /**
     * Prepares the export.
     *
     * @param store holds the snapshots
     * @param volumeName of the volume, or "#slot"
     * @param snapshotId what is written; frozen
     * @param baseId a snapshot that the receiver has; empty: everything is written
     * @param progress hears how far it has come
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    public SnapshotExport(
            BlockStore store,
            String volumeName,
            int snapshotId,
            OptionalInt baseId,
            ProgressListener progress)
            throws BackendException {
        this.store = store;
        this.snapshotId = snapshotId;
        this.baseId = baseId;
        this.progress = progress;
        VolumeInfo volume = store.volume(volumeName);
        SnapshotInfo snapshot = find(volumeName, snapshotId);
        if (baseId.isPresent() && baseId.getAsInt() == snapshotId) {
            throw new BackendException(
                    BackendError.INVALID, "a snapshot cannot be the base of itself");
        }
        this.header =
                new StreamHeader(
                        volume.uuid(),
                        StreamIdentity.of(snapshot),
                        baseId.isPresent()
                                ? StreamIdentity.of(find(volumeName, baseId.getAsInt()))
                                : StreamToken.NO_BASE,
                        snapshot.sizeBytes(),
                        snapshot.createdAt(),
                        volume.name(),
                        snapshot.name().orElse(""),
                        Optional.empty());
    }

    private SnapshotInfo find(String volumeName, int id) throws BackendException {
        for (SnapshotInfo snapshot : store.snapshots(volumeName)) {
            if (snapshot.id() == id && !snapshot.head()) {
                return snapshot;
            }
        }
        throw new BackendException(
                BackendError.NOT_FOUND, "%s has no snapshot %d".formatted(volumeName, id));
    }

    @Override
    public long write(WritableByteChannel output, Optional<StreamToken> from)
            throws BackendException, IOException {
        if (from.isPresent()) {
            check(from.get());
        }
        StreamHeader beginning =
                new StreamHeader(
                        header.volume(),
                        header.snapshot(),
                        header.base(),
                        header.sizeBytes(),
                        header.createdAt(),
                        header.volumeName(),
                        header.snapshotName(),
                        from);
        StreamWriter writer = new StreamWriter(beginning, from, output);
        writer.begin();
        return writeFrames(writer, from.map(StreamToken::offset).orElse(0L));
    }

    @Override
    public long append(WritableByteChannel output, StreamToken from)
            throws BackendException, IOException {
        check(from);
        return writeFrames(new StreamWriter(header, Optional.of(from), output), from.offset());
    }

    @Override
    public void check(StreamToken from) throws StreamException {
        if (!from.snapshot().equals(header.snapshot())
                || !from.base().equals(header.base())
                || from.offset() > header.sizeBytes()
                || from.offset() % Geometry.BLOCK_BYTES != 0) {
            throw new StreamException(
                    "what is to be gone on with is of another snapshot, or has another base");
        }
    }

    private long writeFrames(StreamWriter writer, long offset)
            throws BackendException, IOException {
        Volume snapshot = store.openSnapshot(snapshotId);
        try {
            if (baseId.isEmpty()) {
                writeChanges(writer, snapshot, Optional.empty(), offset);
            } else {
                Volume base = store.openSnapshot(baseId.getAsInt());
                try {
                    writeChanges(writer, snapshot, Optional.of(base), offset);
                } finally {
                    store.release(base);
                }
            }
        } finally {
            store.release(snapshot);
        }
        return storedBytes;
    }

    private void writeChanges(
            StreamWriter writer, Volume snapshot, Optional<Volume> base, long offset)
            throws BackendException, IOException {
        VolumeDiff diff = store.diff(base, snapshot, VolumeDiff.Depth.CONTENTS).startAt(offset);
        for (Optional<ChangedRange> next = diff.next(); next.isPresent(); next = diff.next()) {
            ChangedRange range = next.get();
            progress.progress(range.offset(), header.sizeBytes());
            if (range.kind() == ChangedRange.Kind.ZERO) {
                zero(writer, range);
            } else {
                data(writer, snapshot, range);
            }
        }
        writeZeroes(writer);
        writer.end();
        progress.progress(header.sizeBytes(), header.sizeBytes());
    }

    private void data(StreamWriter writer, Volume snapshot, ChangedRange range)
            throws BackendException, IOException {
        snapshot.read(range.offset(), contents.clear().limit((int) range.lengthBytes()));
        contents.flip();
        int at = 0;
        while (at < contents.limit()) {
            boolean zero = isZero(at);
            int end = at + Geometry.BLOCK_BYTES;
            while (end < contents.limit() && isZero(end) == zero) {
                end += Geometry.BLOCK_BYTES;
            }
            if (zero) {
                zero(
                        writer,
                        new ChangedRange(range.offset() + at, end - at, ChangedRange.Kind.ZERO));
            } else {
                writeZeroes(writer);
                writer.data(range.offset() + at, contents.slice(at, end - at));
                storedBytes += end - at;
            }
            at = end;
        }
    }

    private boolean isZero(int at) {
        return contents.slice(at, Geometry.BLOCK_BYTES).mismatch(ZERO_BLOCK.duplicate()) < 0;
    }

    /** Keeps zeroes back, as more may follow; a full stream goes to where there are zeroes. */
    private void zero(StreamWriter writer, ChangedRange range) throws IOException {
        if (!header.isIncremental()) {
            return;
        }
        if (zeroes.isPresent() && zeroes.get().continuesIn(range)) {
            zeroes = Optional.of(zeroes.get().with(range));
        } else {
            writeZeroes(writer);
            zeroes = Optional.of(range);
        }
    }

    private void writeZeroes(StreamWriter writer) throws IOException {
        if (zeroes.isPresent()) {
            writer.zero(zeroes.get().offset(), zeroes.get().lengthBytes());
            zeroes = Optional.empty();
        }
    }
}
