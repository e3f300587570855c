package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Tells the service manager how far the server is: systemd's {@code Type=notify-reload}, see
 * sd_notify(3). Without a service manager nothing is told. What fails is logged and nothing more:
 * the server serves all the same.
 */
final class ServiceManager {
    private static final Logger LOG = LogManager.getLogger(ServiceManager.class);
    private static final String VARIABLE = "NOTIFY_SOCKET";

    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int FAMILY_BYTES = 2;

    /** Of {@code sun_path}. */
    private static final int PATH_BYTES_MAX = 108;

    /** Not on a path: a name of the abstract name space. */
    private static final String ABSTRACT = "@";

    private final @Nullable String socket;

    private ServiceManager(@Nullable String socket) {
        this.socket = socket;
    }

    /** The one that started this process, if any. */
    static ServiceManager ofEnvironment() {
        return at(System.getenv(VARIABLE));
    }

    /**
     * The one that listens on a socket.
     *
     * @param socket a path, or {@code @} and an abstract name; null for none
     */
    static ServiceManager at(@Nullable String socket) {
        return new ServiceManager(socket == null || socket.isEmpty() ? null : socket);
    }

    /** The server serves, with the configuration that holds now. */
    void ready() {
        tell("READY=1\nSTATUS=serving");
    }

    /**
     * Another configuration is being taken over; {@link #ready} follows, also if it was refused.
     */
    void reloading() {
        // CLOCK_MONOTONIC in microseconds: on Linux what nanoTime counts.
        tell("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
    }

    /** The server is about to end. */
    void stopping() {
        tell("STOPPING=1\nSTATUS=letting initiators log out, making everything durable");
    }

    private void tell(String state) {
        if (socket == null) {
            return;
        }
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length >= PATH_BYTES_MAX) {
            LOG.warn("{} is too long: {}", VARIABLE, socket);
            return;
        }
        if (socket.startsWith(ABSTRACT)) {
            path[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(FAMILY_BYTES + PATH_BYTES_MAX);
            address.set(ValueLayout.JAVA_SHORT, 0, AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
            byte[] text = state.getBytes(StandardCharsets.UTF_8);
            MemorySegment message = arena.allocateFrom(ValueLayout.JAVA_BYTE, text);
            if (!Calls.send(message, address, FAMILY_BYTES + path.length)) {
                LOG.warn("the service manager could not be told: {}", state.lines().findFirst());
            }
        }
    }

    /** Linked only when there is a service manager. */
    private static final class Calls {
        private static final MethodHandle SOCKET =
                handle(
                        "socket",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT));
        private static final MethodHandle SEND_TO =
                handle(
                        "sendto",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        private static final MethodHandle CLOSE =
                handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

        @SuppressWarnings("restricted") // allowed by --enable-native-access
        private static MethodHandle handle(String name, FunctionDescriptor shape) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
        }

        /** Sends one datagram; false if that failed. */
        static boolean send(MemorySegment message, MemorySegment address, int addressBytes) {
            try {
                int descriptor =
                        (int) SOCKET.invokeExact((int) AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
                if (descriptor < 0) {
                    return false;
                }
                long sent =
                        (long)
                                SEND_TO.invokeExact(
                                        descriptor,
                                        message,
                                        message.byteSize(),
                                        0,
                                        address,
                                        addressBytes);
                int closed = (int) CLOSE.invokeExact(descriptor);
                return sent == message.byteSize() && closed == 0;
            } catch (Throwable e) {
                throw new AssertionError("the C library cannot be called", e);
            }
        }
    }
}
