package org.dbstore.backend.simulation;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** All sequences of operations of a length, on several threads. */
final class ExhaustiveSweep {
    private final List<List<Action.Weighted>> sequences;
    private final boolean dropForces;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLong points = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    /**
     * Prepares a sweep.
     *
     * @param length of the sequences
     * @param dropForces true for the negative control
     */
    ExhaustiveSweep(int length, boolean dropForces) {
        this.sequences = ScriptedActions.sequences(length);
        this.dropForces = dropForces;
    }

    int sequenceCount() {
        return sequences.size();
    }

    /** Returns when all are done. */
    void run(int threadCount) {
        Parallel.run(threadCount, this::work);
    }

    long points() {
        return points.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    private void work() {
        Contents contents = new Contents();
        for (int i = next.getAndIncrement(); i < sequences.size(); i = next.getAndIncrement()) {
            ExhaustiveRun run = new ExhaustiveRun(sequences.get(i), contents, dropForces);
            try {
                String failure = run.run();
                if (failure != null) {
                    failures.add(failure);
                }
            } catch (Exception | AssertionError e) {
                failures.add(sequences.get(i) + ": " + Failures.trace(e));
            }
            points.addAndGet(run.points());
        }
    }
}
