package org.dbstore.backend.check;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Finding;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Problem;
import org.dbstore.backend.Severity;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.BootId;
import org.dbstore.backend.device.FileBlockDevice;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.operation.VolumeRecord;
import org.dbstore.backend.recovery.DeviceOpener;
import org.dbstore.backend.recovery.Purpose;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks a device without changing it, also one that is in use. What seems to be wrong is believed
 * when copies that were taken one after the other agree on it: a store without a journal changes
 * while it is read, and no copy of it need be of one moment.
 */
public final class DeviceCheck {
    private static final int PASSES_MAX = 8;
    private static final int PASSES_IN_USE_MIN = 3;
    private static final long PAUSE_NANOS = 20_000_000;

    private final BlockDevice device;
    private final UUID bootId;
    private MetadataImage image;

    private DeviceCheck(BlockDevice device, UUID bootId) {
        this.device = device;
        this.bootId = bootId;
        this.image = new MetadataImage(device);
    }

    /**
     * Checks a device by its path.
     *
     * @param path the file or block device; nobody is kept from using it
     * @param direct true to go past the page cache
     * @return what was found
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#NOT_A_STORE},
     *     {@link BackendError#INVALID}, {@link BackendError#IO}
     */
    public static CheckReport run(Path path, boolean direct) throws BackendException {
        try (BlockDevice device = FileBlockDevice.openToLook(path, direct)) {
            return run(device);
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + path, e);
        }
    }

    /**
     * Checks a device.
     *
     * @param device open, not necessarily locked; read only
     * @return what was found
     * @throws BackendException {@link BackendError#NOT_A_STORE}, {@link BackendError#IO}
     */
    public static CheckReport run(BlockDevice device) throws BackendException {
        return run(device, BootId.current());
    }

    /**
     * As the other, in a system that is not the present one.
     *
     * @param device as there
     * @param bootId stands for one run of the system
     * @return as there
     * @throws BackendException as there
     */
    public static CheckReport run(BlockDevice device, UUID bootId) throws BackendException {
        return new DeviceCheck(device, bootId).run();
    }

    private CheckReport run() throws BackendException {
        Set<Finding> confirmed = Set.of();
        List<Finding> found = List.of();
        boolean sure = false;
        for (int pass = 1; pass <= PASSES_MAX && !sure; pass++) {
            found = look();
            Set<Finding> serious = new LinkedHashSet<>(found);
            serious.removeIf(finding -> finding.severity() == Severity.INFO);
            int seen = serious.size();
            if (pass > 1) {
                serious.retainAll(confirmed);
            }
            boolean settled = serious.size() == confirmed.size() && serious.size() == seen;
            confirmed = serious;
            sure = confirmed.isEmpty() || (pass >= (isOpen() ? PASSES_IN_USE_MIN : 2) && settled);
            if (!sure && isOpen()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        Set<Finding> believed = confirmed;
        List<Finding> findings =
                found.stream()
                        .filter(each -> each.severity() == Severity.INFO || believed.contains(each))
                        .toList();
        return new CheckReport(
                device.name(),
                device.sizeBytes(),
                image.superblock().flatMap(Superblock::identity),
                isOpen(),
                findings);
    }

    private boolean isOpen() {
        return image.superblock().map(Superblock::isOpen).orElse(false);
    }

    private List<Finding> look() throws BackendException {
        MetadataCapture capture = new MetadataCapture(device);
        image = capture.run();
        List<Finding> findings = new ArrayList<>(capture.findings());
        try {
            DeviceOpener.Opened opened =
                    DeviceOpener.open(image, OpenOptions.READ_ONLY, bootId, Purpose.CHECK);
            findings.addAll(opened.findings());
            findings.addAll(names(opened.management().directory().volumes()));
        } catch (BackendException e) {
            if (e.error() != BackendError.CORRUPT) {
                throw e;
            }
            findings.add(
                    new Finding(
                            Problem.UNUSABLE,
                            "device",
                            OptionalLong.empty(),
                            String.valueOf(e.getMessage())));
        }
        return findings;
    }

    /** Names that do not address their volumes. */
    private static List<Finding> names(List<VolumeRecord> volumes) {
        Map<String, Integer> counts = new HashMap<>();
        volumes.forEach(volume -> counts.merge(volume.name(), 1, Integer::sum));
        List<Finding> findings = new ArrayList<>();
        for (VolumeRecord volume : volumes) {
            boolean doubled = counts.getOrDefault(volume.name(), 0) > 1;
            if (doubled || !volume.isDecodable() || volume.name().isEmpty()) {
                findings.add(
                        new Finding(
                                Problem.AMBIGUOUS_NAME,
                                "volume #" + volume.slot(),
                                OptionalLong.empty(),
                                "the name of volume #%d %s"
                                        .formatted(
                                                volume.slot(),
                                                doubled
                                                        ? "is that of another one, too"
                                                        : "cannot be typed")));
            }
        }
        return findings;
    }
}
