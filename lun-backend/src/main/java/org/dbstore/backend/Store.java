package org.dbstore.backend;

import org.dbstore.backend.operation.ChangeLabels;
import org.dbstore.backend.stream.ChangedRange;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.backend.stream.VolumeDiff;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What can be done with a device, whoever holds it: {@link BlockStore} opens it itself, others ask
 * the server that has it open.
 *
 * <p>Volumes are addressed by name; one whose name is doubled, empty or undecodable by "#slot".
 */
public interface Store extends AutoCloseable {
    /**
     * Describes the device.
     *
     * @return numbers of this moment
     * @throws BackendException {@link BackendError#IO}, here as everywhere, if who holds the device
     *     cannot be reached
     */
    DeviceInfo info() throws BackendException;

    /**
     * Lists the volumes.
     *
     * @return in slot order
     * @throws BackendException as {@link #info}
     */
    List<VolumeInfo> volumes() throws BackendException;

    /**
     * Describes one volume.
     *
     * @param name its name, or "#slot"
     * @return its description
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#INVALID} if
     *     several have the name
     */
    VolumeInfo volume(String name) throws BackendException;

    /**
     * Lists the snapshots of a volume.
     *
     * @param volumeName its name, or "#slot"
     * @return head first, then its chain, then what rollbacks have left beside that
     * @throws BackendException as {@link #volume}
     */
    List<SnapshotInfo> snapshots(String volumeName) throws BackendException;

    /**
     * Creates an empty thin volume.
     *
     * @param name 1..255 bytes, without control characters, '/', '@' and leading '#'
     * @param sizeBytes 1 byte to 4 PiB, rounded up to 1 MiB
     * @throws BackendException {@link BackendError#INVALID}, {@link BackendError#ALREADY_EXISTS},
     *     {@link BackendError#LIMIT}, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    void createVolume(String name, long sizeBytes) throws BackendException;

    /**
     * Gives a volume another name; it may be in use.
     *
     * @param name present name, or "#slot"
     * @param newName as in {@link #createVolume}
     * @throws BackendException as {@link #volume} and {@link #createVolume}
     */
    void renameVolume(String name, String newName) throws BackendException;

    /**
     * Deletes a volume with all its snapshots. Linked clones of them keep what they show.
     *
     * @param name its name, or "#slot"
     * @throws BackendException as {@link #volume}; {@link BackendError#BUSY} while it or one of its
     *     snapshots is open; {@link BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link
     *     BackendError#FAILED}
     */
    void deleteVolume(String name) throws BackendException;

    /**
     * Freezes the head; works while the volume is in use.
     *
     * @param volumeName its name, or "#slot"
     * @return id of what was frozen
     * @throws BackendException as {@link #volume}; {@link BackendError#LIMIT}, {@link
     *     BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    default int createSnapshot(String volumeName) throws BackendException {
        return createSnapshots(List.of(SnapshotRequest.of(volumeName))).getFirst();
    }

    /**
     * As {@link #createSnapshot(String)}, with a name.
     *
     * @param volumeName its name, or "#slot"
     * @param name as a volume's, but not of digits alone, which mean an id; unique in the volume
     * @return id of what was frozen
     * @throws BackendException as there; {@link BackendError#INVALID}, {@link
     *     BackendError#ALREADY_EXISTS}; {@link BackendError#NO_SPACE} if the device has no room for
     *     names
     */
    default int createSnapshot(String volumeName, String name) throws BackendException {
        return createSnapshots(List.of(SnapshotRequest.of(volumeName, name))).getFirst();
    }

    /**
     * Freezes several volumes at one instant: no write that began after another one's end is in a
     * snapshot of the group without that. All snapshots are taken, or none.
     *
     * @param requests of different volumes
     * @return ids of what was frozen, in the same order
     * @throws BackendException as {@link #createSnapshot(String, String)}
     */
    List<Integer> createSnapshots(List<SnapshotRequest> requests) throws BackendException;

    /**
     * Finds a frozen snapshot of a volume.
     *
     * @param volumeName its name, or "#slot"
     * @param nameOrId of the snapshot
     * @return its id
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#INVALID} if
     *     several volumes have the name
     */
    int snapshotId(String volumeName, String nameOrId) throws BackendException;

    /**
     * Gives a snapshot a name, or another one; it may be open.
     *
     * @param snapshotId a frozen snapshot
     * @param newName as in {@link #createSnapshot(String, String)}
     * @throws BackendException as there; {@link BackendError#BUSY} if it is a head or being deleted
     */
    void renameSnapshot(int snapshotId, String newName) throws BackendException;

