package org.dbstore.backend.repair;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.check.MetadataCapture;
import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.device.FileBlockDevice;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/** Takes a dump of the metadata of a device, which may be in use. */
public final class DeviceDump {
    private DeviceDump() {}

    /**
     * Runs it.
     *
     * @param path the file or block device; nobody is kept from using it
     * @param direct true to go past the page cache
     * @param file that gets the dump; not there yet
     * @throws BackendException {@link BackendError#NOT_FOUND}; {@link BackendError#ALREADY_EXISTS};
     *     {@link BackendError#NOT_A_STORE} if there is nothing to dump; {@link BackendError#IO},
     *     also if a block cannot be read
     */
    public static void run(Path path, boolean direct, Path file) throws BackendException {
        try (BlockDevice device = FileBlockDevice.openToLook(path, direct)) {
            run(device, file);
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "close of " + path, e);
        }
    }

    /**
     * As the other, of a device that is open already.
     *
     * @param device read only
     * @param file as there
     * @throws BackendException as there
     */
    public static void run(BlockDevice device, Path file) throws BackendException {
        MetadataCapture capture = new MetadataCapture(device);
        MetadataImage image = capture.run();
        if (!capture.findings().isEmpty()) {
            throw new BackendException(
                    BackendError.IO, device.name() + ": " + capture.findings().getFirst().text());
        }
        if (image.superblock().isEmpty()) {
            throw new BackendException(
                    BackendError.NOT_A_STORE, device.name() + " has no superblock: no dump");
        }
        MetadataDump.write(file, image, Instant.now());
    }
}
