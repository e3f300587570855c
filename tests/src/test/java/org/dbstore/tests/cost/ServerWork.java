package org.dbstore.tests.cost;

import com.sun.management.ThreadMXBean;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the threads of the servers in this process have done so far. They are known by their names,
 * so what tests and the virtual machine do meanwhile is not in it.
 */
final class ServerWork {
    private static final String PREFIX = "dbs-";
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Map<Long, Long> allocatedBytes = new HashMap<>();
    private final Map<Long, Long> transfers = new HashMap<>();

    private ServerWork() {}

    /** As it stands. */
    static ServerWork now() throws IOException {
        ServerWork work = new ServerWork();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(PREFIX)) {
                long id = thread.threadId();
                work.allocatedBytes.put(id, THREADS.getThreadAllocatedBytes(id));
            }
        }
        if (countsTransfers()) {
            try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
                for (Path task : tasks) {
                    work.addTransfers(task);
                }
            }
        }
        return work;
    }

    /** Tells whether the kernel counts the calls of each thread. */
    static boolean countsTransfers() {
        return Files.isReadable(Path.of("/proc/self/io"));
    }

    /** Heap that was allocated since, in bytes. */
    long allocatedBytesSince(ServerWork before) {
        return since(allocatedBytes, before.allocatedBytes);
    }

    /** System calls since that read or wrote, be it a socket or the device. */
    long transfersSince(ServerWork before) {
        return since(transfers, before.transfers);
    }

    private static long since(Map<Long, Long> now, Map<Long, Long> before) {
        long sum = 0;
        for (Map.Entry<Long, Long> each : now.entrySet()) {
            sum += each.getValue() - before.getOrDefault(each.getKey(), 0L);
        }
        return sum;
    }

    private void addTransfers(Path task) throws IOException {
        try {
            if (Files.readString(task.resolve("comm")).startsWith(PREFIX)) {
                long calls =
                        Files.readAllLines(task.resolve("io")).stream()
                                .filter(line -> line.startsWith("sysc"))
                                .mapToLong(line ->
                                        Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                                .sum();
                transfers.put(Long.parseLong(task.getFileName().toString()), calls);
            }
        } catch (NoSuchFileException e) {
            // The thread has ended since the folder was listed.
            transfers.remove(Long.parseLong(task.getFileName().toString()));
        }
    }
}
