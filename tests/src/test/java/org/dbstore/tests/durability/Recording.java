package org.dbstore.tests.durability;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tests.durability.History.Promise;
import org.dbstore.tests.durability.Operation.Kind;
import org.dbstore.tests.support.Json;
import org.dbstore.tests.support.Repository;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the real server on a device whose writes and flushes are logged, with a load, orderly stops,
 * a kill -9, and snapshots made and deleted in between. The length of the log is the clock: an
 * acknowledgement seen when the log had N bytes has to hold in each crash after these N bytes.
 */
final class Recording {
    /** Volumes under load, by LUN. */
    static final List<String> VOLUMES = List.of("through", "back");

    /** What they promise. */
    static final List<Promise> PROMISES = List.of(Promise.EVERY_WRITE, Promise.FLUSHED_WRITES);

    static final long VOLUME_BYTES = 12L << 20;
    static final int SECTORS = (int) (VOLUME_BYTES / Sectors.BYTES);
    static final long NEVER = Long.MAX_VALUE;

    private static final long DEVICE_BYTES = 128L << 20;
    private static final int SESSIONS = 3;
    private static final int DEPTH = 4;
    private static final long COMMAND_SECONDS_MAX = 120;
    private static final List<String> MODES = List.of("writethrough", "writeback");

    /** A snapshot, and at which lengths of the log it was there. */
    static final class Snapshot {
        final int volume;
        final int id;
        final long before;
        final long begunAt;
        final long doneAt;
        long deletionBegunAt = NEVER;
        long deletedAt = NEVER;

        /**
         * One that was just taken.
         *
         * @param before number of the first operation after it was taken
         * @param begunAt it cannot be there before
         * @param doneAt it has to be there afterwards
         */
        Snapshot(int volume, int id, long before, long begunAt, long doneAt) {
            this.volume = volume;
            this.id = id;
            this.before = before;
            this.begunAt = begunAt;
            this.doneAt = doneAt;
        }
    }

    private final Path folder;
    private final SplittableRandom random;
    private final Map<String, String> environment;
    private final InetSocketAddress address = Dbsd.freeAddress();
    private final AtomicLong numbers = new AtomicLong();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private long startedAt;

    /** Prepares it. */
    Recording(Path folder, SplittableRandom random, Map<String, String> environment)
            throws IOException {
        this.folder = folder;
        this.random = random;
        // Where the power is lost the system starts anew: what opens a replay is in another run of
        // it.
        String run = "-Ddbs.boot-id=" + new UUID(random.nextLong(), random.nextLong());
        this.environment = new HashMap<>(environment);
        this.environment.put("DBS_JAVA_OPTS", run);
        this.environment.put("DBSCTL_JAVA_OPTS", run);
    }

    /** The device as it was at the beginning of the log. */
    Path image() {
        return folder.resolve("begin.img");
    }

    Path log() {
        return folder.resolve("writes.log");
    }

    Path journal() {
        return folder.resolve("journal");
    }

    /** Length of the log when the volumes were first served. */
    long startedAt() {
        return startedAt;
    }

    List<Snapshot> snapshots() {
        return snapshots;
    }

    /** A device with the volumes, empty. */
    static void initialize(Path image) throws Exception {
        BlockStore.initialize(image, DEVICE_BYTES, false);
        try (BlockStore store = BlockStore.open(image, OpenOptions.DEFAULT)) {
            for (String volume : VOLUMES) {
                store.createVolume(volume, VOLUME_BYTES);
            }
        }
    }

    /** Serves both volumes. */
    static void configure(Path config, Path device, InetSocketAddress address) throws IOException {
        List<String> luns = new ArrayList<>();
        for (int i = 0; i < VOLUMES.size(); i++) {
            luns.add(
                    "%d: { device: main, volume: %s, cache: %s }"
                            .formatted(i, VOLUMES.get(i), MODES.get(i)));
        }
        Dbsd.configure(config, device, address, luns);
    }

