package org.dbstore.tests.durability;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tests.durability.History.Promise;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Kills the server again and again, and checks every sector after each restart. */
final class KillRig {
    /** What the two volumes under load are served as. */
    enum Cache {
        WRITETHROUGH("writethrough", "writethrough"),
        WRITEBACK("writeback", "writeback"),
        BOTH("writethrough", "writeback");

        private final String first;
        private final String second;

        Cache(String first, String second) {
            this.first = first;
            this.second = second;
        }

        /** Of one of the two volumes. */
        private String mode(int volume) {
            return volume == 0 ? first : second;
        }

        /** By the word on the command line. */
        static Cache of(String word) {
            for (Cache cache : values()) {
                if (cache.word().equals(word)) {
                    return cache;
                }
            }
            throw new IllegalArgumentException("--cache wants writethrough, writeback or both");
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What is to be done.
     *
     * @param kills how many at least
     * @param seed of the load and of the moments; the rest is up to the machine
     */
    record Plan(int kills, Cache cache, long seed, Optional<BrokenOnPurpose> broken) {
        /** The command that does the same again. */
        String again() {
            return "bin/kill-test --kills %d --cache %s --seed %d%s"
                    .formatted(
                            kills,
                            cache.word(),
                            seed,
                            broken.map(b -> " --break " + b.name().toLowerCase(Locale.ROOT))
                                    .orElse(""));
        }
    }

    private static final List<String> VOLUMES = List.of("first", "second");
    private static final long DEVICE_BYTES = 768L << 20;
    private static final long VOLUME_BYTES = 24L << 20;
    private static final int SECTORS = (int) (VOLUME_BYTES / Sectors.BYTES);
    private static final int SESSIONS = 3;
    private static final int DEPTH = 8;
    private static final int LOAD_MILLIS_MIN = 100;
    private static final int LOAD_MILLIS_MAX = 3000;

    /** Longer than a start takes, so that some kills come when it has done its recovery. */
    private static final int START_MILLIS_MAX = 1200;

    private static final double KILLED_STARTS = 0.15;
    private static final double MANAGED_CYCLES = 0.3;
    private static final int LOST_SHOWN_MAX = 10;

    private final Plan plan;
    private final Path device;
    private final Path config;
    private final Path journalFile;
    private final SplittableRandom random;
    private final InetSocketAddress address;
    private final Map<String, String> environment;
    private final AtomicLong numbers = new AtomicLong();
    private final List<long[]> stamps = new ArrayList<>();
    private final KilledManagement management;
    private List<Journal.Entry> entries = List.of();
    private int serverKills;
    private int startKills;
    private long acknowledged;
    private long lost;

    /** Makes a device in the folder. */
    KillRig(Plan plan, Path folder) throws IOException, InterruptedException, BackendException {
        this.plan = plan;
        device = folder.resolve("main.dbs");
        config = folder.resolve("dbsd.yaml");
        journalFile = folder.resolve("journal");
        random = new SplittableRandom(plan.seed());
        address = Dbsd.freeAddress();
        environment =
                plan.broken().isPresent() ? plan.broken().get().environment(folder) : Map.of();
        BlockStore.initialize(device, DEVICE_BYTES, false);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            for (String volume : VOLUMES) {
                store.createVolume(volume, VOLUME_BYTES);
                stamps.add(new long[SECTORS]);
            }
        }
        management = new KilledManagement(device, VOLUMES, random.split());
    }

    /** Does all cycles. */
    void run() throws Exception {
        while (kills() < plan.kills()) {
            configure();
            if (random.nextDouble() < KILLED_STARTS) {
                killDuringStart();
            }
            Dbsd dbsd = Dbsd.launch(config, address, environment);
            try {
                dbsd.awaitListening();
                check();
                loadAndKill(dbsd);
            } finally {
                dbsd.kill();
            }
            if (random.nextDouble() < MANAGED_CYCLES) {
                management.act();
            }
        }
        configure();
        Dbsd dbsd = Dbsd.launch(config, address, environment);
        try {
            dbsd.awaitListening();
            check();
            dbsd.stop();
        } finally {
            dbsd.kill();
        }
    }

