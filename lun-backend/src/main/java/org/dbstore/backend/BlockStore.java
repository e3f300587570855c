package org.dbstore.backend;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.device.DeviceLock;
import org.dbstore.backend.device.FileBlockDevice;
import org.dbstore.backend.event.RecoveryEvent;
import org.dbstore.backend.event.SnapshotEvent;
import org.dbstore.backend.event.VacuumEvent;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.operation.ChangeLabels;
import org.dbstore.backend.operation.CloneSnapshot;
import org.dbstore.backend.operation.CreateSnapshot;
import org.dbstore.backend.operation.CreateVolume;
import org.dbstore.backend.operation.DeleteSnapshot;
import org.dbstore.backend.operation.DeleteVolume;
import org.dbstore.backend.operation.DirtyMarks;
import org.dbstore.backend.operation.FlattenVolume;
import org.dbstore.backend.operation.InitializeDevice;
import org.dbstore.backend.operation.Inventory;
import org.dbstore.backend.operation.LinkClone;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.RenameSnapshot;
import org.dbstore.backend.operation.RenameVolume;
import org.dbstore.backend.operation.ResizeVolume;
import org.dbstore.backend.operation.ResumedDeletions;
import org.dbstore.backend.operation.Rollback;
import org.dbstore.backend.operation.ScsiStates;
import org.dbstore.backend.operation.SpaceAccounting;
import org.dbstore.backend.operation.Vacuum;
import org.dbstore.backend.operation.Views;
import org.dbstore.backend.recovery.DeviceOpener;
import org.dbstore.backend.stream.ChangedRange;
import org.dbstore.backend.stream.PartialImport;
import org.dbstore.backend.stream.SnapshotExport;
import org.dbstore.backend.stream.SnapshotImport;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.backend.stream.VolumeDiff;
import org.dbstore.backend.volume.StoreParts;
import org.dbstore.backend.volume.StoredVolume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * An open, locked device with all its volumes. Safe for use by many threads, none of which may be
 * interrupted while it is in here: that would close the device for all.
 */
public final class BlockStore implements Store {
    private static final Logger LOG = LogManager.getLogger(BlockStore.class);

    private final BlockDevice device;
    private final Runnable unlock;
    private final Management management;
    private final StoreParts parts;
    private final Superblock superblock;
    private final List<Finding> findings;
    private final long openingNanos;
    private final Views views;
    private final Inventory inventory;
    private final List<VolumeListener> listeners = new CopyOnWriteArrayList<>();
    private volatile StoreGuard guard = StoreGuard.NONE;
    private final CreateSnapshot snapshotting;
    private final Semaphore vacuuming = new Semaphore(1);
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final Thread resuming;

    private BlockStore(
            BlockDevice device, Runnable unlock, DeviceOpener.Opened opened, long beganNanos)
            throws BackendException {
        this.device = device;
        this.unlock = unlock;
        this.management = opened.management();
        this.parts = management.parts();
        this.superblock = opened.superblock();
        this.findings = opened.findings();
        this.views = new Views(management);
        this.inventory = new Inventory(management);
        this.snapshotting = new CreateSnapshot(management);
        this.openingNanos = System.nanoTime() - beganNanos;
        this.resuming =
                Thread.ofPlatform()
                        .daemon()
                        .name("dbs-resume")
                        .unstarted(() -> resume(opened.resumed()));
        if (!parts.readOnly()) {
            parts.commits().start();
        }
        if (!opened.resumed().isEmpty()) {
            resuming.start();
        }
    }

    private void resume(ResumedDeletions deletions) {
        try {
            deletions.run();
            LOG.info("{}: what was being deleted is gone", device.name());
        } catch (BackendException e) {
            LOG.error("{}: a deletion stops; the next opening resumes it", device.name(), e);
        }
    }