    /**
     * Sets and removes labels of a volume: at most {@link ChangeLabels#COUNT_MAX}, keys of 1 to 63
     * bytes without '=', values of up to 255 bytes, no control characters.
     *
     * @param name of the volume, or "#slot"
     * @param set new or changed labels
     * @param removed keys of labels that go, if they are there
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#LIMIT}; {@link BackendError#NO_SPACE} if the device has no room for labels;
     *     {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    void labelVolume(String name, Map<String, String> set, Set<String> removed)
            throws BackendException;

    /**
     * As {@link #labelVolume}, of a snapshot.
     *
     * @param snapshotId a frozen snapshot
     * @param set new or changed labels
     * @param removed keys of labels that go, if they are there
     * @throws BackendException as there; {@link BackendError#BUSY} if it is a head or being deleted
     */
    void labelSnapshot(int snapshotId, Map<String, String> set, Set<String> removed)
            throws BackendException;

    /**
     * Copies all that a snapshot shows into a new volume, published last.
     *
     * @param snapshotId a frozen snapshot, or the head of a volume that is not open
     * @param newVolumeName as in {@link #createVolume}
     * @param progress hears of each extent
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#NO_SPACE},
     *     {@link BackendError#BUSY}, and as {@link #createVolume}
     */
    void cloneSnapshot(int snapshotId, String newVolumeName, ProgressListener progress)
            throws BackendException;

    /**
     * Makes a volume at once that begins with what a snapshot holds and shares its space. Either
     * may be deleted first.
     *
     * @param snapshotId of any layer; of a head a snapshot is taken first, which stays: that works
     *     while the volume is in use
     * @param newVolumeName as in {@link #createVolume}
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#BUSY} if the
     *     snapshot is being deleted, and as {@link #createVolume}
     */
    void linkClone(int snapshotId, String newVolumeName) throws BackendException;

    /**
     * Copies what a linked clone shares with other volumes, so that it needs them no longer; works
     * while it is in use. If it fails or is interrupted, what was copied counts for the next try.
     *
     * @param volumeName its name, or "#slot"
     * @param progress hears of each extent
     * @throws BackendException as {@link #volume}; {@link BackendError#NO_SPACE}, {@link
     *     BackendError#CORRUPT}, {@link BackendError#IO}, {@link BackendError#READ_ONLY}, {@link
     *     BackendError#FAILED}
     */
    void flatten(String volumeName, ProgressListener progress) throws BackendException;

    /**
     * Takes a volume back to what one of its snapshots holds, with the size of that; works while
     * the volume is in use. All its snapshots stay.
     *
     * @param volumeName its name, or "#slot"
     * @param snapshotId of one of its snapshots
     * @param discard true to lose what the volume holds now instead of keeping it as a snapshot
     * @return id of the snapshot of what the volume held; empty if that was discarded
     * @throws BackendException as {@link #volume}; {@link BackendError#INVALID} if the snapshot is
     *     the head; {@link BackendError#LIMIT}, {@link BackendError#CORRUPT}, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    OptionalInt rollback(String volumeName, int snapshotId, boolean discard)
            throws BackendException;

    /**
     * Changes the size of a volume, which may be in use; its snapshots keep theirs. New space reads
     * as zeroes, also where the volume was larger once.
     *
     * @param volumeName its name, or "#slot"
     * @param sizeBytes 1 byte to 4 PiB, rounded up to 1 MiB
     * @param shrink what a smaller size may cost
     * @throws BackendException as {@link #volume}; {@link BackendError#INVALID} for a size that
     *     cannot be, or may not; {@link BackendError#NO_SPACE}, {@link BackendError#CORRUPT},
     *     {@link BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    void resizeVolume(String volumeName, long sizeBytes, Shrink shrink) throws BackendException;

    /**
     * Deletes a snapshot; the contents of the head and of all others are unchanged.
     *
     * @param snapshotId any but a head
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#BUSY} if it is a
     *     head or open; {@link BackendError#CORRUPT}, {@link BackendError#READ_ONLY}, {@link
     *     BackendError#FAILED}
     */
    void deleteSnapshot(int snapshotId) throws BackendException;

