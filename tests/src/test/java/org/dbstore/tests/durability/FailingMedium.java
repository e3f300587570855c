package org.dbstore.tests.durability;

import org.dbstore.tests.durability.History.Promise;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The real server on a device that begins to fail: after a failed flush nothing more is
 * acknowledged and reads go on; after a restart everything that was acknowledged is there.
 */
final class FailingMedium {
    private static final String MEDIUM_ERROR = "CHECK 03/0C/00";
    private static final String SPACE_EXHAUSTED = "CHECK 07/27/07";
    private static final int NTH_MIN = 2;
    private static final int NTH_MAX = 250;
    private static final int LOAD_MILLIS_MAX = 5_000;
    private static final int LOAD_MILLIS_AFTER = 200;
    private static final int SHOWN_MAX = 10;

    private final Path folder;
    private final SplittableRandom random;
    private final InetSocketAddress address = Dbsd.freeAddress();
    private final AtomicLong numbers = new AtomicLong();
    private int cases;
    private int stopped;

    /** Prepares it. */
    FailingMedium(Path folder, SplittableRandom random) throws IOException {
        this.folder = folder;
        this.random = random;
    }

    /** Does so many cases, each kind of fault in turn. */
    void run(int count) throws Exception {
        StorageDaemon.Fault[] faults = StorageDaemon.Fault.values();
        for (int i = 0; i < count; i++) {
            StorageDaemon.Fault fault = faults[i % faults.length];
            int nth = random.nextInt(NTH_MIN, NTH_MAX);
            try {
                runCase(fault, nth);
            } catch (AssertionError e) {
                throw new AssertionError(
                        "%s from request %d on: %s".formatted(fault, nth, e.getMessage()), e);
            }
            cases++;
        }
    }

    private void runCase(StorageDaemon.Fault fault, int nth) throws Exception {
        Path image = folder.resolve("failing.img");
        Path journalFile = folder.resolve("failing.journal");
        Files.deleteIfExists(image);
        Recording.initialize(image);
        boolean began;
        StorageDaemon daemon = StorageDaemon.failing(folder, image, fault, nth);
        try (Journal journal = new Journal(journalFile)) {
            Recording.configure(folder.resolve("failing.yaml"), daemon.device(), address);
            began = serve(fault, journal);
        } finally {
            daemon.stop();
        }
        restart(image, journalFile, began);
        Files.delete(image);
        Files.delete(journalFile);
    }

    /** False if the device failed so early that the server did not begin to serve. */
    private boolean serve(StorageDaemon.Fault fault, Journal journal) throws Exception {
        Dbsd dbsd = Dbsd.launch(folder.resolve("failing.yaml"), address, Map.of());
        try {
            if (!dbsd.awaitListeningOrEnd()) {
                return false;
            }
            List<long[]> empty = List.of(new long[Recording.SECTORS], new long[Recording.SECTORS]);
            Load load =
                    new Load(
                            Recording.profile(true),
                            journal,
                            Load.MediumClock.STOPPED,
                            empty,
                            numbers);
            load.start(address, Dbsd.TARGET, random.split());
            long end = System.nanoTime() + LOAD_MILLIS_MAX * 1_000_000L;
            while (!load.hasRefusals() && load.isRunning() && System.nanoTime() < end) {
                Thread.sleep(1);
            }
            Thread.sleep(LOAD_MILLIS_AFTER);
            load.end();
            judge(fault, load, dbsd);
            return true;
        } finally {
            dbsd.kill();
        }
    }

