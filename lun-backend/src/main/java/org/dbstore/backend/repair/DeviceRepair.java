package org.dbstore.backend.repair;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Finding;
import org.dbstore.backend.Problem;
import org.dbstore.backend.check.CheckReport;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.backend.check.MetadataCapture;
import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.device.DeviceLock;
import org.dbstore.backend.device.FileBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Superblock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Repairs a device, or says what a repair would change. */
public final class DeviceRepair {
    private final BlockDevice device;
    private final RepairOptions options;
    private final UUID bootId;

    private DeviceRepair(BlockDevice device, RepairOptions options, UUID bootId) {
        this.device = device;
        this.options = options;
        this.bootId = bootId;
    }

    /**
     * Says what a repair would change, from a repair of a copy in memory.
     *
     * @param path the file or block device; locked meanwhile
     * @param direct true to go past the page cache
     * @param options what the operator has decided
     * @return with what would remain
     * @throws BackendException {@link BackendError#BUSY}, {@link BackendError#NOT_A_STORE}, {@link
     *     BackendError#IO}
     */
    public static RepairReport plan(Path path, boolean direct, RepairOptions options)
            throws BackendException {
        try (DeviceLock _ = DeviceLock.acquire(path, true);
                BlockDevice device = FileBlockDevice.openInWords(path, direct, true)) {
            return plan(device, options, BootId.current());
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + path, e);
        }
    }

    /**
     * Repairs.
     *
     * @param path the file or block device; locked meanwhile
     * @param direct true to go past the page cache
     * @param options what the operator has decided
     * @param backup file that gets the metadata as it was, before anything changes; not there yet
     * @return with what remains
     * @throws BackendException as {@link #plan}; {@link BackendError#ALREADY_EXISTS}; {@link
     *     BackendError#FAILED} if a write failed: the repair can be run again
     */
    public static RepairReport run(Path path, boolean direct, RepairOptions options, Path backup)
            throws BackendException {
        try (DeviceLock _ = DeviceLock.acquire(path, false);
                BlockDevice device = FileBlockDevice.openInWords(path, direct, false)) {
            return run(device, options, backup, BootId.current());
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + path, e);
        }
    }

    /**
     * As the other, on a device that is open already.
     *
     * @param device used by nobody else
     * @param options as there
     * @param bootId of the running system
     * @return as there
     * @throws BackendException as there
     */
    public static RepairReport plan(BlockDevice device, RepairOptions options, UUID bootId)
            throws BackendException {
        return new DeviceRepair(device, options, bootId).plan();
    }

    /**
     * As the other, on a device that is open already.
     *
     * @param device used by nobody else
     * @param options as there
     * @param backup as there
     * @param bootId of the running system
     * @return as there
     * @throws BackendException as there
     */
    public static RepairReport run(
            BlockDevice device, RepairOptions options, Path backup, UUID bootId)
            throws BackendException {
        return new DeviceRepair(device, options, bootId).run(backup);
    }

    private RepairReport plan() throws BackendException {
        List<Finding> found = DeviceCheck.run(device, bootId).findings();
        if (Verdict.of(found) == Verdict.CLEAN) {
            return new RepairReport(
                    device.name(), false, found, List.of(), found, Optional.empty());
        }
        boolean claimed =
                found.stream().anyMatch(each -> each.problem() == Problem.RESERVED_CLAIMED);
        if (claimed && !options.dropContradictions()) {
            // The repair itself would write over what a volume may have there.
            return new RepairReport(
                    device.name(), false, found, List.of(), found, Optional.empty());
        }
        MetadataImage before = new MetadataCapture(device).run();
        OverlayDevice overlay = new OverlayDevice(device, before);
        try {
            work(overlay, before).run();
        } catch (BackendException e) {
            if (e.error() != BackendError.CORRUPT) {
                throw e;
            }
            // Something has to be decided first; what it is, the check has found.
            return new RepairReport(
                    device.name(), false, found, List.of(), found, Optional.empty());
        }
        CheckReport afterwards = DeviceCheck.run(overlay, bootId);
        MetadataImage after = new MetadataCapture(overlay).run();
        return new RepairReport(
                device.name(),
                false,
                found,
                MetadataDifference.of(before, after, geometry(after)),
                afterwards.findings(),
                Optional.empty());
    }

    private RepairReport run(Path backup) throws BackendException {
        RepairReport plan = plan();
        if (plan.changes().isEmpty()) {
            return plan;
        }
        MetadataImage before = new MetadataCapture(device).run();
        MetadataDump.write(backup, before, Instant.now());
        work(device, before).run();
        List<Finding> remaining = DeviceCheck.run(device, bootId).findings();
        return new RepairReport(
                device.name(), true, plan.found(), plan.changes(), remaining, Optional.of(backup));
    }

    private RepairWork work(BlockDevice target, MetadataImage before) {
        boolean journaled = before.regions().size() > 2; // more than superblock and tables
        return new RepairWork(target, options, journaled, bootId);
    }

    static Geometry geometry(MetadataImage image) {
        return new Geometry(
                image.superblock().map(Superblock::deviceBytes).orElse(image.sizeBytes()));
    }
}
