package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Hunts for broken promises as long as one likes: the main class of bin/crash-test. */
final class CrashTest {
    private static final Duration PROGRESS = Duration.ofMinutes(1);
    private static final Set<String> OPTIONS =
            Set.of("--points", "--seed", "--threads", "--exhaustive", "--faults", "--damage");

    private final Map<String, Long> options = new HashMap<>();
    private final PrintStream out;

    private CrashTest(String[] args, PrintStream out) {
        this.out = out;
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i]) || i + 1 == args.length) {
                throw new IllegalArgumentException("unknown argument " + args[i]);
            }
            options.put(args[i], Long.parseLong(args[i + 1]));
        }
    }

    /**
     * Runs; the exit status is 0 if nothing failed, 1 if something did, 2 for wrong use.
     *
     * @param args see bin/crash-test
     */
    public static void main(String[] args) throws Exception {
        CrashTest test;
        try {
            test = new CrashTest(args, System.out);
        } catch (IllegalArgumentException e) {
            System.err.println("crash-test: " + e.getMessage() + " (--help)");
            System.exit(2);
            return;
        }
        System.exit(test.run() ? 0 : 1);
    }

    private boolean run() throws BackendException, InterruptedException {
        long seed = options.getOrDefault("--seed", 1L);
        int threads =
                options.getOrDefault("--threads", (long) Runtime.getRuntime().availableProcessors())
                        .intValue();
        if (options.containsKey("--exhaustive")) {
            return exhaustive(options.get("--exhaustive").intValue(), threads);
        }
        if (options.containsKey("--faults")) {
            return faults(seed, options.get("--faults").intValue(), threads);
        }
        if (options.containsKey("--damage")) {
            return damage(seed, options.get("--damage").intValue(), threads);
        }
        long points = options.getOrDefault("--points", 20_000L);
        return random(seed, points, points == 1 ? 1 : threads);
    }

    private boolean random(long seed, long points, int threads) throws InterruptedException {
        CrashRun run = new CrashRun(seed, points, threads, this::print);
        // Who is ended by a signal still says how far it came.
        Thread summary = Thread.ofPlatform().unstarted(() -> summary(run));
        Runtime.getRuntime().addShutdownHook(summary);
        Thread work = Thread.ofPlatform().start(run::run);
        long begin = System.nanoTime();
        while (!work.join(PROGRESS)) {
            progress(run, begin);
        }
        progress(run, begin);
        return run.failures().isEmpty();
    }

    private void summary(CrashRun run) {
        print("points %d, failures %d".formatted(run.points(), run.failures().size()));
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    private static void progress(CrashRun run, long begin) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.err.printf(
                Locale.ROOT,
                "crash-test: %d points, %d failures, seeds below %d, %.0f s, %.0f points/s%n",
                run.points(),
                run.failures().size(),
                run.nextSeed(),
                seconds,
                run.points() / seconds);
    }

    private boolean exhaustive(int lengthMax, int threads) {
        List<String> failures = new ArrayList<>();
        long points = 0;
        for (int length = 1; length <= lengthMax; length++) {
            ExhaustiveSweep sweep = new ExhaustiveSweep(length, false);
            long begin = System.nanoTime();
            sweep.run(threads);
            failures.addAll(sweep.failures());
            points += sweep.points();
            out.printf(
                    Locale.ROOT,
                    "crash-test: %d sequences of %d operations, %d points, %d failures, %.0f s%n",
                    sweep.sequenceCount(),
                    length,
                    sweep.points(),
                    sweep.failures().size(),
                    (System.nanoTime() - begin) / 1e9);
        }
        return end(points, failures);
    }

    private boolean faults(long seed, int operations, int threads) throws BackendException {
        FaultSweep sweep = new FaultSweep(seed, operations, operation -> FaultRun.Fault.REAL);
        sweep.run(threads);
        out.printf("crash-test: each of %d operations failed in turn%n", sweep.operations());
        return end(sweep.cases(), sweep.failures());
    }

    private boolean damage(long seed, int cases, int threads) {
        DamageSweep sweep = new DamageSweep(seed, cases, false);
        sweep.run(threads);
        return end(cases, sweep.failures());
    }

    private boolean end(long points, List<String> failures) {
        failures.forEach(out::println);
        out.printf("points %d, failures %d%n", points, failures.size());
        return failures.isEmpty();
    }
}