    private void judge(StorageDaemon.Fault fault, Load load, Dbsd dbsd) throws Exception {
        if (load.failure() != null) {
            throw new AssertionError(load.failure() + "\n" + dbsd.lastLines(), load.failure());
        }
        // A large write that fails once in its midst is a short write; its rest is written again.
        require(
                load.hasRefusals() || fault.canBeMended(),
                "the device failed and all was acknowledged");
        Set<String> due =
                fault.isFull() ? Set.of(MEDIUM_ERROR, SPACE_EXHAUSTED) : Set.of(MEDIUM_ERROR);
        for (LoadSession.Refused refused : load.refused()) {
            require(due.contains(refused.outcome()), "answered so: " + refused);
            require(refused.operation().kind() != Operation.Kind.READ, "no read: " + refused);
        }
        try (RawInitiator probe = RawInitiator.connect(address).login(Dbsd.TARGET)) {
            for (int lun = 0; lun < Recording.VOLUMES.size(); lun++) {
                probe(fault, probe, lun, due);
            }
        }
    }

    /** Asks for what must fail from now on, if the store has stopped, and for what must not. */
    private void probe(StorageDaemon.Fault fault, RawInitiator probe, int lun, Set<String> due)
            throws IOException {
        for (int i = 0; i < 4 && !good(probe.read(lun, Cdb.testUnitReady(), 0).outcome()); i++) {}
        String read = probe.read(lun, Cdb.read10(0, 8), 8 * Sectors.BYTES).outcome();
        require(good(read), "reads have to go on: " + read);
        String flush = probe.read(lun, Cdb.synchronizeCache10(), 0).outcome();
        String again = probe.read(lun, Cdb.synchronizeCache10(), 0).outcome();
        if (fault.ofFlush()) {
            require(MEDIUM_ERROR.equals(flush), "a flush after a failed flush: " + flush);
        }
        require(good(flush) || due.contains(flush), "flush: " + flush);
        require(flush.equals(again), "flush: " + flush + ", then " + again);
        if (!good(flush)) {
            stopped++;
            byte[] nothing = new byte[Sectors.BYTES];
            byte[] forced = Cdb.write10(0, 1);
            forced[1] |= 0x08;
            String write = probe.write(lun, forced, nothing).outcome();
            require(due.contains(write), "a write to a store that has stopped: " + write);
            write = probe.write(lun, Cdb.write10(0, 1), nothing).outcome();
            require(due.contains(write), "a write to a store that has stopped: " + write);
        }
    }

    private static boolean good(String outcome) {
        return outcome.equals("GOOD");
    }

    private void restart(Path image, Path journalFile, boolean began) throws Exception {
        Recording.configure(folder.resolve("failing.yaml"), image, address);
        List<Journal.Entry> entries = began ? Journal.read(journalFile) : List.of();
        long[] empty = new long[Recording.SECTORS];
        // The machine has not failed, so a write-through volume has every write. What one with
        // write-back has not flushed is given up with a force that failed: its data may be lost.
        History history =
                new History(
                        List.of(empty, empty),
                        List.of(Promise.EVERY_WRITE, Promise.FLUSHED_WRITES),
                        entries);
        Dbsd dbsd = Dbsd.launch(folder.resolve("failing.yaml"), address, Map.of());
        try {
            dbsd.awaitListening();
            List<String> wrong = new ArrayList<>();
            try (Contents.Reader reader = new Contents.Reader(address)) {
                for (int volume = 0; volume < Recording.VOLUMES.size(); volume++) {
                    long[] found = reader.stamps(volume, Recording.SECTORS);
                    for (int sector = 0; sector < found.length; sector++) {
                        if (!history.allows(volume, sector, found[sector], 0)) {
                            wrong.add(
                                    "volume %d, sector %d holds %d; %s"
                                            .formatted(
                                                    volume,
                                                    sector,
                                                    found[sector],
                                                    history.describe(volume, sector, 0)));
                        }
                    }
                }
            }
            require(
                    wrong.isEmpty(),
                    "after the restart:\n"
                            + String.join(
                                    "\n", wrong.subList(0, Math.min(SHOWN_MAX, wrong.size()))));
        } finally {
            dbsd.kill();
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    /** In part of a line. */
    String summary() {
        return "%d failing devices (%d units stopped)".formatted(cases, stopped);
    }
}
