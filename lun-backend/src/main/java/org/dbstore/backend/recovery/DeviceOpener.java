package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.Catalogue;
import org.dbstore.backend.catalogue.CatalogueSpace;
import org.dbstore.backend.commit.GroupCommit;
import org.dbstore.backend.commit.MetadataBlocks;
import org.dbstore.backend.device.Barrier;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.DeviceIo;
import org.dbstore.backend.device.StoreHealth;
import org.dbstore.backend.extent.CopyOnWrite;
import org.dbstore.backend.extent.ExtentAllocator;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.BranchMark;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.format.VolumeEntry;
import org.dbstore.backend.operation.Directory;
import org.dbstore.backend.operation.Management;
import org.dbstore.backend.operation.VolumeRecord;
import org.dbstore.backend.volume.StoreParts;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Opens a device in steps. Steps 1 to 5 read; 6 to 9 write, and only if the device was not opened
 * read-only. Each may be cut short by a power loss: the next opening starts from step 1.
 *
 * <ol>
 *   <li>superblock: is it a store, of this version, of this size?
 *   <li>volume and snapshot table; is it the fork's layout?
 *   <li>chains of all volumes
 *   <li>the extent table, in one scan
 *   <li>owners of all extents; what belongs to nobody is kept
 *   <li>entries above the high-water mark are freed if the original wrote last, else the mark is
 *       raised to cover them
 *   <li>what was being deleted is deleted, what was not finished is undone
 *   <li>layers that hold nothing and belong to nobody become free
 *   <li>the device gets an identity if it has none
 * </ol>
 */
public final class DeviceOpener {
    private static final int TABLE_BYTES = Geometry.EXTENT_TABLE - Geometry.VOLUME_TABLE;

    private final BlockDevice device;
    private final boolean readOnly;
    private final UUID bootId;
    private final Findings findings = new Findings();
    private final MetadataReader reader;

    private DeviceOpener(BlockDevice device, boolean readOnly, UUID bootId) {
        this.device = device;
        this.bootId = bootId;
        this.readOnly = readOnly;
        this.reader = new MetadataReader(device);
    }

    /**
     * What opening gave.
     *
     * @param management the store; its commits are not started yet
     * @param superblock as it was read, with the identity that step 9 gave
     * @param findings for people
     */
    public record Opened(Management management, Superblock superblock, List<String> findings) {}

    /**
     * Runs the steps.
     *
     * @param device nobody else has it open
     * @param readOnly true to change nothing
     * @param bootId of the running system
     * @return the opened store
     * @throws BackendException {@link BackendError#NOT_A_STORE}, {@link BackendError#CORRUPT},
     *     {@link BackendError#IO}, {@link BackendError#FAILED}
     */
    public static Opened open(BlockDevice device, boolean readOnly, UUID bootId)
            throws BackendException {
        return new DeviceOpener(device, readOnly, bootId).run();
    }

    private Opened run() throws BackendException {
        Superblock superblock = SuperblockCheck.run(device, reader, findings); // 1
        Geometry geometry = new Geometry(superblock.deviceBytes());
        Directory directory = readTables(superblock.highWaterExtents()); // 2
        directory.setBranched(BranchMark.isSet(reader.read(0, Superblock.BYTES)));
        BitSet reachable = new ChainCheck(directory, findings).run(); // 3
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
                                findings)
                        .run();
        BitSet owners = new OwnershipCheck(directory, table, reachable, findings).run(); // 5

