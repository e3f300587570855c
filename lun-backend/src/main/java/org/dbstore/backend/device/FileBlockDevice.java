package org.dbstore.backend.device;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A regular file or block device, through the page cache or past it.
 *
 * <p>Transfers go through a {@link FileChannel}. A descriptor of its own serves what a channel
 * cannot do: reads from the page cache without waiting, and holes. Writes that are forced one by
 * one go through {@link SyncDescriptors}.
 */
public final class FileBlockDevice implements BlockDevice {
    private static final Logger LOG = LogManager.getLogger(FileBlockDevice.class);

    /**
     * A call to the page cache makes units of its size there, and ext4 looks at every block of a
     * unit for each small write to it. So large calls cost later small ones more than they save
     * (measured on Linux 6.18: 4 KiB writes 1.6 times as fast as after calls of 256 KiB).
     */
    private static final int CACHED_WRITE_BYTES_MAX = 64 << 10;

    /** Below, reading and writing is as fast or faster (measured on ext4). */
    private static final long COPY_BYTES_MIN = 128 << 10;

    private final Path path;
    private final FileChannel channel;
    private final int descriptor;

    /** Shared by calls that nobody else keeps from meeting {@link #close}. */
    private final ReentrantReadWriteLock descriptorUse = new ReentrantReadWriteLock();

    private final long sizeBytes;
    private final boolean direct;

    /** Most bytes of one call that writes. */
    private final int writeBytesMax;

    private final SyncDescriptors syncDescriptors;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private volatile boolean canPunch = true;
    private volatile boolean canCopy = true;
    private volatile boolean canTellCached = true;
    private volatile boolean canWriteThrough;

    private FileBlockDevice(
            Path path, FileChannel channel, int descriptor, boolean direct, boolean readOnly)
            throws IOException {
        this.path = path;
        this.channel = channel;
        this.descriptor = descriptor;
        this.direct = direct;
        this.sizeBytes = channel.size();
        this.syncDescriptors = new SyncDescriptors(descriptor);
        this.canWriteThrough = !direct && !readOnly;
        this.writeBytesMax = direct ? Integer.MAX_VALUE : CACHED_WRITE_BYTES_MAX;
    }

