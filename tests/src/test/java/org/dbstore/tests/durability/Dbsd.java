package org.dbstore.tests.durability;

import org.dbstore.tests.support.Repository;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The real server, {@code bin/dbsd}, in a process of its own. */
final class Dbsd {
    static final String TARGET = "iqn.2026-01.org.dbstore.tests:durability";

    private static final long START_SECONDS_MAX = 120;
    private static final long STOP_SECONDS_MAX = 60;
    private static final int CONNECT_MILLIS = 200;
    private static final long RETRY_MILLIS = 5;

    private final Process process;
    private final InetSocketAddress address;
    private final Path log;

    private Dbsd(Process process, InetSocketAddress address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /** A port of the loopback that nobody listens on. */
    static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }

    /**
     * Writes a configuration.
     *
     * @param device path of the device, which is there already
     * @param luns lines of YAML
     */
    static void configure(Path file, Path device, InetSocketAddress address, List<String> luns)
            throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("devices: { main: { path: " + device + " } }");
        lines.add("portals: [ \"127.0.0.1:" + address.getPort() + "\" ]");
        lines.add("targets:");
        lines.add("  " + TARGET + ":");
        lines.add("    initiators: [ any ]");
        lines.add("    luns:");
        luns.forEach(lun -> lines.add("      " + lun));
        Files.write(file, lines);
    }

    /** Launches it; it does not listen yet. */
    static Dbsd launch(Path config, InetSocketAddress address, Map<String, String> environment)
            throws IOException {
        Path log = config.resolveSibling("dbsd.log");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Repository.root().resolve("bin/dbsd").toString(),
                                "--config",
                                config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new Dbsd(builder.start(), address, log);
    }

    /** Waits until it listens. */
    Dbsd awaitListening() throws IOException, InterruptedException {
        if (!awaitListeningOrEnd()) {
            throw new AssertionError("dbsd ended before it listened:\n" + lastLines());
        }
        return this;
    }

    /** Waits until it listens, or has ended: then false. */
    boolean awaitListeningOrEnd() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(address, CONNECT_MILLIS);
                return true;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("dbsd does not listen:\n" + lastLines(), e);
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
        return false;
    }

    InetSocketAddress address() {
        return address;
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, and its end is awaited. */
    void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            kill();
            throw new AssertionError("dbsd ignored SIGTERM:\n" + lastLines());
        }
    }

    /** The end of its log. */
    String lastLines() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}