    /** It notices the end of the store, but not while it waits for space to be given back. */
    private void awaitVacuum() {
        try {
            do {
                parts.commits().awaitGivenBack(true);
            } while (!vacuuming.tryAcquire(100, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the engine", e);
        }
    }

    private void awaitResumed() {
        try {
            resuming.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a thread of the engine", e);
        }
    }

    /**
     * Writes an empty store onto a file or block device. A missing file is created, sparse, and is
     * its owner's alone.
     *
     * @param path the file or block device
     * @param sizeBytes size for a file that is created or grown, 0 = as it is
     * @param overwrite true to replace a store that is there
     * @throws BackendException {@link BackendError#ALREADY_EXISTS}, {@link BackendError#INVALID},
     *     {@link BackendError#BUSY}, {@link BackendError#IO}
     */
    public static void initialize(Path path, long sizeBytes, boolean overwrite)
            throws BackendException {
        boolean created = createIfMissing(path, sizeBytes);
        boolean done = false;
        DeviceLock lock = lockNew(path, created);
        try {
            grow(path, sizeBytes);
            try (BlockDevice device = FileBlockDevice.open(path, false, false)) {
                InitializeDevice.run(device, overwrite);
            }
            done = true;
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "initialization of " + path, e);
        } finally {
            if (created && !done) {
                path.toFile().delete();
            }
            lock.close();
        }
    }

    /** Takes the lock for an initialization; a file that was created for it goes on failure. */
    private static DeviceLock lockNew(Path path, boolean created) throws BackendException {
        try {
            return DeviceLock.acquire(path, false);
        } catch (BackendException e) {
            if (created && e.error() != BackendError.BUSY) { // busy: by now it is another's
                path.toFile().delete();
            }
            throw e;
        }
    }

    /**
     * Writes an empty store onto a device, replacing what is there.
     *
     * @param device used by nobody else; stays open
     * @throws BackendException {@link BackendError#INVALID}, {@link BackendError#IO}
     */
    public static void initialize(BlockDevice device) throws BackendException {
        InitializeDevice.run(device, true);
    }

    /**
     * Locks a device, opens it and puts right what a power loss left.
     *
     * @param path the file or block device
     * @param options how
     * @return to be closed
     * @throws BackendException {@link BackendError#BUSY} with the owner's pid, {@link
     *     BackendError#NOT_FOUND}, {@link BackendError#NOT_A_STORE}, {@link BackendError#CORRUPT},
     *     {@link BackendError#IO}
     */
    public static BlockStore open(Path path, OpenOptions options) throws BackendException {
        DeviceLock lock = DeviceLock.acquire(path, options.readOnly());
        try {
            BlockDevice device = openFile(path, options);
            return open(device, options, BootId.current(), lock::close);
        } catch (BackendException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Opens a store on a device that is open already; nothing locks it.
     *
     * @param device used by nobody else; closed with the store, or if it cannot be opened
     * @param options only whether read-only; the device itself says how bytes move
     * @return to be closed
     * @throws BackendException as the other
     */
    public static BlockStore open(BlockDevice device, OpenOptions options) throws BackendException {
        return open(device, options, BootId.current());
    }

    /**
     * As the other, in a system that is not the present one, for simulations of its end.
     *
     * @param device as there
     * @param options as there
     * @param bootId stands for one run of the system
     * @return to be closed
     * @throws BackendException as there
     */
    public static BlockStore open(BlockDevice device, OpenOptions options, UUID bootId)
            throws BackendException {
        return open(device, options, bootId, () -> {});
    }

    private static BlockStore open(
            BlockDevice device, OpenOptions options, UUID bootId, Runnable unlock)
            throws BackendException {
        long beganNanos = System.nanoTime();
        RecoveryEvent event = new RecoveryEvent();
        event.begin();
        try {
            DeviceOpener.Opened opened = DeviceOpener.open(device, options, bootId);
            BlockStore store = new BlockStore(device, unlock, opened, beganNanos);
            event.finish(device.name(), store.findings.size());
            store.findings.forEach(finding -> log(device, finding));
            return store;
        } catch (BackendException | RuntimeException | Error e) {
            closeQuietly(device, e);
            throw e;
        }
    }

    @Override
    public DeviceInfo info() {
        management.lock().lock();
        try {
            return new DeviceInfo(
                    Path.of(device.name()),
                    Superblock.versionName(superblock.version()),
                    superblock.identity().orElse(new UUID(0, 0)),
                    superblock.deviceBytes(),
                    parts.geometry().usableExtents(),
                    parts.table().usedCount(),
                    parts.commits().highWater(),
                    management.directory().volumes().size(),
                    management.directory().layerCount());
        } finally {
            management.lock().unlock();
        }
    }

    /**
     * Tells what was counted since the device was opened.
     *
     * @return numbers of this moment
     */
    public StoreStatistics statistics() {
        return new StoreStatistics(
                parts.commits().count(),
                parts.commits().nanos(),
                parts.commits().waiters(),
                parts.barrier().count(),
                parts.barrier().nanos(),
                parts.commits().journalBytes(),
                parts.commits().journalUse(),
                parts.copyOnWrite().copiedBytes(),
                openingNanos);
    }

    @Override
    public List<VolumeInfo> volumes() {
        return inventory.volumes();
    }

    @Override
    public VolumeInfo volume(String name) throws BackendException {
        return inventory.volume(name);
    }

    /**
     * Finds the slot of a volume, by which it can be addressed whatever its name becomes.
     *
     * @param name its name, or "#slot"
     * @return 0..255
     * @throws BackendException as {@link #volume}
     */
    public int slot(String name) throws BackendException {
        return inventory.slot(name);
    }

    @Override
    public List<SnapshotInfo> snapshots(String volumeName) throws BackendException {
        return inventory.snapshots(volumeName);
    }

    /** As {@link Store#openVolume}: the same object for each caller; it follows later snapshots. */
    @Override
    public Volume openVolume(String name) throws BackendException {
        return views.openVolume(name);
    }

    /**
     * Opens the live head of a volume for an import, also if it holds a part of one.
     *
     * @param name its name, or "#slot"
     * @return to be given back to {@link #release}
     * @throws BackendException as {@link #openVolume}; {@link BackendError#BUSY} if it is open
     */
    public Volume openForImport(String name) throws BackendException {
        return views.openForImport(name);
    }

    /**
     * Compares two volumes or snapshots, extent by extent. Where both lead to the same extent
     * nothing is read.
     *
     * @param from what was; empty: a volume of zeroes
     * @param to what is; if it is written meanwhile, each extent is seen at another moment
     * @param depth what counts as a change
     * @return the changes, to be pulled; both must stay open
     */
    public VolumeDiff diff(Optional<Volume> from, Volume to, VolumeDiff.Depth depth) {
        return new VolumeDiff(from.map(StoredVolume.class::cast), (StoredVolume) to, depth);
    }

    @Override
    public List<ChangedRange> changes(
            Optional<VolumeContents> from, VolumeContents to, VolumeDiff.Depth depth)
            throws BackendException {
        return new VolumeDiff(from.map(StoredVolume.class::cast), (StoredVolume) to, depth).all();
    }

    @Override
    public SnapshotStream exportStream(
            String volumeName, int snapshotId, OptionalInt baseId, ProgressListener progress)
            throws BackendException {
        return new SnapshotExport(this, volumeName, snapshotId, baseId, progress);
    }

    @Override
    public StreamReceiver importStream(String volumeName, ProgressListener progress) {
        return new SnapshotImport(this, volumeName, progress);
    }

    @Override
    public Optional<StreamToken> importToken(String volumeName) throws BackendException {
        return new PartialImport(this, volumeName).token();
    }

    @Override
    public void discardImport(String volumeName) throws BackendException {
        new PartialImport(this, volumeName).discard();
    }

    @Override
    public Volume openSnapshot(int snapshotId) throws BackendException {
        return views.openSnapshot(snapshotId);
    }

    @Override
    public void release(VolumeContents contents) {
        views.release(contents);
    }

    @Override
    public void createVolume(String name, long sizeBytes) throws BackendException {
        new CreateVolume(management).run(name, sizeBytes);
    }

    @Override
    public void renameVolume(String name, String newName) throws BackendException {
        guard.renameVolume(name, newName, () -> new RenameVolume(management).run(name, newName));
    }

    @Override
    public void deleteVolume(String name) throws BackendException {
        guard.deleteVolume(name, () -> new DeleteVolume(management).run(name));
    }

    @Override
    public List<Integer> createSnapshots(List<SnapshotRequest> requests) throws BackendException {
        SnapshotEvent event = new SnapshotEvent();
        event.begin();
        List<Integer> ids = snapshotting.run(requests);
        event.finish(device.name(), requests.size());
        guard.snapshotsChanged();
        return ids;
    }

    @Override
    public int snapshotId(String volumeName, String nameOrId) throws BackendException {
        return inventory.snapshotId(volumeName, nameOrId);
    }

    @Override
    public void renameSnapshot(int snapshotId, String newName) throws BackendException {
        guard.renameSnapshot(
                snapshotId, newName, () -> new RenameSnapshot(management).run(snapshotId, newName));
    }

    @Override
    public void labelVolume(String name, Map<String, String> set, Set<String> removed)
            throws BackendException {
        new ChangeLabels(management, set, removed).ofVolume(name);
    }

    @Override
    public void labelSnapshot(int snapshotId, Map<String, String> set, Set<String> removed)
            throws BackendException {
        new ChangeLabels(management, set, removed).ofSnapshot(snapshotId);
    }

    /**
     * Reads what a SCSI target has to remember of a volume, such as persistent reservations.
     *
     * @param volumeName its name, or "#slot"
     * @return as it was written last; empty at first
     * @throws BackendException as {@link #volume}; {@link BackendError#CORRUPT} if it is damaged
     */
    public byte[] scsiState(String volumeName) throws BackendException {
        return new ScsiStates(management).read(volumeName);
    }

    /**
     * Writes what {@link #scsiState} reads. It is durable when this returns. It stays with the
     * volume when that is renamed, and goes with it.
     *
     * @param volumeName its name, or "#slot"
     * @param state at most 64 KiB
     * @throws BackendException as {@link #volume}; {@link BackendError#INVALID} if it is too long,
     *     {@link BackendError#NO_SPACE} if the device has no room for it, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void setScsiState(String volumeName, byte[] state) throws BackendException {
        new ScsiStates(management).write(volumeName, state);
    }

    @Override
    public void cloneSnapshot(int snapshotId, String newVolumeName, ProgressListener progress)
            throws BackendException {
        new CloneSnapshot(management, newVolumeName, progress).run(snapshotId);
    }

    @Override
    public void linkClone(int snapshotId, String newVolumeName) throws BackendException {
        new LinkClone(management).run(snapshotId, newVolumeName);
    }

    @Override
    public void flatten(String volumeName, ProgressListener progress) throws BackendException {
        new FlattenVolume(management, progress).run(volumeName);
    }

    @Override
    public OptionalInt rollback(String volumeName, int snapshotId, boolean discard)
            throws BackendException {
        int safety = new Rollback(management, volumeName, discard, this::tell).run(snapshotId);
        guard.snapshotsChanged();
        return safety == 0 ? OptionalInt.empty() : OptionalInt.of(safety);
    }

    @Override
    public void resizeVolume(String volumeName, long sizeBytes, Shrink shrink)
            throws BackendException {
        new ResizeVolume(management, shrink, this::tell).run(volumeName, sizeBytes);
    }

    /**
     * Tells of changes that users of open volumes must know of: initiators have to be told that the
     * capacity is another, or that what they have cached is worth nothing.
     *
     * @param listener hears of volumes that are open
     */
    public void listen(VolumeListener listener) {
        listeners.add(listener);
    }

    /**
     * Sets up who has a say in names and ends of volumes and snapshots.
     *
     * @param newGuard instead of the one before
     */
    public void guardedBy(StoreGuard newGuard) {
        guard = newGuard;
    }

    private void tell(Volume volume, VolumeListener.Change change) {
        listeners.forEach(listener -> listener.changed(volume, change));
    }

    @Override
    public void deleteSnapshot(int snapshotId) throws BackendException {
        guard.deleteSnapshot(snapshotId, () -> new DeleteSnapshot(management).run(snapshotId));
    }

    @Override
    public VacuumInfo vacuum(ProgressListener progress, BooleanSupplier cancelled)
            throws BackendException {
        if (!vacuuming.tryAcquire()) {
            throw new BackendException(
                    BackendError.BUSY, "a vacuum of " + device.name() + " is under way");
        }
        try {
            VacuumEvent event = new VacuumEvent();
            event.begin();
            VacuumInfo done =
                    new Vacuum(
                                    management,
                                    () -> open.get() && views.areOpen(),
                                    progress,
                                    () -> !open.get() || cancelled.getAsBoolean())
                            .run();
            event.finish(device.name());
            return done;
        } finally {
            vacuuming.release();
        }
    }

    @Override
    public VacuumInfo previewVacuum() throws BackendException {
        return new Vacuum(management, views::areOpen, ProgressListener.NONE, () -> false).preview();
    }

    @Override
    public SpaceInfo space() throws BackendException {
        return new SpaceAccounting(management).device();
    }

    @Override
    public long freedByDeletingVolume(String name) throws BackendException {
        return new SpaceAccounting(management).freedByDeletingVolume(name);
    }

    @Override
    public long freedByDeletingSnapshot(int snapshotId) throws BackendException {
        return new SpaceAccounting(management).freedByDeletingSnapshot(snapshotId);
    }

    /**
     * Tells whether a force or a metadata write has failed.
     *
     * @return true for ever then
     */
    public boolean isFailed() {
        return parts.health().isFailed();
    }

    /**
     * Tells what is wrong with the device but does not keep it from being served.
     *
     * @return sentences for people, as found at the opening
     */
    public List<String> findings() {
        return findings.stream().map(Finding::text).toList();
    }

    @Override
    public List<Finding> report() {
        return findings;
    }

    private static void log(BlockDevice device, Finding finding) {
        if (finding.severity() == Severity.INFO) {
            LOG.info("{}: {}", device.name(), finding.text());
        } else {
            LOG.warn("{}: {}", device.name(), finding.text());
        }
    }

    /**
     * Waits for requests under way, cancels a vacuum, commits, and gives up the device and the
     * lock.
     *
     * @throws BackendException {@link BackendError#FAILED} if something could not be made durable;
     *     device and lock are given up all the same
     */
    @Override
    public void close() throws BackendException {
        if (!open.compareAndSet(true, false)) {
            return;
        }
        try {
            awaitResumed(); // the original knows nothing of marks
            awaitVacuum();
            views.closeAll();
            if (!parts.readOnly()) {
                commitLast();
            }
        } finally {
            closeDevice();
        }
    }

    private void commitLast() throws BackendException {
        try {
            parts.commits().reclaim(true);
            new DirtyMarks(management).clear();
        } finally {
            parts.commits().stop();
        }
        parts.commits().close();
    }

    private void closeDevice() throws BackendException {
        try {
            device.close();
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + device.name(), e);
        } finally {
            unlock.run();
        }
    }

    private static BlockDevice openFile(Path path, OpenOptions options) throws BackendException {
        boolean direct = options.io() == OpenOptions.Io.DIRECT;
        return FileBlockDevice.openInWords(path, direct, options.readOnly());
    }

    private static boolean createIfMissing(Path path, long sizeBytes) throws BackendException {
        if (Files.exists(path)) {
            return false;
        }
        if (sizeBytes <= 0) {
            throw new BackendException(
                    BackendError.INVALID, path + " does not exist; its size is needed");
        }
        try {
            // What initiators keep there is nobody else's to read.
            Files.createFile(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false; // somebody was faster; the lock decides
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "creation of " + path, e);
        }
    }

    private static void grow(Path path, long sizeBytes) throws BackendException, IOException {
        if (sizeBytes == 0) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            boolean blockDevice = DeviceLock.isBlockDevice(path);
            long present = blockDevice ? file.getChannel().size() : file.length();
            if (sizeBytes < present || (blockDevice && sizeBytes != present)) {
                throw new BackendException(
                        BackendError.INVALID,
                        "%s has %d bytes and cannot be made %d"
                                .formatted(path, present, sizeBytes));
            }
            if (sizeBytes > present) {
                file.setLength(sizeBytes);
            }
        }
    }

    private static void closeQuietly(BlockDevice device, Throwable cause) {
        try {
            device.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
