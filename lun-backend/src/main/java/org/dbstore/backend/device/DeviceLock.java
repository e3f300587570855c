package org.dbstore.backend.device;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right of one owner to a device. For a file it is a lock of the open file description, on a
 * descriptor of its own: unlike the locks of {@code FileChannel} it does not vanish when some other
 * descriptor of the file is closed. A block device is opened with O_EXCL, which also keeps file
 * systems and mkfs away.
 */
public final class DeviceLock implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");

    private final int descriptor;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private DeviceLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Takes the right, or fails at once.
     *
     * @param path a regular file or block device
     * @param readOnly true if a file without write permission will do; its readers then share it
     * @return to be closed
     * @throws BackendException {@link BackendError#BUSY} with the owner's pid if it can be found,
     *     {@link BackendError#NOT_FOUND}, {@link BackendError#IO}
     */
    public static DeviceLock acquire(Path path, boolean readOnly) throws BackendException {
        if (!Files.exists(path)) {
            throw new BackendException(BackendError.NOT_FOUND, "there is no " + path);
        }
        boolean blockDevice = isBlockDevice(path);
        int exclusive = blockDevice ? Native.O_EXCL : 0;
        boolean writable = true;
        int descriptor = Native.open(path.toString(), Native.O_RDWR | exclusive);
        if (readOnly && isRefusal(descriptor)) {
            writable = false;
            descriptor = Native.open(path.toString(), Native.O_RDONLY | exclusive);
        }
        if (descriptor == -Native.EBUSY) {
            throw busy(path);
        }
        if (descriptor < 0) {
            throw failed(path, descriptor);
        }
        int result = blockDevice ? 0 : Native.lock(descriptor, writable);
        if (result < 0) {
            Native.close(descriptor);
            throw result == -Native.EAGAIN || result == -Native.EACCES
                    ? busy(path)
                    : failed(path, result);
        }
        return new DeviceLock(descriptor);
    }

    /**
     * Tells whether a path is a block device.
     *
     * @param path exists
     * @return false for a regular file
     * @throws BackendException {@link BackendError#INVALID} if it is neither, {@link
     *     BackendError#IO}
     */
    public static boolean isBlockDevice(Path path) throws BackendException {
        if (Files.isRegularFile(path)) {
            return false;
        }
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode");
            if ((mode & 0170000) == 0060000) {
                return true;
            }
        } catch (IOException e) {
            throw new BackendException(BackendError.IO, "look at " + path, e);
        }
        throw new BackendException(
                BackendError.INVALID, path + " is neither a file nor a block device");
    }

    @Override
    public void close() {
        if (held.compareAndSet(true, false)) {
            Native.close(descriptor);
        }
    }

    private static boolean isRefusal(int result) {
        return result == -Native.EACCES || result == -Native.EPERM || result == -Native.EROFS;
    }

    private static BackendException failed(Path path, int result) {
        return new BackendException(
                BackendError.IO, "lock of " + path, Native.failure("open or fcntl", result));
    }

    private static BackendException busy(Path path) {
        String owner =
                findOwner(path)
                        .map(pid -> "process " + pid)
                        .orElse("another process, or is mounted");
        return new BackendException(BackendError.BUSY, path + " is in use by " + owner);
    }

    /** Looks through /proc for whoever holds the file locked, or else has it open. */
    private static Optional<String> findOwner(Path path) {
        Optional<String> opener = Optional.empty();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            Map<String, Object> wanted = Files.readAttributes(path, "unix:dev,ino,rdev");
            for (Path process : processes) {
                for (Path link : descriptorsOf(process, wanted)) {
                    Optional<String> pid = Optional.of(process.getFileName().toString());
                    if (holdsLock(process, link)) {
                        return pid;
                    }
                    opener = opener.isPresent() ? opener : pid;
                }
            }
        } catch (IOException e) {
            return opener; // without /proc the message does without the number
        }
        return opener;
    }

    private static List<Path> descriptorsOf(Path process, Map<String, Object> wanted) {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(process.resolve("fd"))) {
            List<Path> found = new ArrayList<>();
            for (Path link : links) {
                if (isSame(link, wanted)) {
                    found.add(link);
                }
            }
            return found;
        } catch (IOException e) {
            return List.of(); // another user's process, or one that has just ended
        }
    }

    private static boolean isSame(Path link, Map<String, Object> wanted) {
        try {
            return Files.readAttributes(link, "unix:dev,ino,rdev").equals(wanted);
        } catch (IOException e) {
            return false; // closed in the meantime
        }
    }

    private static boolean holdsLock(Path process, Path link) {
        try {
            return Files.readString(process.resolve("fdinfo").resolve(link.getFileName()))
                    .contains("OFDLCK");
        } catch (IOException e) {
            return false; // closed in the meantime
        }
    }
}
