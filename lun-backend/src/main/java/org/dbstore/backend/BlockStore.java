package org.dbstore.backend;

import java.nio.file.Path;
import java.util.List;

/** An open, locked device with all its volumes. (Skeleton.) */
public final class BlockStore implements AutoCloseable {
    private BlockStore() {}

    /**
     * Writes an empty store onto a file or block device. A missing file is created, sparse.
     *
     * @param path the file or block device
     * @param sizeBytes size for a file that is created or grown, 0 = as it is
     * @param overwrite true to replace a store that is there
     * @throws BackendException {@link BackendError#ALREADY_EXISTS}, {@link BackendError#INVALID},
     *     {@link BackendError#BUSY}, {@link BackendError#IO}
     */
    public static void initialize(Path path, long sizeBytes, boolean overwrite)
            throws BackendException {
        throw new UnsupportedOperationException();
    }

    public static BlockStore open(Path path, OpenOptions options) throws BackendException {
        throw new UnsupportedOperationException();
    }

    public DeviceInfo info() {
        throw new UnsupportedOperationException();
    }

    /** Volumes in slot order. */
    public List<VolumeInfo> volumes() {
        throw new UnsupportedOperationException();
    }

    /** One volume by name; a doubled name or an undecodable one is addressed as "#slot". */
    public VolumeInfo volume(String name) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** The chain of a volume, head first. */
    public List<SnapshotInfo> snapshots(String volumeName) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** The live head of a volume; the same object for each caller; follows later snapshots. */
    public Volume openVolume(String name) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** A frozen snapshot, read-only. */
    public Volume openSnapshot(int snapshotId) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** Gives up what an open call gave: the volume may then be deleted. */
    public void release(Volume volume) {
        throw new UnsupportedOperationException();
    }

    /** Size is rounded up to 1 MiB. */
    public void createVolume(String name, long sizeBytes) throws BackendException {
        throw new UnsupportedOperationException();
    }

    public void renameVolume(String name, String newName) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** {@link BackendError#BUSY} while it or one of its snapshots is open. */
    public void deleteVolume(String name) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** Freezes the head; works while the volume is in use. Returns the id of what was frozen. */
    public int createSnapshot(String volumeName) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** Full copy of what a snapshot or head shows into a new volume, published last. */
    public void cloneSnapshot(int snapshotId, String newVolumeName, ProgressListener progress)
            throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** Any snapshot but a head; contents of head and all others unchanged. BUSY while open. */
    public void deleteSnapshot(int snapshotId) throws BackendException {
        throw new UnsupportedOperationException();
    }

    /** True once a force or metadata write has failed. */
    public boolean isFailed() {
        throw new UnsupportedOperationException();
    }

    /** What is wrong with the device but does not keep it from being served; for people. */
    public List<String> findings() {
        throw new UnsupportedOperationException();
    }

    /** Commits, marks the device clean and gives up the lock. */
    @Override
    public void close() throws BackendException {
        throw new UnsupportedOperationException();
    }
}