    private void configure() throws IOException {
        List<String> luns = new ArrayList<>();
        for (int i = 0; i < VOLUMES.size(); i++) {
            luns.add(
                    "%d: { device: main, volume: %s, cache: %s }"
                            .formatted(i, VOLUMES.get(i), plan.cache().mode(i)));
        }
        luns.addAll(management.luns());
        Dbsd.configure(config, device, address, luns);
    }

    /** Recovery has to survive this too. */
    private void killDuringStart() throws Exception {
        Dbsd dbsd = Dbsd.launch(config, address, environment);
        try {
            Thread.sleep(random.nextInt(START_MILLIS_MAX));
        } finally {
            dbsd.kill();
            startKills++;
        }
    }

    private void loadAndKill(Dbsd dbsd) throws Exception {
        boolean withReads = plan.broken().isEmpty();
        Load.Profile profile =
                new Load.Profile(List.of(SECTORS, SECTORS), SESSIONS, DEPTH, withReads);
        try (Journal journal = new Journal(journalFile)) {
            Load load = new Load(profile, journal, Load.MediumClock.STOPPED, stamps, numbers);
            load.start(address, Dbsd.TARGET, random.split());
            Thread.sleep(random.nextInt(LOAD_MILLIS_MIN, LOAD_MILLIS_MAX));
            boolean running = load.isRunning();
            dbsd.kill();
            serverKills++;
            load.join();
            if (load.failure() != null) {
                throw new AssertionError("under load: " + load.failure(), load.failure());
            }
            if (!running) {
                throw new AssertionError("a session ended before the kill:\n" + dbsd.lastLines());
            }
            if (!load.refused().isEmpty()) {
                throw new AssertionError("no GOOD: " + load.refused());
            }
        }
        entries = Journal.read(journalFile);
    }

    /** Compares every sector of every unit; what is there now is what has to stay. */
    private void check() throws IOException {
        // kill -9 leaves the kernel's page cache, hence both kinds of cache promise the same.
        History history =
                new History(stamps, List.of(Promise.EVERY_WRITE, Promise.EVERY_WRITE), entries);
        List<String> wrong = new ArrayList<>();
        try (Contents.Reader reader = new Contents.Reader(address)) {
            for (int volume = 0; volume < VOLUMES.size(); volume++) {
                long[] found = reader.stamps(volume, SECTORS);
                for (int sector = 0; sector < SECTORS; sector++) {
                    if (!history.allows(volume, sector, found[sector], 0)) {
                        wrong.add(
                                "volume %s, sector %d holds %d; %s"
                                        .formatted(
                                                VOLUMES.get(volume),
                                                sector,
                                                found[sector],
                                                history.describe(volume, sector, 0)));
                    }
                }
                stamps.set(volume, found);
            }
            wrong.addAll(management.check(reader, stamps));
        }
        acknowledged += history.acknowledgedWrites();
        entries = List.of();
        if (!wrong.isEmpty()) {
            lost = wrong.size();
            throw new AssertionError(
                    "after %d kills:\n%s"
                            .formatted(
                                    kills(),
                                    String.join(
                                            "\n",
                                            wrong.subList(
                                                    0, Math.min(LOST_SHOWN_MAX, wrong.size())))));
        }
    }

    private int kills() {
        return serverKills + startKills + management.kills();
    }

    /** In one line. */
    String summary() {
        return ("%d kills (%d of dbsd under load, %d in its start, %d of dbsctl), %d acknowledged"
                        + " writes, %d sectors lost")
                .formatted(
                        kills(), serverKills, startKills, management.kills(), acknowledged, lost);
    }
}
