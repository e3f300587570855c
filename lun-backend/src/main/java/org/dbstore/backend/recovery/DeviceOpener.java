package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Problem;
import org.dbstore.backend.catalogue.Catalogue;
import org.dbstore.backend.catalogue.ReservedSpace;
import org.dbstore.backend.commit.CommitStart;
import org.dbstore.backend.commit.GroupCommit;
import org.dbstore.backend.commit.IntentLog;
import org.dbstore.backend.commit.JournalSetup;
import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.commit.Mirror;
import org.dbstore.backend.commit.MirrorBuilder;
import org.dbstore.backend.commit.Transaction;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.CopyOnWrite;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.CloseStamp;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.format.VolumeEntry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.DirtyMarks;
import org.dbstore.backend.operation.Families;
import org.dbstore.backend.operation.Layer;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.ResumedDeletions;
import org.dbstore.backend.operation.VolumeRecord;
import org.dbstore.backend.volume.StoreParts;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Opens a device in steps. Steps 1 to 5 read; 6 to 10 write, and only if the device was not opened
 * read-only. Each may be cut short by a power loss: the next opening starts from step 1.
 *
 * <ol>
 *   <li>superblock, journal and mirror: what is the metadata?
 *   <li>volume and snapshot table; is it the fork's layout?
 *   <li>chains of all volumes
 *   <li>the extent table, in one scan, and what was intended when the process ended
 *   <li>owners of all extents; what belongs to nobody is kept
 *   <li>what journal and mirror have better goes home
 *   <li>entries above the high-water mark are freed if the original wrote last, else the mark is
 *       raised to cover them; the device gets an identity if it has none
 *   <li>the journal begins anew, and has what was intended
 *   <li>what was being deleted is deleted, or if that is much, begins to be; what was not finished
 *       is undone
 *   <li>layers that hold nothing and belong to nobody become free
 * </ol>
 */
public final class DeviceOpener {
    private static final int VOLUME_TABLE_BYTES = Geometry.SNAPSHOT_TABLE - Geometry.VOLUME_TABLE;

    /** Their entries fill one block less than the reader shows at once, wherever they begin. */
    private static final int IDS_AT_ONCE =
            (MetadataReader.WINDOW_BLOCKS - 1) * Geometry.BLOCK_BYTES / SnapshotEntry.BYTES;

    /** A run of the system that is over, as is every one that something was lost in. */
    private static final UUID LOST_RUN = new UUID(0, 0);

    private final BlockDevice device;
    private final OpenOptions options;
    private final boolean readOnly;
    private final UUID bootId;
    private final Purpose purpose;
    private final Findings findings = new Findings();
    private final MetadataReader reader;
    private boolean reservedIdMarked;
    private boolean reservedIdFree = true;
    private boolean homesChanged;

    /** Where intents are that are being carried out. */
    private OptionalLong intentsAt = OptionalLong.empty();

    private DeviceOpener(BlockDevice device, OpenOptions options, UUID bootId, Purpose purpose) {
        this.device = device;
        this.options = options;
        this.bootId = bootId;
        this.purpose = purpose;
        this.readOnly = options.readOnly();
        this.reader = new MetadataReader(device);
    }

    /**
     * What opening gave.
     *
     * @param management the store; its commits are not started yet
     * @param superblock as it is on the medium, or will be with the first change
     * @param findings for people
     * @param resumed deletions to be finished while the store is used, once its commits are started
     */
    public record Opened(
            Management management,
            Superblock superblock,
            List<Finding> findings,
            ResumedDeletions resumed) {}

    /**
     * Runs the steps.
     *
     * @param device nobody else has it open
     * @param options how
     * @param bootId of the running system
     * @return the opened store
     * @throws BackendException {@link BackendError#NOT_A_STORE}, {@link BackendError#CORRUPT},
     *     {@link BackendError#IO}, {@link BackendError#FAILED}
     */
    public static Opened open(BlockDevice device, OpenOptions options, UUID bootId)
            throws BackendException {
        return open(device, options, bootId, Purpose.USE);
    }