    /**
     * Compacts the device, which may be in use, and gives what nothing needs to the file system
     * below. A cancelled or interrupted run has lost nothing; the next one goes on.
     *
     * @param progress hears of the extents that move
     * @param cancelled asked often; true to end soon
     * @return what was done
     * @throws BackendException {@link BackendError#BUSY} if one is under way; {@link
     *     BackendError#NO_SPACE} if the file system below is full; {@link BackendError#IO}, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    VacuumInfo vacuum(ProgressListener progress, BooleanSupplier cancelled) throws BackendException;

    /**
     * Tells what {@link #vacuum} would do, but for deletions that wait to be finished.
     *
     * @return of this moment
     * @throws BackendException {@link BackendError#IO}
     */
    VacuumInfo previewVacuum() throws BackendException;

    /**
     * Shares out the space of the device; one pass over all extents in use.
     *
     * @return of this moment
     * @throws BackendException as {@link #info}
     */
    SpaceInfo space() throws BackendException;

    /**
     * Tells what {@link #deleteVolume} would win.
     *
     * @param name its name, or "#slot"
     * @return bytes, of whole extents
     * @throws BackendException as {@link #volume}
     */
    long freedByDeletingVolume(String name) throws BackendException;

    /**
     * Tells what {@link #deleteSnapshot} would win.
     *
     * @param snapshotId of a frozen layer
     * @return bytes, of whole extents
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#BUSY}
     */
    long freedByDeletingSnapshot(int snapshotId) throws BackendException;

    /**
     * Tells what is wrong with the device but does not keep it from being served.
     *
     * @return as found at the opening
     * @throws BackendException as {@link #info}
     */
    List<Finding> report() throws BackendException;

    /**
     * Opens the live head of a volume.
     *
     * @param name its name, or "#slot"
     * @return to be given back to {@link #release}
     * @throws BackendException as {@link #volume}; {@link BackendError#CORRUPT} if it cannot be
     *     served, {@link BackendError#BUSY} while it is being cloned, and while it holds a part of
     *     an import
     */
    VolumeContents openVolume(String name) throws BackendException;

    /**
     * Opens a frozen snapshot, read-only.
     *
     * @param snapshotId of any layer but a head
     * @return to be given back to {@link #release}
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#BUSY} if it is a
     *     head or being deleted; {@link BackendError#CORRUPT}
     */
    VolumeContents openSnapshot(int snapshotId) throws BackendException;

    /**
     * Gives up what an open call gave: the volume may then be deleted.
     *
     * @param contents once for each time that it was opened
     */
    void release(VolumeContents contents);

    /**
     * Compares two volumes or snapshots, extent by extent. Where both lead to the same extent
     * nothing is read.
     *
     * @param from what was; empty: a volume of zeroes
     * @param to what is; if it is written meanwhile, each extent is seen at another moment
     * @param depth what counts as a change
     * @return by offset; ranges that go on in one another are one
     * @throws BackendException {@link BackendError#IO} if what is to be compared cannot be read
     */
    List<ChangedRange> changes(
            Optional<VolumeContents> from, VolumeContents to, VolumeDiff.Depth depth)
            throws BackendException;

    /**
     * Prepares to write a snapshot, or what changed since an older one, as a stream.
     *
     * @param volumeName of the volume, or "#slot"
     * @param snapshotId what is written; frozen
     * @param baseId a snapshot that the receiver has; empty: everything is written
     * @param progress hears how far it has come
     * @return to be written from
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}
     */
    SnapshotStream exportStream(
            String volumeName, int snapshotId, OptionalInt baseId, ProgressListener progress)
            throws BackendException;

    /**
     * Prepares to receive a stream.
     *
     * @param volumeName made by a full stream, brought up to date by an increment
     * @param progress hears how far it has come
     * @return to be read into
     */
    StreamReceiver importStream(String volumeName, ProgressListener progress);

    /**
     * Tells where the import of a stream broke off.
     *
     * @param volumeName of the volume, or "#slot"
     * @return empty if none did
     * @throws BackendException as {@link #volume}; {@link BackendError#CORRUPT} if the state of the
     *     import cannot be read
     */
    Optional<StreamToken> importToken(String volumeName) throws BackendException;

    /**
     * Undoes an import that broke off: of a full one the volume goes away, after an increment it is
     * again what its newest snapshot is. May be repeated if it is interrupted itself.
     *
     * @param volumeName of the volume, or "#slot"
     * @throws BackendException as {@link #volume}; {@link BackendError#INVALID} if there is nothing
     *     to undo; {@link BackendError#BUSY} if all is there already, or a snapshot was taken of a
     *     part
     */
    void discardImport(String volumeName) throws BackendException;

    /**
     * Ends the use of the device.
     *
     * @throws BackendException {@link BackendError#FAILED} if something could not be made durable
     */
    @Override
    void close() throws BackendException;
}
