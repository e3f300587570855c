package org.dbstore.tests.durability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code qemu-storage-daemon} with a file that is a device: what is written to it passes a filter
 * of QEMU's on its way to an image.
 */
final class StorageDaemon {
    /** What happens at the n-th request of a kind, and perhaps at all later ones. */
    enum Fault {
        FLUSH_ONCE("flush_to_disk", "flush", 5, true),
        FLUSH_ALWAYS("flush_to_disk", "flush", 5, false),
        WRITE_ONCE("write_aio", "write", 5, true),
        WRITE_ALWAYS("write_aio", "write", 5, false),
        FULL_ONCE("write_aio", "write", 28, true),
        FULL_ALWAYS("write_aio", "write", 28, false);

        private final String event;
        private final String request;
        private final int errno;
        private final boolean once;

        Fault(String event, String request, int errno, boolean once) {
            this.event = event;
            this.request = request;
            this.errno = errno;
            this.once = once;
        }

        /** Whether it is flushes that fail. */
        boolean ofFlush() {
            return request.equals("flush");
        }

        /** Whether the device says that it is full. */
        boolean isFull() {
            return errno == 28;
        }

        /** Whether who writes again what was not written finds nothing wrong. */
        boolean canBeMended() {
            return once && !ofFlush();
        }

        /** As a blkdebug node "top", which begins to fail at the n-th request. */
        private String node(int nth) {
            List<String> states = new ArrayList<>();
            for (int state = 1; state < nth; state++) {
                states.add(
                        "{\"event\":\"%s\",\"state\":%d,\"new_state\":%d}"
                                .formatted(event, state, state + 1));
            }
            return ("{\"driver\":\"blkdebug\",\"node-name\":\"debug\",\"image\":\"image\","
                            + "\"set-state\":[%s],\"inject-error\":[{\"event\":\"%s\","
                            + "\"iotype\":\"%s\",\"state\":%d,\"errno\":%d,\"once\":%s}]}")
                    .formatted(String.join(",", states), event, request, nth, errno, once);
        }
    }

    /** Thrown where the machine gives no FUSE mounts. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message);
        }
    }

    private static final long SECONDS_MAX = 60;
    private static final long POLL_MILLIS = 5;

    private final Process process;
    private final Path device;

    private StorageDaemon(Process process, Path device) {
        this.process = process;
        this.device = device;
    }

    /** Every write and flush is recorded in a log. */
    static StorageDaemon logging(Path folder, Path image, Path log)
            throws IOException, InterruptedException, Unavailable {
        Files.deleteIfExists(log);
        Files.createFile(log);
        return start(
                folder,
                image,
                file("log", log),
                "{\"driver\":\"blklogwrites\",\"node-name\":\"top\",\"file\":\"image\","
                        + "\"log\":\"log\",\"log-sector-size\":%d}".formatted(Sectors.BYTES));
    }

    /** Requests fail from the n-th on, which is 2 or more. */
    static StorageDaemon failing(Path folder, Path image, Fault fault, int nth)
            throws IOException, InterruptedException, Unavailable {
        // The raw format tells blkdebug of each request.
        return start(
                folder,
                image,
                fault.node(nth),
                "{\"driver\":\"raw\",\"node-name\":\"top\",\"file\":\"debug\"}");
    }

    private static String file(String node, Path file) {
        // What is flushed need not outlive this machine; the log says what was.
        return "{\"driver\":\"file\",\"node-name\":\"%s\",\"filename\":\"%s\",\"cache\":{\"no-flush\":true}}"
                .formatted(node, file);
    }

    private static StorageDaemon start(Path folder, Path image, String... nodes)
            throws IOException, InterruptedException, Unavailable {
        Path device = folder.resolve("device");
        Files.deleteIfExists(device);
        Files.createFile(device);
        List<String> command =
                new ArrayList<>(List.of("qemu-storage-daemon", "--blockdev", file("image", image)));
        for (String node : nodes) {
            command.addAll(List.of("--blockdev", node));
        }
        command.addAll(
                List.of(
                        "--export",
                        "type=fuse,id=export,node-name=top,writable=on,mountpoint=" + device));
        Path output = folder.resolve("storage-daemon.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (Files.size(device) == 0) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new Unavailable("no FUSE mount: " + Files.readString(output).strip());
            }
            Thread.sleep(POLL_MILLIS);
        }
        return new StorageDaemon(process, device);
    }

    /** The file that is a device. */
    Path device() {
        return device;
    }

    /** Ends it; everything is in the image and in the log then. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("qemu-storage-daemon ignored SIGTERM");
        }
    }
}