    /**
     * As the other, not only for use.
     *
     * @param device as there
     * @param options as there
     * @param bootId as there
     * @param purpose decides what happens where the metadata contradicts itself
     * @return as there
     * @throws BackendException as there
     */
    public static Opened open(BlockDevice device, OpenOptions options, UUID bootId, Purpose purpose)
            throws BackendException {
        DeviceOpener opener = new DeviceOpener(device, options, bootId, purpose);
        try {
            return opener.run();
        } catch (BackendException e) {
            if (e.error() == BackendError.FAILED && opener.intentsAt.isPresent()) {
                IntentLog.revoke(device, opener.intentsAt.getAsLong(), bootId);
            }
            throw e;
        }
    }

    private Opened run() throws BackendException {
        MetadataRecovery.Result found =
                new MetadataRecovery(device, reader, findings, purpose).run(); // 1
        Superblock superblock = found.superblock();
        Geometry geometry = new Geometry(superblock.deviceBytes());
        Directory directory = readTables(superblock.highWaterExtents()); // 2
        directory.setBranched(superblock.isBranched());
        ChainCheck chains = new ChainCheck(directory, findings);
        chains.run(); // 3
        checkDoubt(found, directory);
        BitSet reserved = found.reserved().map(DeviceOpener::extents).orElseGet(BitSet::new);
        ExtentTable table = new ExtentTable(geometry.tableCapacity());
        ExtentScan.Result scan = // 4
                new ExtentScan(
                                reader,
                                geometry,
                                device.sizeBytes(),
                                superblock.highWaterExtents(),
                                superblock.identity().isPresent(),
                                table,
                                directory,
                                findings,
                                reserved,
                                reservedIdMarked,
                                purpose)
                        .run();
        IntentReplay.Outcome intents = carryOutIntents(found, geometry, directory, table, reserved);
        OwnershipCheck ownership = new OwnershipCheck(directory, table, findings); // 5
        BitSet owners = ownership.owners();
        if (found.reserved().isPresent()) {
            ReservedCheck.run(reader, found.reserved().get(), findings);
        }
        if (reservedIdFree && !owners.get(ReservedExtents.OWNER)) {
            directory.reserveId(ReservedExtents.OWNER);
        } else {
            reservedIdFree = false;
        }

        StoreHealth health = new StoreHealth(device.name());
        Barrier barrier = new Barrier(device, health);
        ExtentAllocator allocator = allocator(geometry.usableExtents());
        for (int extent = 0; extent < geometry.usableExtents(); extent++) {
            if (table.owner(extent) == 0 && !reserved.get(extent)) {
                allocator.release(extent);
            }
        }
        MetadataBlocks blocks = new MetadataBlocks(device, health);
        CommitStart start =
                CommitStart.unjournaled(
                        blocks, barrier, scan.highWater(), found.reserved().orElse(null));
        if (!readOnly) {
            Mirror mirror = mirror(found, geometry, health, barrier); // 6
            restoreHomes(blocks, barrier);
            distrustMirror(found, blocks, barrier);
            superblock = writeStep7(superblock, found.reserved(), scan, blocks, barrier);
            start = // 8
                    start(
                            found,
                            intents,
                            superblock,
                            geometry,
                            health,
                            barrier,
                            allocator,
                            blocks,
                            mirror);
        }
        Management management =
                assemble(
                        superblock,
                        intents,
                        geometry,
                        directory,
                        table,
                        health,
                        barrier,
                        allocator,
                        start);
        chains.runKnowingFacts();
        Families.join(directory);
        BitSet reachable = ChainCheck.attached(directory);
        ownership.run(reachable);
        new PositionCheck(directory, table, findings).run();
        ResumedDeletions resumed = new ResumedDeletions(management);
        UnfinishedWork unfinished = new UnfinishedWork(management, reachable, owners, findings);
        if (readOnly) {
            reportStale(scan.stale().length);
            unfinished.report();
        } else {
            if (intents.any()) { // before the session erases them
                management.parts().commits().flush();
                intentsAt = OptionalLong.empty();
            }
            if (intents.lost()) {
                new DirtyMarks(management).keep(LOST_RUN);
            }
            repairCatalogue(management);
            resumed = unfinished.finish(); // 9 and 10
        }
        return new Opened(management, superblock, findings.list(), resumed);
    }

