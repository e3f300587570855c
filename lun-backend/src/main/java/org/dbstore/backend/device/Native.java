package org.dbstore.backend.device;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.Objects;

/**
 * The few calls of the C library that Java does not offer (Linux, 64 bit). A negative result is a
 * negated errno.
 */
final class Native {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_EXCL = 0x80;
    private static final int O_CLOEXEC = 0x80000;

    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EPERM = 1;
    static final int EBUSY = 16;
    static final int EXDEV = 18;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int ESPIPE = 29;
    static final int EROFS = 30;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;

    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int RWF_DSYNC = 2;
    private static final int RWF_NOWAIT = 8;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            variadic(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle FCNTL =
            variadic(
                    "fcntl",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS));
    private static final MethodHandle CLOSE =
            handle(
                    "close",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    Linker.Option.captureCallState("errno"));
    private static final MethodHandle FALLOCATE =
            handle(
                    "fallocate",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
    private static final MethodHandle LSEEK =
            handle(
                    "lseek",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT),
                    Linker.Option.captureCallState("errno"));
    private static final MethodHandle PREADV2 = vectorCall("preadv2");
    private static final MethodHandle PWRITEV2 = vectorCall("pwritev2");

    private static final MethodHandle COPY_FILE_RANGE =
            handle(
                    "copy_file_range",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT),
                    Linker.Option.captureCallState("errno"));

    /** Memory that a call needs beside its arguments; one per thread, so that none is allocated. */
    private static final class Scratch {
        private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

        final MemorySegment callState;
        final MemorySegment ioVector;

        private Scratch() {
            Arena arena = Arena.ofAuto();
            callState = arena.allocate(CALL_STATE);
            ioVector = arena.allocate(16, 8);
        }

        int errno() {
            return (int) ERRNO.get(callState, 0L);
        }
    }

    private Native() {}

    /**
     * Opens a file without creating it; the descriptor is not inherited by child processes.
     *
     * @param path the file
     * @param flags O_RDONLY or O_RDWR, perhaps with O_EXCL
     * @return the descriptor, or a negated errno
     */
    static int open(String path, int flags) {
        Scratch scratch = Scratch.OF_THREAD.get();
        try (Arena arena = Arena.ofConfined()) {
            int descriptor =
                    (int)
                            OPEN.invokeExact(
                                    scratch.callState,
                                    arena.allocateFrom(path),
                                    flags | O_CLOEXEC,
                                    0);
            return descriptor >= 0 ? descriptor : -scratch.errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Closes a descriptor.
     *
     * @param descriptor from {@link #open}
     */
    static void close(int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(Scratch.OF_THREAD.get().callState, descriptor);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Locks the whole file for this open file description (not for the process).
     *
     * @param descriptor open for writing if exclusive
     * @param exclusive false for a lock that readers may share
     * @return 0, or a negated errno: EAGAIN or EACCES if another description holds it
     */
    static int lock(int descriptor, boolean exclusive) {
        Scratch scratch = Scratch.OF_THREAD.get();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(32, 8); // type, whence, start, len, pid; zeroed
            flock.set(ValueLayout.JAVA_SHORT, 0, exclusive ? F_WRLCK : F_RDLCK);
            int result = (int) FCNTL.invokeExact(scratch.callState, descriptor, F_OFD_SETLK, flock);
            return result == 0 ? 0 : -scratch.errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Deallocates a range; the size stays.
     *
     * @param descriptor open for writing
     * @param offset first byte
     * @param lengthBytes number of bytes
     * @return 0, or a negated errno: EOPNOTSUPP if the file system or device cannot
     */
    static int punchHole(int descriptor, long offset, long lengthBytes) {
        return allocate(
                descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
    }

    /**
     * Allocates a range; the size stays.
     *
     * @param descriptor open for writing
     * @param offset first byte
     * @param lengthBytes number of bytes
     * @return 0, or a negated errno: ENOSPC, or EOPNOTSUPP if the file system or device cannot
     */
    static int preallocate(int descriptor, long offset, long lengthBytes) {
        return allocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
    }

    private static int allocate(int descriptor, int mode, long offset, long lengthBytes) {
        Scratch scratch = Scratch.OF_THREAD.get();
        try {
            int result =
                    (int)
                            FALLOCATE.invokeExact(
                                    scratch.callState, descriptor, mode, offset, lengthBytes);
            return result == 0 ? 0 : -scratch.errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Finds allocated bytes. Moves the descriptor, which nobody minds who says where to read.
     *
     * @param descriptor of the file
     * @param offset where to begin
     * @return the first that is allocated, or a negated errno: ENXIO if none is
     */
    static long seekData(int descriptor, long offset) {
        return seek(descriptor, offset, SEEK_DATA);
    }

    /**
     * Finds a hole.
     *
     * @param descriptor of the file
     * @param offset where to begin, below the end of the file
     * @return the first byte that is not allocated, at most the size, or a negated errno
     */
    static long seekHole(int descriptor, long offset) {
        return seek(descriptor, offset, SEEK_HOLE);
    }

    private static long seek(int descriptor, long offset, int whence) {
        Scratch scratch = Scratch.OF_THREAD.get();
        try {
            long found = (long) LSEEK.invokeExact(scratch.callState, descriptor, offset, whence);
            return found >= 0 ? found : -scratch.errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Reads what the page cache has.
     *
     * @param descriptor open for reading, not O_DIRECT
     * @param offset first byte
     * @param target direct buffer; its position does not move
     * @return number of bytes read, perhaps fewer than asked, or a negated errno: EAGAIN if nothing
     *     is cached, EOPNOTSUPP if the file system cannot tell
     */
    static long readCached(int descriptor, long offset, ByteBuffer target) {
        return transfer(PREADV2, descriptor, offset, target, RWF_NOWAIT);
    }

    /**
     * Writes bytes and waits until they are on the medium, with what it takes to find them there.
     *
     * @param descriptor open for writing, used by nobody else meanwhile: an error of a write-back
     *     is told once for each open file description
     * @param offset first byte
     * @param source direct buffer; its position does not move
     * @return number of bytes written, perhaps fewer than asked, or a negated errno: EOPNOTSUPP if
     *     the file system cannot do that
     */
    static long writeThrough(int descriptor, long offset, ByteBuffer source) {
        return transfer(PWRITEV2, descriptor, offset, source, RWF_DSYNC);
    }

    private static long transfer(
            MethodHandle call, int descriptor, long offset, ByteBuffer buffer, int flags) {
        Scratch scratch = Scratch.OF_THREAD.get();
        MemorySegment ioVector = scratch.ioVector;
        ioVector.set(ValueLayout.JAVA_LONG, 0, MemorySegment.ofBuffer(buffer).address());
        ioVector.set(ValueLayout.JAVA_LONG, 8, buffer.remaining());
        try {
            long count =
                    (long)
                            call.invokeExact(
                                    scratch.callState, descriptor, ioVector, 1, offset, flags);
            return count >= 0 ? count : -scratch.errno();
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    /**
     * Copies within a file without moving the bytes through this process; where the file system
     * can, they are only referred to twice.
     *
     * @param descriptor open for reading and writing, not O_DIRECT
     * @param from first byte of the source
     * @param to first byte of the destination, which the source does not overlap
     * @param lengthBytes number of bytes
     * @return number of bytes copied, perhaps fewer than asked, or a negated errno
     */
    static long copyRange(int descriptor, long from, long to, long lengthBytes) {
        Scratch scratch = Scratch.OF_THREAD.get();
        MemorySegment source = scratch.ioVector.asSlice(0, 8);
        MemorySegment destination = scratch.ioVector.asSlice(8, 8);
        source.set(ValueLayout.JAVA_LONG, 0, from);
        destination.set(ValueLayout.JAVA_LONG, 0, to);
        try {
            long count =
                    (long)
                            COPY_FILE_RANGE.invokeExact(
                                    scratch.callState,
                                    descriptor,
                                    source,
                                    descriptor,
                                    destination,
                                    lengthBytes,
                                    0);
            return count >= 0 ? count : -scratch.errno();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What the C library says of an error, in the language of the environment. */
    private static final class Words {
        private static final MethodHandle STRERROR =
                handle(
                        "strerror",
                        FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

        static final String NO_SPACE = of(ENOSPC);

        private Words() {}

        @SuppressWarnings("restricted") // the C library ends its texts with a zero
        private static String of(int errno) {
            String encoding = Objects.requireNonNull(System.getProperty("native.encoding"));
            try {
                MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
                return text.reinterpret(Long.MAX_VALUE).getString(0, Charset.forName(encoding));
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    /**
     * Returns what exceptions of the JDK say of a full file system: it asks the C library, too.
     *
     * @return the same as long as the process lives
     */
    static String noSpaceText() {
        return Words.NO_SPACE;
    }

    /**
     * Names an errno for people.
     *
     * @param what the call that failed
     * @param negatedErrno its result
     * @return to be thrown
     */
    static IOException failure(String what, long negatedErrno) {
        return new IOException(what + ": error " + -negatedErrno);
    }

    private static MethodHandle vectorCall(String name) {
        return handle(
                name,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle variadic(String name, FunctionDescriptor function) {
        return handle(
                name,
                function,
                Linker.Option.firstVariadicArg(2),
                Linker.Option.captureCallState("errno"));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(
            String name, FunctionDescriptor function, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }

    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof RuntimeException runtime) {
            return runtime;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