        StoreHealth health = new StoreHealth(device.name());
        Barrier barrier = new Barrier(device, health);
        if (!readOnly) {
            superblock = writeSteps6And9(superblock, scan, health, barrier);
        }
        Management management = assemble(superblock, geometry, directory, table, health, barrier);
        UnfinishedWork unfinished = new UnfinishedWork(management, reachable, owners, findings);
        if (readOnly) {
            unfinished.report();
        } else {
            unfinished.finish(); // 7 and 8
        }
        return new Opened(management, superblock, findings.lines());
    }

    private Directory readTables(long highWater) throws BackendException {
        ByteBuffer tables = reader.read(Geometry.VOLUME_TABLE, TABLE_BYTES);
        Directory directory = new Directory();
        List<VolumeEntry> volumes = new ArrayList<>();
        for (int slot = 0; slot < Geometry.VOLUME_COUNT_MAX; slot++) {
            VolumeEntry entry = VolumeEntry.read(tables, slot * VolumeEntry.BYTES);
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
        if (ForkVariant.isPresent(reader, tables, volumes, highWater)) {
            throw new BackendException(
                    BackendError.NOT_A_STORE,
                    device.name()
                            + " was written by a fork of the block store (19-byte snapshot"
                            + " entries) whose layout differs though its version does not");
        }
        int snapshots = Geometry.SNAPSHOT_TABLE - Geometry.VOLUME_TABLE;
        for (int id = 1; id <= Geometry.SNAPSHOT_ID_MAX; id++) {
            SnapshotEntry entry =
                    SnapshotEntry.read(tables, snapshots + (id - 1) * SnapshotEntry.BYTES);
            if (entry.isUsed()) {
                directory.addLayer(id, entry);
                directory.startIdsAfter(id);
            }
        }
        return directory;
    }

    /** Both concern the part of the device that the commit owns later, so they come before it. */
    private Superblock writeSteps6And9(
            Superblock superblock, ExtentScan.Result scan, StoreHealth health, Barrier barrier)
            throws BackendException {
        MetadataBlocks blocks = new MetadataBlocks(device, health);
        if (scan.highWater() != superblock.highWaterExtents()) { // 6
            ByteBuffer mark = MetadataBlocks.buffer(Integer.BYTES);
            mark.putInt(0, (int) scan.highWater());
            blocks.patch(Superblock.HIGH_WATER, mark);
            blocks.writeBack();
            barrier.force();
        }
        int[] stale = scan.stale();
        for (int extent : stale) { // 6
            blocks.patch(Geometry.extentEntryOffset(extent), MetadataBlocks.buffer(Short.BYTES));
        }
        if (stale.length > 0) {
            findings.add(
                    "%d extents that no write had acknowledged were freed".formatted(stale.length));
            blocks.writeBack();
            barrier.force();
        }
        Superblock identified = // 9
                new Superblock(
                        superblock.version(),
                        scan.highWater(),
                        superblock.deviceBytes(),
                        superblock.identity().or(() -> Optional.of(UUID.randomUUID())));
        if (superblock.identity().isPresent()) {
            return identified;
        }
        ByteBuffer block = MetadataBlocks.buffer(Superblock.BYTES);
        identified.write(block);
        block.position(Superblock.IDENTITY);
        block.limit(Superblock.IDENTITY + Superblock.IDENTITY_BYTES);
        blocks.patch(Superblock.IDENTITY, block);
        blocks.writeBack();
        barrier.force();
        return identified;
    }

    private Management assemble(
            Superblock superblock,
            Geometry geometry,
            Directory directory,
            ExtentTable table,
            StoreHealth health,
            Barrier barrier)
            throws BackendException {
        ExtentAllocator allocator = new ExtentAllocator(geometry.usableExtents());
        for (int extent = 0; extent < geometry.usableExtents(); extent++) {
            if (table.owner(extent) == 0) {
                allocator.release(extent);
            }
        }
        DeviceIo io = new DeviceIo(device, health);
        GroupCommit commits =
                new GroupCommit(
                        device,
                        barrier,
                        geometry,
                        table,
                        allocator,
                        health,
                        superblock.highWaterExtents());
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
        Catalogue catalogue =
                new CatalogueReading(directory, deviceId, bootId, findings)
                        .run(CatalogueSpace.NONE, geometry, reader::read);
        return new Management(parts, directory, catalogue, deviceId, new ReentrantLock());
    }
}