    private IntentReplay.Outcome carryOutIntents(
            MetadataRecovery.Result found,
            Geometry geometry,
            Directory directory,
            ExtentTable table,
            BitSet reserved)
            throws BackendException {
        IntentReplay.Outcome intents =
                new IntentReplay(reader, geometry, bootId, directory, table, reserved, findings)
                        .run(found);
        if (intents.any() && options.journal() == OpenOptions.Journal.NONE) {
            throw new BackendException(
                    BackendError.INVALID,
                    device.name() + " was not closed: it is to be opened with its journal first");
        }
        if (intents.any() && !readOnly) {
            int log = found.reserved().orElseThrow().intents().getFirst();
            intentsAt = OptionalLong.of(geometry.extentOffset(log));
        }
        return intents;
    }

    private void reportStale(int count) {
        if (count > 0) {
            findings.add(
                    Problem.UNACKNOWLEDGED,
                    "extent table",
                    "%d extents that no write had acknowledged are to be freed".formatted(count));
        }
    }

    /** Who wants no journal wants every extent, as the original uses them. */
    private ExtentAllocator allocator(int usableExtents) {
        return options.journal() == OpenOptions.Journal.NONE
                ? new ExtentAllocator(usableExtents)
                : ExtentAllocator.withReserve(usableExtents);
    }

    private static BitSet extents(ReservedExtents reserved) {
        BitSet extents = new BitSet();
        reserved.all().forEach(kept -> extents.set(kept.extent()));
        return extents;
    }

