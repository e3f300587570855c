package org.dbstore.tests.durability;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.tests.durability.CrashedMedium.Fate;
import org.dbstore.tests.durability.Recording.Snapshot;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Loses power at points of a {@link Recording}, and checks what the engine or the server shows. */
final class Replay {
    /** Every so many replays are opened by {@code bin/dbsd}, the others by the engine itself. */
    private static final int SERVED_ONE_IN = 40;

    /** Every so many replays are written to and opened once more. */
    private static final int USED_ONE_IN = 8;

    private static final int READ_BYTES = 1 << 20;
    private static final int SHOWN_MAX = 10;

    private final Recording recording;
    private final Path folder;
    private final SplittableRandom random;
    private final History history;
    private final InetSocketAddress address = Dbsd.freeAddress();
    private final Map<String, Integer> findings = new TreeMap<>();
    private int atFlushes;
    private int between;
    private int served;

    /** Reads the journal of a recording. */
    Replay(Recording recording, Path folder, SplittableRandom random) throws IOException {
        this.recording = recording;
        this.folder = folder;
        this.random = random;
        long[] empty = new long[Recording.SECTORS];
        history =
                new History(
                        List.of(empty, empty),
                        Recording.PROMISES,
                        Journal.read(recording.journal()));
    }

    /** How many flushes there are to choose from. */
    static long flushes(Recording recording) throws IOException {
        try (WriteLog log = new WriteLog(recording.log())) {
            return log.entries().stream()
                    .filter(e -> e.flush() && e.endsAt() >= recording.startedAt())
                    .count();
        }
    }

    /**
     * A crash.
     *
     * @param last index of the last request before it
     */
    private record Crash(int last, Fate fate) {}

    /**
     * Replays to so many flushes, and to as many points between two flushes.
     *
     * @throws AssertionError for the first crash that is not survived
     */
    void run(int count) throws Exception {
        try (WriteLog log = new WriteLog(recording.log())) {
            CrashedMedium medium = new CrashedMedium(log, recording.image());
            Path image = folder.resolve("crashed.img");
            int number = 0;
            for (Crash crash : crashes(log.entries(), count)) {
                medium.write(image, crash.last(), crash.fate(), random);
                long position = log.entries().get(crash.last()).endsAt();
                String name =
                        "request %d of the log, %s later than the last flush"
                                .formatted(crash.last(), crash.fate());
                if (number % SERVED_ONE_IN == SERVED_ONE_IN / 2) {
                    serve(image, position, name);
                } else {
                    open(image, position, name, number % USED_ONE_IN == 0);
                }
                if (crash.fate() == Fate.NONE) {
                    atFlushes++;
                } else {
                    between++;
                }
                number++;
            }
            Files.delete(image);
        }
    }