    /** The load that goes with the volumes. */
    static Load.Profile profile(boolean withReads) {
        return new Load.Profile(List.of(SECTORS, SECTORS), SESSIONS, DEPTH, withReads);
    }

    /**
     * Records.
     *
     * @param loadMillis how long each of the five loads lasts
     */
    void run(long loadMillis) throws Exception {
        initialize(image());
        Path image = folder.resolve("main.img");
        Files.copy(image(), image);
        StorageDaemon daemon = StorageDaemon.logging(folder, image, log());
        try (FileChannel written = FileChannel.open(log(), StandardOpenOption.READ);
                Journal journal = new Journal(journal())) {
            Path device = daemon.device();
            configure(folder.resolve("dbsd.yaml"), device, address);
            load(journal, written, loadMillis, false);
            snapshot(device, 0, written);
            load(journal, written, loadMillis, true);
            load(journal, written, loadMillis, false);
            snapshot(device, 1, written);
            load(journal, written, loadMillis, false);
            delete(device, snapshots.getFirst(), written);
            load(journal, written, loadMillis, false);
        } finally {
            daemon.stop();
        }
        Files.delete(image);
    }

    private void load(Journal journal, FileChannel written, long millis, boolean killed)
            throws Exception {
        Dbsd dbsd = Dbsd.launch(folder.resolve("dbsd.yaml"), address, environment);
        try {
            dbsd.awaitListening();
            if (startedAt == 0) {
                startedAt = written.size();
            }
            List<long[]> stamps = new ArrayList<>();
            try (Contents.Reader reader = new Contents.Reader(address)) {
                for (int volume = 0; volume < VOLUMES.size(); volume++) {
                    stamps.add(reader.stamps(volume, SECTORS));
                }
            }
            Load load = new Load(profile(true), journal, written::size, stamps, numbers);
            load.start(address, Dbsd.TARGET, random.split());
            Thread.sleep(millis);
            if (!load.isRunning()) {
                throw new AssertionError("a session ended too early:\n" + dbsd.lastLines());
            }
            if (killed) {
                dbsd.kill();
                load.join();
            } else {
                load.end();
                stop(dbsd, journal, written);
            }
            if (load.failure() != null || !load.refused().isEmpty()) {
                throw new AssertionError(
                        "under load: " + load.failure() + load.refused(), load.failure());
            }
        } finally {
            dbsd.kill();
        }
    }

    /** An orderly stop flushes everything. */
    private void stop(Dbsd dbsd, Journal journal, FileChannel written) throws Exception {
        List<Operation> flushes = new ArrayList<>();
        for (int volume = 0; volume < VOLUMES.size(); volume++) {
            Operation flush =
                    new Operation(numbers.incrementAndGet(), volume, Kind.SYNCHRONIZE, 0, 0);
            journal.append(new Journal.Entry(false, flush, written.size()));
            flushes.add(flush);
        }
        dbsd.stop();
        for (Operation flush : flushes) {
            journal.append(new Journal.Entry(true, flush, written.size()));
        }
    }

    private void snapshot(Path device, int volume, FileChannel written) throws Exception {
        long begunAt = written.size();
        Json created = dbsctl(device, "-o", "json", "snapshot", "create", VOLUMES.get(volume));
        snapshots.add(
                new Snapshot(
                        volume,
                        Math.toIntExact(created.get("id").number()),
                        numbers.get() + 1,
                        begunAt,
                        written.size()));
    }

    private void delete(Path device, Snapshot snapshot, FileChannel written) throws Exception {
        snapshot.deletionBegunAt = written.size();
        dbsctl(device, "-o", "json", "snapshot", "delete", Integer.toString(snapshot.id), "--yes");
        snapshot.deletedAt = written.size();
    }

    private Json dbsctl(Path device, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Repository.root().resolve("bin/dbsctl").toString());
        command.addAll(List.of("--device", device.toString()));
        command.addAll(Arrays.asList(arguments));
        Path output = folder.resolve("dbsctl.json");
        Path errors = folder.resolve("dbsctl.log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(command + " failed:\n" + Files.readString(errors));
        }
        return Json.read(output);
    }
}
