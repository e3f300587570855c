package org.dbstore.tests.durability;

import org.dbstore.tests.support.CommandLine;
import org.dbstore.tests.support.Folders;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * {@code bin/power-test}: the real server on a device whose writes and flushes are logged, power
 * lost at points of the log, and devices that fail.
 */
public final class PowerTest {
    private static final int LOST = 1;
    private static final int USAGE = 2;
    private static final int UNAVAILABLE = 3;
    private static final int REPLAYS = 50;
    private static final int FAULTS = 6;

    /** Enough for more flushes than replays, on a slow machine too. */
    private static final long LOAD_MILLIS_MIN = 700;

    private static final long LOAD_MILLIS_PER_REPLAY = 3;
    private static final Path MEMORY = Path.of("/dev/shm");

    private PowerTest() {}

    /** Runs it; see {@code bin/power-test --help}. */
    public static void main(String[] arguments) throws Exception {
        int replays;
        int faults;
        long seed;
        Optional<String> directory;
        Optional<BrokenOnPurpose> broken;
        try {
            CommandLine line =
                    new CommandLine(
                            Set.of("--replays", "--faults", "--seed", "--break", "--dir"),
                            arguments);
            replays = (int) line.number("--replays", REPLAYS);
            faults = (int) line.number("--faults", FAULTS);
            seed = line.number("--seed", System.nanoTime() & 0xffffff);
            broken = line.word("--break").map(BrokenOnPurpose::of);
            directory = line.word("--dir");
        } catch (IllegalArgumentException e) {
            System.err.println("power-test: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        // Nothing here has to outlive the machine, and images are written by the hundred.
        if (directory.isEmpty() && Files.isWritable(MEMORY)) {
            directory = Optional.of(MEMORY.toString());
        }
        Path folder = Folders.create(directory, "dbs-power");
        String again =
                "bin/power-test --replays %d --faults %d --seed %d%s"
                        .formatted(
                                replays,
                                faults,
                                seed,
                                broken.map(b -> " --break " + b.word()).orElse(""));
        System.exit(run(folder, replays, faults, seed, broken, again));
    }

    private static int run(
            Path folder,
            int replays,
            int faults,
            long seed,
            Optional<BrokenOnPurpose> broken,
            String again)
            throws Exception {
        long begin = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> environment =
                broken.isPresent() ? broken.get().environment(folder) : Map.of();
        Recording recording = new Recording(folder, random.split(), environment);
        String summary = "nothing replayed";
        int status = 0;
        try {
            recording.run(Math.max(LOAD_MILLIS_MIN, replays * LOAD_MILLIS_PER_REPLAY));
            summary = "%d flushes recorded".formatted(Replay.flushes(recording));
            Replay replay = new Replay(recording, folder, random.split());
            replay.run(replays);
            summary += ", " + replay.summary();
            replay.findings()
                    .forEach((finding, count) ->
                            System.out.println(
                                    "power-test: %d times: %s".formatted(count, finding)));
            FailingMedium failing = new FailingMedium(folder, random.split());
            failing.run(faults);
            summary += ", " + failing.summary() + ", 0 failures";
            Folders.delete(folder);
        } catch (AssertionError e) {
            System.out.println("power-test: " + e.getMessage());
            System.out.println("power-test: the log, the journal and the image are in " + folder);
            System.out.println("power-test: again: " + again);
            summary += ", 1 failure";
            status = LOST;
        } catch (StorageDaemon.Unavailable e) {
            System.out.println("power-test: cannot run here: " + e.getMessage());
            status = UNAVAILABLE;
        }
        System.out.println(
                "power-test: %s, seed %d, %d s"
                        .formatted(summary, seed, (System.nanoTime() - begin) / 1_000_000_000));
        return status;
    }
}