    /**
     * Opens what is there; nothing is created.
     *
     * @param path a regular file or block device
     * @param direct true to bypass the page cache
     * @param readOnly true to open without the right to write
     * @return the open device
     * @throws IOException if it cannot be opened so
     */
    public static FileBlockDevice open(Path path, boolean direct, boolean readOnly)
            throws IOException {
        Set<OpenOption> options = new HashSet<>();
        options.add(StandardOpenOption.READ);
        if (!readOnly) {
            options.add(StandardOpenOption.WRITE);
        }
        if (direct) {
            options.add(directOption());
        }
        FileChannel channel = FileChannel.open(path, options);
        try {
            int descriptor =
                    Native.open(path.toString(), readOnly ? Native.O_RDONLY : Native.O_RDWR);
            if (descriptor < 0) {
                throw Native.failure("open " + path, descriptor);
            }
            try {
                return new FileBlockDevice(path, channel, descriptor, direct, readOnly);
            } catch (IOException | RuntimeException e) {
                Native.close(descriptor);
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Opens what is there for reading, with errors in words.
     *
     * @param path a regular file or block device
     * @param direct true to bypass the page cache
     * @return the open device
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID} if it
     *     is neither or cannot be opened so, {@link BackendError#IO}
     */
    public static FileBlockDevice openToLook(Path path, boolean direct) throws BackendException {
        if (!Files.exists(path)) {
            throw new BackendException(BackendError.NOT_FOUND, "there is no " + path);
        }
        DeviceLock.isBlockDevice(path); // or a file, else refused
        return openInWords(path, direct, true);
    }

    /**
     * As {@link #open}, with errors in words.
     *
     * @param path as there
     * @param direct as there
     * @param readOnly as there
     * @return the open device
     * @throws BackendException {@link BackendError#INVALID} if direct I/O is not possible, {@link
     *     BackendError#IO}
     */
    public static FileBlockDevice openInWords(Path path, boolean direct, boolean readOnly)
            throws BackendException {
        try {
            return open(path, direct, readOnly);
        } catch (UnsupportedOperationException e) {
            throw new BackendException(
                    BackendError.INVALID, "direct I/O is not possible on " + path, e);
        } catch (IOException e) {
            String how = direct ? " for direct I/O" : "";
            throw new BackendException(BackendError.IO, "open of " + path + how, e);
        }
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public int alignment() {
        return direct ? AlignedBuffers.ALIGNMENT_BYTES : 1;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        checkTransfer(offset, target);
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count <= 0) {
                throw new EOFException(path + " ends before byte " + (at + target.remaining()));
            }
            at += count;
        }
    }

    @Override
    public boolean tryRead(long offset, ByteBuffer target) throws IOException {
        if (direct) {
            return false; // the medium is always waited for
        }
        if (!canTellCached || !channel.isOpen()) {
            read(offset, target);
            return true;
        }
        checkTransfer(offset, target);
        int wanted = target.remaining();
        long count = Native.readCached(descriptor, offset, target);
        if (count == -Native.EOPNOTSUPP || count == -Native.ENOSYS) {
            canTellCached = false; // from now on a plain read, without asking
            read(offset, target);
            return true;
        }
        // An error of the medium comes back from the read that follows, with its proper message.
        if (count != wanted) {
            return false;
        }
        target.position(target.limit());
        return true;
    }

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        checkTransfer(offset, source);
        int length = source.remaining();
        long at = offset;
        int end = source.limit();
        try {
            while (at - offset < length) {
                source.limit(source.position() + Math.min(end - source.position(), writeBytesMax));
                int count = channel.write(source, at);
                if (count <= 0) {
                    throw new IOException(path + " takes no bytes at " + at);
                }
                at += count;
            }
        } finally {
            source.limit(end);
        }
    }

    @Override
    public boolean writeThrough(long offset, ByteBuffer source) throws IOException {
        checkTransfer(offset, source);
        int own = canWriteThrough ? syncDescriptors.take() : SyncDescriptors.NONE;
        if (own == SyncDescriptors.NONE) {
            return false;
        }
        try {
            return writeThrough(own, offset, source);
        } finally {
            syncDescriptors.give(own);
        }
    }

    private boolean writeThrough(int own, long offset, ByteBuffer source) throws IOException {
        int start = source.position();
        long at = offset;
        while (source.hasRemaining()) {
            long count = Native.writeThrough(own, at, source);
            if (count == -Native.EOPNOTSUPP || count == -Native.ENOSYS) {
                canWriteThrough = false;
                LOG.info("{} is always forced as a whole: it cannot force a single write", path);
                source.position(start);
                return false;
            }
            if (count == -Native.ENOSPC) {
                // No write is lost yet: the plain write says it again if it is true, and the next
                // force if it was a write-back that found no space.
                source.position(start);
                return false;
            }
            if (count <= 0 && count != -Native.EINTR) {
                throw Native.failure("write through to " + path, count);
            }
            int written = (int) Math.max(count, 0);
            source.position(source.position() + written);
            at += written;
        }
        return true;
    }

    @Override
    public void force() throws IOException {
        channel.force(false); // the size never changes, so fdatasync is enough
    }

    @Override
    public void punchHole(long offset, long lengthBytes) throws IOException {
        checkBounds(offset, lengthBytes);
        if (!canPunch) {
            return;
        }
        long result = withDescriptor(fd -> Native.punchHole(fd, offset, lengthBytes));
        if (result == -Native.EOPNOTSUPP || result == -Native.ENOSYS) {
            canPunch = false;
            LOG.info("{} keeps the space of freed extents: it cannot punch holes", path);
        } else if (result < 0) {
            throw Native.failure("punch hole in " + path, result);
        }
    }

    @Override
    public OptionalLong storedBytes(long offset, long lengthBytes) throws IOException {
        checkBounds(offset, lengthBytes);
        if (!Files.isRegularFile(path)) {
            return OptionalLong.empty();
        }
        long end = offset + lengthBytes;
        long stored = 0;
        long data = lengthBytes == 0 ? end : nextData(offset);
        while (data < end) {
            long from = data;
            long hole = withDescriptor(fd -> Native.seekHole(fd, from));
            if (hole == -Native.ENXIO) {
                break; // punched since
            }
            if (hole < 0) {
                throw Native.failure("seek in " + path, hole);
            }
            stored += Math.min(hole, end) - data;
            data = hole < end ? nextData(hole) : end;
        }
        return OptionalLong.of(stored);
    }

    private long nextData(long offset) throws IOException {
        long data = withDescriptor(fd -> Native.seekData(fd, offset));
        if (data < 0 && data != -Native.ENXIO) {
            throw Native.failure("seek in " + path, data);
        }
        return data < 0 ? Long.MAX_VALUE : data;
    }

    @Override
    public void preallocate(long offset, long lengthBytes) throws IOException {
        checkBounds(offset, lengthBytes);
        long result = withDescriptor(fd -> Native.preallocate(fd, offset, lengthBytes));
        boolean unable =
                result == -Native.EOPNOTSUPP
                        || result == -Native.ENOSYS
                        || result == -Native.ENODEV;
        if (result == -Native.ENOSPC) {
            throw new IOException(Native.noSpaceText()); // as the JDK has it
        }
        if (result < 0 && !unable) {
            throw Native.failure("preallocation in " + path, result);
        }
    }

    @Override
    public boolean copyRange(long from, long to, long lengthBytes) throws IOException {
        checkBounds(from, lengthBytes);
        checkBounds(to, lengthBytes);
        // Direct I/O must not meet pages of the cache, which the descriptor goes through.
        boolean possible = canCopy && !direct && lengthBytes >= COPY_BYTES_MIN;
        long done = 0;
        while (possible && done < lengthBytes) {
            long at = done;
            long count =
                    withDescriptor(
                            fd -> Native.copyRange(fd, from + at, to + at, lengthBytes - at));
            if (count == -Native.ENOSYS
                    || count == -Native.EOPNOTSUPP
                    || count == -Native.EXDEV
                    || count == -Native.EINVAL) {
                canCopy = false; // this file system or device never can
            }
            possible = count > 0;
            done += count;
        }
        return possible;
    }

    @Override
    public void close() throws IOException {
        if (open.compareAndSet(true, false)) {
            descriptorUse.writeLock().lock();
            try {
                channel.close(); // first: who finds it open uses the descriptor
            } finally {
                syncDescriptors.close();
                Native.close(descriptor);
                descriptorUse.writeLock().unlock();
            }
        }
    }

    /** A call that takes the descriptor. */
    @FunctionalInterface
    private interface DescriptorCall {
        long with(int fd);
    }

    /**
     * Nobody closes the descriptor during the call: its number may be another file's after that.
     */
    private long withDescriptor(DescriptorCall call) throws ClosedChannelException {
        descriptorUse.readLock().lock();
        try {
            if (!channel.isOpen()) {
                throw new ClosedChannelException();
            }
            return call.with(descriptor);
        } finally {
            descriptorUse.readLock().unlock();
        }
    }

    /**
     * Finds ExtendedOpenOption.DIRECT of the JDK, by name: it is exported and documented, but the
     * compiler warns of it as if it were not, and cannot be told otherwise.
     */
    private static OpenOption directOption() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            return (OpenOption) options.getField("DIRECT").get(null);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("this JDK has no direct I/O", e);
        }
    }

    private void checkTransfer(long offset, ByteBuffer buffer) throws IOException {
        if (!buffer.isDirect()) {
            // The JDK would copy it into native memory that it never gives back.
            throw new IllegalArgumentException("not a direct buffer");
        }
        checkBounds(offset, buffer.remaining());
    }

    private void checkBounds(long offset, long lengthBytes) throws IOException {
        if (offset < 0 || lengthBytes < 0 || lengthBytes > sizeBytes - offset) {
            throw new IOException(
                    "bytes %d..%d are beyond the end of %s (%d bytes)"
                            .formatted(offset, offset + lengthBytes, path, sizeBytes));
        }
    }
}