    /** Who is right, the home or the mirror? Reading may go on where it does not matter. */
    private void checkDoubt(MetadataRecovery.Result found, Directory directory)
            throws BackendException {
        BitSet doubtful = found.doubtful();
        if (!doubtful.isEmpty() && !readOnly) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    device.name()
                            + " has blocks of the extent table that differ from their mirror"
                            + " though it was closed: damage, or the work of another program."
                            + " Nothing is changed; it can be read. 'dbsctl device check' says"
                            + " more, 'dbsctl device repair' puts it right");
        }
        for (VolumeRecord volume : directory.volumes()) {
            for (Layer layer : directory.chain(volume.headId())) {
                if (doubtful.get(layer.id())) {
                    String reason = "entries of its extents differ from their mirror";
                    if (volume.damage() == null) {
                        findings.add(
                                Problem.DOUBTFUL,
                                "volume " + volume.title(),
                                "volume %s is not served: %s".formatted(volume.title(), reason));
                    }
                    volume.setDamage(reason);
                }
            }
        }
    }

    private Directory readTables(long highWater) throws BackendException {
        ByteBuffer table = reader.read(Geometry.VOLUME_TABLE, VOLUME_TABLE_BYTES);
        Directory directory = new Directory();
        List<VolumeEntry> volumes = new ArrayList<>();
        for (int slot = 0; slot < Geometry.VOLUME_COUNT_MAX; slot++) {
            VolumeEntry entry = VolumeEntry.read(table, slot * VolumeEntry.BYTES);
            if (entry.headId() != 0) {
                volumes.add(entry);
                directory.add(
                        new VolumeRecord(
                                slot,
                                entry.name(),
                                entry.decodable(),
                                entry.sizeBytes(),
                                entry.headId()));
            }
        }
        if (ForkVariant.isPresent(reader, volumes, highWater)) {
            throw new BackendException(
                    BackendError.NOT_A_STORE,
                    device.name()
                            + " was written by a fork of the block store (19-byte snapshot"
                            + " entries) whose layout differs though its version does not");
        }
        for (int id = 1; id <= Geometry.SNAPSHOT_ID_MAX; id += IDS_AT_ONCE) {
            readLayers(id, Math.min(IDS_AT_ONCE, Geometry.SNAPSHOT_ID_MAX + 1 - id), directory);
        }
        return directory;
    }

    private void readLayers(int firstId, int count, Directory directory) throws BackendException {
        long offset = Geometry.snapshotEntryOffset(firstId);
        int skip = (int) (offset % Geometry.BLOCK_BYTES);
        ByteBuffer entries = reader.view(offset - skip, skip + count * SnapshotEntry.BYTES);
        if (MetadataReader.isZero(entries)) {
            return;
        }
        for (int i = 0; i < count; i++) {
            int at = skip + i * SnapshotEntry.BYTES;
            if (!SnapshotEntry.isUsed(entries, at)) {
                continue;
            }
            int id = firstId + i;
            SnapshotEntry entry = SnapshotEntry.read(entries, at);
            if (id == ReservedExtents.OWNER && entry.equals(ReservedExtents.MARK)) {
                reservedIdMarked = true;
            } else {
                directory.addLayer(id, entry);
                directory.startIdsAfter(id);
                reservedIdFree &= id != ReservedExtents.OWNER;
            }
        }
    }

    /**
     * Writes the mirror of what journal and mirror have better, before the homes: among these may
     * be a superblock that says "closed", and from then on the mirror must be right.
     */
    private @Nullable Mirror mirror(
            MetadataRecovery.Result found, Geometry geometry, StoreHealth health, Barrier barrier)
            throws BackendException {
        int[] checksums = found.checksums();
        if (checksums == null) {
            return null;
        }
        NavigableMap<Long, ByteBuffer> changed = new TreeMap<>(reader.overlay());
        // Their homes are damaged: what is the only good copy must not be written over.
        changed.keySet().removeAll(found.fromMirror());
        Mirror mirror =
                MirrorBuilder.resume(
                        device,
                        health,
                        found.superblock().identity().orElseThrow(),
                        geometry,
                        found.reserved().orElseThrow(),
                        checksums,
                        changed);
        barrier.force();
        return mirror;
    }

    /**
     * What is being written when the power goes may be destroyed, and a superblock is rescued with
     * the help of the extent table: so never the one while the other may be damaged already.
     */
    private void restoreHomes(MetadataBlocks blocks, Barrier barrier) throws BackendException {
        NavigableMap<Long, ByteBuffer> superblock = reader.overlay().headMap(1L, false);
        NavigableMap<Long, ByteBuffer> tables = reader.overlay().tailMap(1L, true);
        boolean superblockFirst =
                SuperblockCheck.isDoubtful(blocks.read(0, Superblock.BYTES), device.sizeBytes());
        blocks.restore(superblockFirst ? superblock : tables);
        barrier.force();
        blocks.restore(superblockFirst ? tables : superblock);
        barrier.force();
    }

    /** A mirror that is to be made anew must not be vouched for until it is. */
    private static void distrustMirror(
            MetadataRecovery.Result found, MetadataBlocks blocks, Barrier barrier)
            throws BackendException {
        ByteBuffer none = MetadataBlocks.buffer(CloseStamp.BYTES);
        if (found.reserved().isPresent()
                && found.checksums() == null
                && !blocks.read(CloseStamp.OFFSET, CloseStamp.BYTES).equals(none)) {
            blocks.patch(CloseStamp.OFFSET, none);
            blocks.writeBack();
            barrier.force();
        }
    }

    private Superblock writeStep7(
            Superblock superblock,
            Optional<ReservedExtents> reserved,
            ExtentScan.Result scan,
            MetadataBlocks blocks,
            Barrier barrier)
            throws BackendException {
        if (scan.highWater() != superblock.highWaterExtents()) {
            ByteBuffer mark = MetadataBlocks.buffer(Integer.BYTES);
            mark.putInt(0, (int) scan.highWater());
            blocks.patch(Superblock.HIGH_WATER, mark);
            blocks.writeBack();
            barrier.force();
            homesChanged = true;
        }
        int[] stale = scan.stale();
        for (int extent : stale) {
            blocks.patch(Geometry.extentEntryOffset(extent), MetadataBlocks.buffer(Short.BYTES));
        }
        if (stale.length > 0) {
            findings.add(
                    Problem.UNACKNOWLEDGED,
                    "extent table",
                    "%d extents that no write had acknowledged were freed".formatted(stale.length));
            blocks.writeBack();
            barrier.force();
            homesChanged = true;
        }
        Superblock identified =
                superblock
                        .withHighWater(scan.highWater())
                        .withIdentity(superblock.identity().orElseGet(UUID::randomUUID));
        ByteBuffer block = blocks.read(0, Superblock.BYTES);
        identified.write(block);
        reserved.ifPresent(list -> list.write(block));
        if (!block.equals(blocks.read(0, Superblock.BYTES))) {
            blocks.patch(0, block);
            blocks.writeBack();
            homesChanged = true;
        }
        barrier.force();
        return identified;
    }

    private CommitStart start(
            MetadataRecovery.Result found,
            IntentReplay.Outcome intents,
            Superblock superblock,
            Geometry geometry,
            StoreHealth health,
            Barrier barrier,
            ExtentAllocator allocator,
            MetadataBlocks blocks,
            @Nullable Mirror mirror)
            throws BackendException {
        boolean wanted = options.journal() == OpenOptions.Journal.WHERE_POSSIBLE;
        if (found.reserved().isEmpty()) {
            JournalSetup setup =
                    new JournalSetup(
                            device, health, barrier, geometry, allocator, blocks, superblock);
            return CommitStart.staged(
                    blocks,
                    barrier,
                    superblock.highWaterExtents(),
                    wanted && reservedIdFree ? setup : null);
        }
        ReservedExtents reserved = found.reserved().get();
        if (!wanted) {
            return withoutJournal(superblock, barrier, blocks, reserved);
        }
        Mirror kept =
                mirror != null && !homesChanged
                        ? mirror
                        : MirrorBuilder.build(
                                device,
                                health,
                                superblock.identity().orElseThrow(),
                                geometry,
                                reserved);
        barrier.force();
        return CommitStart.journaled(
                device,
                health,
                blocks,
                barrier,
                kept,
                superblock,
                reserved,
                found.journal().lastSequence(),
                intents.done(),
                1 - found.journal().half());
    }

    /** The mirror is not kept up to date, so the stamp that vouches for it goes first. */
    private CommitStart withoutJournal(
            Superblock superblock, Barrier barrier, MetadataBlocks blocks, ReservedExtents reserved)
            throws BackendException {
        if (superblock.isBranched()) {
            throw new BackendException(
                    BackendError.INVALID,
                    device.name() + " has linked clones: it cannot be used without its journal");
        }
        blocks.patch(CloseStamp.OFFSET, MetadataBlocks.buffer(CloseStamp.BYTES));
        blocks.writeBack();
        barrier.force();
        ByteBuffer head = MetadataBlocks.buffer(Superblock.HEAD_BYTES);
        superblock.withFeatures(0).write(head);
        blocks.patch(0, head);
        blocks.writeBack();
        barrier.force();
        return CommitStart.unjournaled(blocks, barrier, superblock.highWaterExtents(), reserved);
    }

    /** Where one copy of a block is damaged, both are as the other from now on. */
    private static void repairCatalogue(Management management) throws BackendException {
        Transaction repair = new Transaction();
        if (management.catalogue().repair(repair)) {
            management.commit(repair);
        }
    }

    private Management assemble(
            Superblock superblock,
            IntentReplay.Outcome intents,
            Geometry geometry,
            Directory directory,
            ExtentTable table,
            StoreHealth health,
            Barrier barrier,
            ExtentAllocator allocator,
            CommitStart start)
            throws BackendException {
        DeviceIo io = new DeviceIo(device, health);
        GroupCommit commits =
                new GroupCommit(device, geometry, table, allocator, barrier, health, start, bootId);
        StoreParts parts =
                new StoreParts(
                        device,
                        readOnly,
                        geometry,
                        health,
                        barrier,
                        io,
                        table,
                        allocator,
                        new CopyOnWrite(geometry, io, table),
                        commits,
                        bootId);
        UUID deviceId = superblock.identity().orElse(new UUID(0, 0));
        UUID run = intents.lost() ? LOST_RUN : bootId;
        Catalogue catalogue =
                new CatalogueReading(directory, deviceId, run, findings)
                        .run(new ReservedSpace(commits), geometry, reader::readInto);
        return new Management(parts, directory, catalogue, deviceId, new ReentrantLock());
    }
}
