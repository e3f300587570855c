package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.VolumeInfo;
import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The N-th operation of the device fails, once or for ever: what the store answers must be true,
 * its errors those that are documented, and after a power loss everything promised must be there.
 */
final class FaultRun {
    /** What fails. */
    enum Fault {
        ERROR_ONCE(Fate.Outcome.FAILED, false),
        ERROR_FOR_EVER(Fate.Outcome.FAILED, true),
        SHORT_ONCE(Fate.Outcome.SHORT, false),
        FULL_ONCE(Fate.Outcome.FULL, false),
        FULL_FOR_EVER(Fate.Outcome.FULL, true),
        /** The negative control: the device says that it forced and did not. */
        LIE_FOR_EVER(Fate.Outcome.LOST, true);

        static final List<Fault> REAL =
                List.of(ERROR_ONCE, ERROR_FOR_EVER, SHORT_ONCE, FULL_ONCE, FULL_FOR_EVER);

        private final Fate.Outcome outcome;
        private final boolean forEver;

        Fault(Fate.Outcome outcome, boolean forEver) {
            this.outcome = outcome;
            this.forEver = forEver;
        }
    }

    private static final Set<BackendError> EXACT =
            EnumSet.of(BackendError.IO, BackendError.NO_SPACE, BackendError.FAILED);

    private final FaultScript.Run run;
    private final Fault fault;
    private final Contents contents;
    private final SplittableRandom random;
    private boolean struck;
    private boolean ended;

    FaultRun(FaultScript.Part part, int number, Fault fault, Contents contents) {
        this.run = part.begin(contents);
        this.fault = fault;
        this.contents = contents;
        this.random = new SplittableRandom(part.seed() + number);
        if (fault.outcome == Fate.Outcome.FULL) {
            run.workload().expectFullFileSystem();
        }
        int[] left = {number};
        run.device()
                .setFate((operation, offset, length) -> {
                    boolean strikes = fault.forEver ? left[0]-- <= 0 : left[0]-- == 0;
                    if (!strikes || !fits(operation)) {
                        return Fate.Outcome.DONE;
                    }
                    struck = true;
                    return fault.outcome;
                });
    }

    private boolean fits(Fate.Operation operation) {
        return switch (fault.outcome) {
            case FULL ->
                    operation == Fate.Operation.WRITE || operation == Fate.Operation.DURABLE_WRITE;
            case LOST -> operation == Fate.Operation.FORCE;
            default -> true;
        };
    }

    /** True if the fault met an operation that can fail that way. */
    boolean hasStruck() {
        return struck;
    }

    /** Returns what went wrong, or null. */
    @Nullable String run() throws BackendException {
        String wrong = work();
        if (wrong != null) {
            return wrong;
        }
        Survival survival = Survival.any(random);
        SimulatedDevice device = run.device().afterPowerLoss(survival, random);
        try (BlockStore store = device.open(OpenOptions.DEFAULT)) {
            String mismatch = new StoreChecker(contents).check(store, run.model(), false, true);
            return mismatch == null ? null : survival + ": " + mismatch;
        }
    }

    private @Nullable String work() throws BackendException {
        BlockStore store;
        try {
            store = run.device().open(OpenOptions.DEFAULT);
        } catch (BackendException e) {
            return exact(e);
        }
        String wrong = null;
        try {
            run.workload().attach(store);
            run.workload().pinSome();
            for (int i = 0; i < FaultScript.Run.STEPS && wrong == null && !ended; i++) {
                wrong = step(store);
            }
        } finally {
            try {
                store.close();
                run.model().flushed();
            } catch (BackendException e) {
                wrong = wrong == null ? exact(e) : wrong;
            }
        }
        return wrong;
    }

    /** One step; after an error it finds out what is true now, as a client would. */
    private @Nullable String step(BlockStore store) {
        try {
            run.workload().step();
            return null;
        } catch (BackendException e) {
            String wrong = exact(e);
            if (wrong != null || store.isFailed()) {
                ended = true;
                return wrong != null ? wrong : stays(store);
            }
            try {
                return new StoreChecker(contents).checkLive(store, run.model());
            } catch (BackendException unreadable) {
                ended = true;
                return exact(unreadable);
            }
        }
    }

    /** A failed store says so for ever, and promises nothing more. */
    private static @Nullable String stays(BlockStore store) {
        for (VolumeInfo info : store.volumes()) {
            try {
                org.dbstore.backend.Volume volume = store.openVolume("#" + info.slot());
                try {
                    volume.flush();
                    return "a flush is good though the store has failed";
                } finally {
                    store.release(volume);
                }
            } catch (BackendException e) {
                if (e.error() != BackendError.FAILED && e.error() != BackendError.BUSY) {
                    return "a failed store answers " + Failures.trace(e);
                }
            }
        }
        return null;
    }

    private @Nullable String exact(BackendException e) {
        return EXACT.contains(e.error()) && struck ? null : "wrong error: " + Failures.trace(e);
    }
}
