package org.dbstore.backend.simulation;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Many damaged devices, each kind of damage in turn. */
final class DamageSweep {
    private static final Damage[] KINDS = Damage.values();

    private final AtomicLong nextSeed;
    private final long endSeed;
    private final boolean ignoreMirror;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    DamageSweep(long firstSeed, int cases, boolean ignoreMirror) {
        this.nextSeed = new AtomicLong(firstSeed);
        this.endSeed = firstSeed + cases;
        this.ignoreMirror = ignoreMirror;
    }

    /** Runs them all. */
    void run(int threadCount) {
        Parallel.run(threadCount, this::work);
    }

    private void work() {
        Contents contents = new Contents();
        for (long seed = nextSeed.getAndIncrement();
                seed < endSeed;
                seed = nextSeed.getAndIncrement()) {
            Damage damage = KINDS[(int) (seed % KINDS.length)];
            String failure = DamageRun.outcome(seed, damage, contents, ignoreMirror);
            if (failure != null) {
                failures.add("bin/crash-test --damage 1 --seed %d # %s".formatted(seed, failure));
            }
        }
    }

    List<String> failures() {
        return List.copyOf(failures);
    }
}