    private List<Crash> crashes(List<WriteLog.Entry> entries, int count) {
        int[] eligible =
                IntStream.range(0, entries.size())
                        .filter(i -> entries.get(i).endsAt() >= recording.startedAt())
                        .toArray();
        int[] flushes = IntStream.of(eligible).filter(i -> entries.get(i).flush()).toArray();
        List<Crash> crashes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (flushes.length > 0) {
                // Spread over the whole log; some are taken twice if it has too few.
                int flush = flushes[(int) ((long) i * flushes.length / count)];
                crashes.add(new Crash(flush, Fate.NONE));
            }
            Fate fate = random.nextInt(3) == 0 ? Fate.SOME_WRITES : Fate.SOME_SECTORS;
            crashes.add(
                    new Crash(
                            eligible[random.nextInt(eligible.length)],
                            random.nextInt(5) == 0 ? Fate.ALL : fate));
        }
        crashes.sort((a, b) -> Integer.compare(a.last(), b.last()));
        return crashes;
    }

    private void open(Path image, long position, String crash, boolean use) throws IOException {
        try {
            List<long[]> found = new ArrayList<>();
            try (BlockStore store = BlockStore.open(image, OpenOptions.DEFAULT)) {
                store.findings()
                        .forEach(finding ->
                                findings.merge(finding.replaceAll("[0-9]+", "N"), 1, Integer::sum));
                for (int i = 0; i < Recording.VOLUMES.size(); i++) {
                    Volume volume = store.openVolume(Recording.VOLUMES.get(i));
                    found.add(stamps(volume));
                    check(crash, i, found.get(i), position);
                    checkSnapshots(crash, store, i, position);
                    if (use) {
                        found.get(i)[write(volume)] = 1;
                    }
                    store.release(volume);
                }
            }
            if (use) {
                checkAgain(image, found, crash);
            }
        } catch (BackendException e) {
            throw new AssertionError(crash + ": cannot be opened: " + e.getMessage(), e);
        }
    }

    /** A recovered store is as good as any: writes one stamped sector. */
    private int write(Volume volume) throws BackendException {
        int sector = random.nextInt(Recording.SECTORS);
        ByteBuffer data = ByteBuffer.allocateDirect(Sectors.BYTES);
        Sectors.put(data, 1, sector);
        volume.write((long) sector * Sectors.BYTES, data.flip());
        volume.flush();
        return sector;
    }

    private static void checkAgain(Path image, List<long[]> expected, String crash)
            throws BackendException {
        try (BlockStore store = BlockStore.open(image, OpenOptions.DEFAULT)) {
            for (int i = 0; i < expected.size(); i++) {
                Volume volume = store.openVolume(Recording.VOLUMES.get(i));
                long[] found = stamps(volume);
                for (int sector = 0; sector < found.length; sector++) {
                    if (found[sector] != expected.get(i)[sector]) {
                        throw new AssertionError(
                                "%s: opened once more, volume %d, sector %d holds %d, not %d"
                                        .formatted(
                                                crash,
                                                i,
                                                sector,
                                                found[sector],
                                                expected.get(i)[sector]));
                    }
                }
                store.release(volume);
            }
        }
    }

    private static long[] stamps(Volume volume) throws BackendException {
        long[] stamps = new long[Recording.SECTORS];
        ByteBuffer data = ByteBuffer.allocateDirect(READ_BYTES);
        for (long at = 0; at < Recording.VOLUME_BYTES; at += READ_BYTES) {
            volume.read(at, data.clear());
            Contents.fill(stamps, (int) (at / Sectors.BYTES), data.flip());
        }
        return stamps;
    }

    private void serve(Path image, long position, String crash) throws Exception {
        Path config = folder.resolve("replay.yaml");
        Recording.configure(config, image, address);
        Dbsd dbsd = Dbsd.launch(config, address, Map.of());
        try {
            dbsd.awaitListening();
            try (Contents.Reader reader = new Contents.Reader(address)) {
                for (int i = 0; i < Recording.VOLUMES.size(); i++) {
                    check(crash, i, reader.stamps(i, Recording.SECTORS), position);
                }
            }
            served++;
        } finally {
            dbsd.kill();
        }
    }

    private void check(String crash, int volume, long[] found, long position) {
        List<String> wrong = new ArrayList<>();
        for (int sector = 0; sector < found.length; sector++) {
            if (!history.allows(volume, sector, found[sector], position)) {
                wrong.add(
                        "sector %d holds %d; %s"
                                .formatted(
                                        sector,
                                        found[sector],
                                        history.describe(volume, sector, position)));
            }
        }
        fail(crash, "volume " + Recording.VOLUMES.get(volume), wrong);
    }

    private void checkSnapshots(String crash, BlockStore store, int volume, long position)
            throws BackendException {
        Set<Integer> present = new HashSet<>();
        for (SnapshotInfo info : store.snapshots(Recording.VOLUMES.get(volume))) {
            if (!info.head()) {
                present.add(info.id());
            }
        }
        for (Snapshot snapshot : recording.snapshots()) {
            if (snapshot.volume != volume) {
                continue;
            }
            String name = "snapshot " + snapshot.id;
            boolean there = present.remove(snapshot.id);
            boolean due = snapshot.doneAt <= position && position < snapshot.deletionBegunAt;
            boolean possible = snapshot.begunAt <= position && position < snapshot.deletedAt;
            if (there ? !possible : due) {
                fail(crash, name, List.of(there ? "is there" : "is missing"));
            }
            if (there) {
                checkSnapshot(crash, store, snapshot);
            }
        }
        if (!present.isEmpty()) {
            fail(crash, "volume " + volume, List.of("unknown snapshots " + present));
        }
    }

    private void checkSnapshot(String crash, BlockStore store, Snapshot snapshot)
            throws BackendException {
        Volume view = store.openSnapshot(snapshot.id);
        long[] found = stamps(view);
        store.release(view);
        List<String> wrong = new ArrayList<>();
        for (int sector = 0; sector < found.length; sector++) {
            if (!history.allowsInSnapshot(
                    snapshot.volume, sector, found[sector], snapshot.before)) {
                wrong.add("sector %d holds %d".formatted(sector, found[sector]));
            }
        }
        fail(crash, "snapshot " + snapshot.id, wrong);
    }

    private static void fail(String crash, String where, List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw new AssertionError(
                    "%s: %s: %d wrong:\n%s"
                            .formatted(
                                    crash,
                                    where,
                                    wrong.size(),
                                    String.join(
                                            "\n",
                                            wrong.subList(0, Math.min(SHOWN_MAX, wrong.size())))));
        }
    }

    /** What the store found, without its numbers, and how often. */
    Map<String, Integer> findings() {
        return findings;
    }

    /** In part of a line. */
    String summary() {
        return "%d replays to flushes, %d between them (%d by dbsd), %d acknowledged writes"
                .formatted(atFlushes, between, served, history.acknowledgedWrites());
    }
}
