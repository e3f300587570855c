package org.dbstore.backend.repair;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.backend.check.MetadataCapture;
import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.device.DeviceLock;
import org.dbstore.backend.device.FileBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.JournalRecord;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Puts the metadata of a dump back. The order survives a power loss: a superblock that says that a
 * restore is under way, which nobody opens; everything else; the superblock of the dump. The data
 * itself is not in a dump, so extents that are others' now than they were are looked for first.
 */
public final class DeviceRestore {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final int RUN_BLOCKS = 64;

    private final BlockDevice device;
    private final MetadataDump dump;
    private final UUID bootId;
    private final MetadataImage before;

    private DeviceRestore(BlockDevice device, MetadataDump dump, UUID bootId) {
        this.device = device;
        this.dump = dump;
        this.bootId = bootId;
        this.before = new MetadataCapture(device).run();
    }

    /**
     * Says what a restore would change.
     *
     * @param path the file or block device; locked meanwhile
     * @param direct true to go past the page cache
     * @param file the dump
     * @return nothing is done
     * @throws BackendException {@link BackendError#INVALID} if the dump is damaged, or of another
     *     device; {@link BackendError#BUSY}, {@link BackendError#NOT_FOUND}, {@link
     *     BackendError#IO}
     */
    public static RestorePlan plan(Path path, boolean direct, Path file) throws BackendException {
        try (DeviceLock _ = DeviceLock.acquire(path, true);
                BlockDevice device = FileBlockDevice.openInWords(path, direct, true)) {
            return plan(device, MetadataDump.read(file), BootId.current());
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + path, e);
        }
    }

    /**
     * Restores.
     *
     * @param path the file or block device; locked meanwhile
     * @param direct true to go past the page cache
     * @param file the dump
     * @param force true to go on though volumes may show data of others afterwards
     * @param backup file that gets the metadata as it is, before anything changes; not there yet
     * @return with what remains
     * @throws BackendException as {@link #plan}; {@link BackendError#CORRUPT} if there is a danger
     *     and no force; {@link BackendError#ALREADY_EXISTS}; {@link BackendError#FAILED} if a write
     *     failed: the restore is to be run again
     */
    public static RestorePlan run(Path path, boolean direct, Path file, boolean force, Path backup)
            throws BackendException {
        try (DeviceLock _ = DeviceLock.acquire(path, false);
                BlockDevice device = FileBlockDevice.openInWords(path, direct, false)) {
            return run(device, MetadataDump.read(file), force, backup, BootId.current());
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + path, e);
        }
    }

    /**
     * As the other, of a device that is open already.
     *
     * @param device used by nobody else
     * @param dump of it
     * @param bootId of the running system
     * @return as there
     * @throws BackendException as there
     */
    public static RestorePlan plan(BlockDevice device, MetadataDump dump, UUID bootId)
            throws BackendException {
        return new DeviceRestore(device, dump, bootId).plan();
    }

    /**
     * As the other, of a device that is open already.
     *
     * @param device used by nobody else
     * @param dump of it
     * @param force as there
     * @param backup as there
     * @param bootId of the running system
     * @return as there
     * @throws BackendException as there
     */
    public static RestorePlan run(
            BlockDevice device, MetadataDump dump, boolean force, Path backup, UUID bootId)
            throws BackendException {
        DeviceRestore restore = new DeviceRestore(device, dump, bootId);
        RestorePlan plan = restore.plan();
        if (plan.changes().isEmpty()) {
            return plan;
        }
        if (plan.danger().isPresent() && !force) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    "%s was not restored: %s".formatted(device.name(), plan.danger().get()));
        }
        MetadataDump.write(backup, restore.before, Instant.now());
        restore.write();
        return new RestorePlan(
                plan.device(),
                plan.dumpedAt(),
                true,
                plan.danger(),
                plan.lostExtents(),
                plan.changes(),
                DeviceCheck.run(device, bootId).findings(),
                Optional.of(backup));
    }

    private RestorePlan plan() throws BackendException {
        checkDevice();
        Optional<ExtentOwners> then = ExtentOwners.of(dump.image());
        if (then.isEmpty()) {
            throw new BackendException(
                    BackendError.INVALID, dump.image().name() + " is the dump of a damaged device");
        }
        Optional<ExtentOwners> now = isApproved() ? then : ExtentOwners.of(before);
        return new RestorePlan(
                device.name(),
                dump.createdAt(),
                false,
                isApproved() ? Optional.empty() : danger(then.get(), now),
                now.map(owners -> (long) owners.countDifferent(then.get())).orElse(-1L),
                MetadataDifference.of(before, dump.image(), DeviceRepair.geometry(dump.image())),
                DeviceCheck.run(dump.image(), bootId).findings(),
                Optional.empty());
    }

    private void checkDevice() throws BackendException {
        if (dump.deviceBytes() != device.sizeBytes()) {
            throw new BackendException(
                    BackendError.INVALID,
                    "the dump is of a device of %d bytes, %s has %d"
                            .formatted(dump.deviceBytes(), device.name(), device.sizeBytes()));
        }
        Optional<UUID> identity = before.superblock().flatMap(Superblock::identity);
        if (identity.isPresent() && !identity.equals(dump.device())) {
            throw new BackendException(
                    BackendError.INVALID,
                    "the dump is of the device %s, %s is %s"
                            .formatted(
                                    dump.device().map(UUID::toString).orElse("without id"),
                                    device.name(),
                                    identity.get()));
        }
    }

    /** What the operator accepted once need not be accepted again after a power loss. */
    private boolean isApproved() {
        return Superblock.isRestoring(before.block(0)) && before.block(0).equals(marker());
    }

    private Optional<String> danger(ExtentOwners then, Optional<ExtentOwners> now) {
        if (before.superblock().flatMap(Superblock::identity).isEmpty()
                && dump.device().isPresent()) {
            return Optional.of("the device has no identity any more, so the dump may be another's");
        }
        long sequence = lastSequence(dump.image());
        if (sequence > 0 && sequence == lastSequence(before)) {
            return Optional.empty(); // nothing was committed since
        }
        if (now.isEmpty()) {
            return Optional.of(
                    "the present tables cannot be read, so whose the extents are now is not known:"
                            + " volumes may show data of others afterwards");
        }
        int different = then.countDifferent(now.get());
        return different == 0
                ? Optional.empty()
                : Optional.of(
                        ("%d extents are not used as they were when the dump was taken: volumes may"
                                        + " show data of others afterwards")
                                .formatted(different));
    }

    /** The last record of the journal that an image has, 0 without one. */
    private static long lastSequence(MetadataImage image) {
        Optional<ReservedExtents> reserved = image.reserved();
        Optional<UUID> identity = image.superblock().flatMap(Superblock::identity);
        if (reserved.isEmpty() || identity.isEmpty()) {
            return 0;
        }
        long offset = DeviceRepair.geometry(image).extentOffset(reserved.get().journal());
        ByteBuffer half =
                ByteBuffer.allocate(JournalRecord.HALF_BLOCKS * BLOCK)
                        .order(ByteOrder.LITTLE_ENDIAN);
        long last = 0;
        try {
            for (int i = 0; i < 2; i++) {
                image.read(offset + (long) i * half.capacity(), half.clear());
                for (int at = 0; at < JournalRecord.HALF_BLOCKS; at++) {
                    JournalRecord record = JournalRecord.read(half, at);
                    if (record != null && record.device().equals(identity.get())) {
                        last = Math.max(last, record.sequence());
                    }
                }
            }
        } catch (IOException e) {
            return 0; // the list leads out of the device: as good as no journal
        }
        return last;
    }

    private ByteBuffer marker() {
        ByteBuffer block = dump.image().block(0);
        Superblock.writeRestoring(block);
        byte[] digest = dump.digest().getBytes(StandardCharsets.US_ASCII);
        block.put(BLOCK - digest.length, digest);
        return block;
    }

    private void write() throws BackendException {
        try {
            write(0, marker());
            device.force();
            for (MetadataImage.Region region : dump.image().regions()) {
                writeRegion(region);
            }
            device.force();
            write(0, dump.image().block(0));
            device.force();
        } catch (IOException e) {
            throw new BackendException(
                    BackendError.FAILED,
                    "restore of %s, which is to be run again".formatted(device.name()),
                    e);
        }
    }

    private void writeRegion(MetadataImage.Region region) throws IOException {
        ByteBuffer run = AlignedBuffers.allocate(RUN_BLOCKS * BLOCK);
        long end = region.first() + region.count();
        boolean isLog = isLogOfIntents(region);
        for (long block = Math.max(1, region.first()); block < end; block += RUN_BLOCKS) {
            int count = (int) Math.min(RUN_BLOCKS, end - block);
            boolean same = !isLog; // which an image has as void, whatever is there
            for (int i = 0; i < count; i++) {
                run.put(i * BLOCK, dump.image().block(block + i), 0, BLOCK);
                same &=
                        before.has(block + i)
                                && Arrays.equals(
                                        before.blocks().get(block + i),
                                        dump.image().blocks().get(block + i));
            }
            if (!same) {
                device.write(block * BLOCK, run.clear().limit(count * BLOCK));
            }
        }
    }

    private boolean isLogOfIntents(MetadataImage.Region region) {
        Geometry geometry = DeviceRepair.geometry(dump.image());
        return dump.image().reserved().map(ReservedExtents::intents).orElse(List.of()).stream()
                .anyMatch(extent -> geometry.extentOffset(extent) / BLOCK == region.first());
    }

    private void write(long block, ByteBuffer bytes) throws IOException {
        ByteBuffer aligned = AlignedBuffers.allocate(BLOCK);
        aligned.put(0, bytes, 0, BLOCK);
        device.write(block * BLOCK, aligned.clear().limit(BLOCK));
    }
}
