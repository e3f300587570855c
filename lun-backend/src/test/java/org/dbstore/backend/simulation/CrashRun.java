package org.dbstore.backend.simulation;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Simulates seed after seed on several threads until there were enough crash points. */
final class CrashRun {
    /**
     * What a seed gave.
     *
     * @param points crash points
     * @param failure what went wrong, or null
     */
    record Outcome(long points, @Nullable String failure) {}

    private static final int FAILURES_MAX = 10;

    /** One seed in so many has several clients. */
    private static final int CONCURRENT_EVERY = 8;

    private final long pointsWanted;
    private final int threadCount;
    private final Consumer<String> listener;
    private final AtomicLong nextSeed;
    private final AtomicLong points = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    /**
     * Prepares a run.
     *
     * @param firstSeed others follow
     * @param pointsWanted when to end
     * @param threadCount how many work
     * @param listener gets each failure at once, from any thread
     */
    CrashRun(long firstSeed, long pointsWanted, int threadCount, Consumer<String> listener) {
        this.listener = listener;
        this.nextSeed = new AtomicLong(firstSeed);
        this.pointsWanted = pointsWanted;
        this.threadCount = threadCount;
    }

    /** Returns when the points are done, or there were many failures. */
    void run() {
        Parallel.run(threadCount, this::work);
    }

    long points() {
        return points.get();
    }

    long nextSeed() {
        return nextSeed.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    private void work() {
        while (points.get() < pointsWanted && failures.size() < FAILURES_MAX) {
            long seed = nextSeed.getAndIncrement();
            Outcome outcome = simulate(seed, CrashSimulation.Sabotage.NONE);
            points.addAndGet(outcome.points());
            if (outcome.failure() != null) {
                String line =
                        "bin/crash-test --points 1 --seed %d # %s"
                                .formatted(seed, outcome.failure());
                failures.add(line);
                listener.accept(line);
            }
        }
    }

    /** Runs one seed, of one client or of several at once. */
    static Outcome simulate(long seed, CrashSimulation.Sabotage sabotage) {
        if (seed % CONCURRENT_EVERY == 0) {
            ConcurrentSimulation simulation =
                    new ConcurrentSimulation(
                            seed, sabotage == CrashSimulation.Sabotage.DROP_FORCES);
            return outcome(simulation::run, simulation::points);
        }
        CrashSimulation simulation = new CrashSimulation(seed, sabotage);
        return outcome(simulation::run, simulation::points);
    }

    @FunctionalInterface
    private interface Simulation {
        @Nullable String run() throws Exception;
    }

    private static Outcome outcome(Simulation simulation, LongSupplier points) {
        String failure;
        try {
            failure = simulation.run();
        } catch (Exception | Error e) { // no thread may end unnoticed
            failure = Failures.trace(e);
        }
        return new Outcome(points.getAsLong(), failure);
    }
}
