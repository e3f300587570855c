package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Every operation of a script fails in turn. */
final class FaultSweep {
    /** Which faults are tried at an operation. */
    @FunctionalInterface
    interface Choice {
        List<FaultRun.Fault> at(int operation);
    }

    private final long seed;
    private final List<FaultScript.Part> parts;
    private final Choice faults;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger nextPart = new AtomicInteger();
    private final AtomicInteger cases = new AtomicInteger();

    /**
     * Prepares a sweep.
     *
     * @param seed of the script
     * @param operationsWanted length of the script in device operations
     * @param faults to be tried
     */
    FaultSweep(long seed, int operationsWanted, Choice faults) throws BackendException {
        this.seed = seed;
        this.faults = faults;
        this.parts = FaultScript.parts(seed, operationsWanted, new Contents());
    }

    /** Runs them all. */
    void run(int threadCount) {
        Parallel.run(threadCount, this::work);
    }

    private void work() {
        Contents contents = new Contents();
        for (int i = nextPart.getAndIncrement(); i < parts.size(); i = nextPart.getAndIncrement()) {
            for (int operation = 0; operation < parts.get(i).operations(); operation++) {
                for (FaultRun.Fault fault : faults.at(operation)) {
                    run(parts.get(i), operation, fault, contents);
                }
            }
        }
    }

    private void run(
            FaultScript.Part part, int operation, FaultRun.Fault fault, Contents contents) {
        FaultRun run = new FaultRun(part, operation, fault, contents);
        String failure;
        try {
            failure = run.run();
        } catch (Exception | AssertionError e) {
            failure = Failures.trace(e);
        }
        cases.addAndGet(run.hasStruck() ? 1 : 0);
        if (failure != null) {
            failures.add(
                    "bin/crash-test --faults %d --seed %d # part %d, operation %d, %s: %s"
                            .formatted(
                                    operations(), seed, part.number(), operation, fault, failure));
        }
    }

    /** Length of the script in device operations. */
    int operations() {
        return parts.stream().mapToInt(FaultScript.Part::operations).sum();
    }

    /** Faults that met an operation. */
    int cases() {
        return cases.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }
}
