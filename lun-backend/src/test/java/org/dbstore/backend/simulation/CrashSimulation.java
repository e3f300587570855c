package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One seed: random operations on a store, power losses at random device operations, and after each
 * a comparison with what had been promised. Most power losses are looked at in a copy, so that the
 * work goes on; some are real, and recovery is cut short as well.
 */
final class CrashSimulation {
    /** What is broken on purpose, to show that it would be found out. */
    enum Sabotage {
        NONE,
        /** Forces return without having done anything, now and then. */
        DROP_FORCES,
        /** Writes that are said to be durable are not, now and then. */
        CACHE_DURABLE_WRITES,
        /** Sectors in flight are destroyed, also such as no journal protects: those of data. */
        DESTROY_ANYTHING
    }

    private static final int ROUNDS = 4;
    private static final int OPERATIONS_MAX = 60;
    private static final int DEVICE_OPERATIONS_MAX = 300;

    /** One change in so many is looked at. */
    private static final int LOOK_EVERY = 6;

    /** So many states that a power loss may leave are looked at in one moment, at the most. */
    private static final int STATES_MAX = 6;

    private final SplittableRandom random;
    private final Sabotage sabotage;
    private final OpenOptions options;
    private final StoreModel model = new StoreModel();
    private final Contents contents;
    private final Workload workload;
    private SimulatedDevice device;
    private final int statesOfMoment;
    private long points;
    private @Nullable String failure;

    /** Since the model last knew what is there, nothing but the process has ended, if anything. */
    private boolean powerHeld = true;

    /**
     * Prepares a run.
     *
     * @param seed of everything random
     * @param sabotage for negative controls
     */
    CrashSimulation(long seed, Sabotage sabotage) {
        // Neighbouring seeds of this generator give the same numbers, one later.
        this.random = new SplittableRandom(new SplittableRandom(seed).nextLong());
        this.sabotage = sabotage;
        this.options =
                random.nextInt(6) == 0
                        ? new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE)
                        : OpenOptions.DEFAULT;
        this.statesOfMoment = 1 + random.nextInt(STATES_MAX);
        this.contents = new Contents();
        List<Action.Weighted> actions = new ArrayList<>(DataActions.ALL);
        actions.addAll(ManagementActions.ALL);
        actions.addAll(CatalogueActions.ALL);
        actions.addAll(VacuumActions.ALL);
        actions.addAll(TreeActions.ALL);
        actions.addAll(CopyActions.ALL);
        if (options.journal() != OpenOptions.Journal.NONE) {
            actions.addAll(ImportActions.ALL);
        }
        this.workload = new Workload(random, model, contents, actions);
        Template template = template();
        template.addTo(model);
        this.device = configured(template.device());
    }

    private Template template() {
        return switch (random.nextInt(16)) {
            case 0, 1 -> Template.STRADDLING[random.nextInt(Template.STRADDLING.length)];
            case 2 -> Template.NEARLY_FULL;
            case 3, 4, 5, 6 -> Template.NEW;
            default -> Template.USED;
        };
    }

    private SimulatedDevice configured(SimulatedDevice fresh) {
        fresh.setAtomicUnit(random.nextInt(4) == 0 ? 4096 : SimulatedDevice.SECTOR);
        fresh.setGarbageInHoles(random.nextBoolean());
        return fresh;
    }

    /** Number of power losses after which the store was compared. */
    long points() {
        return points;
    }

    /** Returns what went wrong, or null. */
    @Nullable String run() throws IOException, BackendException {
        BlockStore store = device.open(options);
        for (int round = 0; round < ROUNDS && failure == null; round++) {
            boolean clean = work(store);
            if (failure != null) {
                break;
            }
            boolean processOnly = !clean && random.nextInt(4) == 0;
            Survival survival = processOnly ? Survival.ALL : Survival.any(random);
            device = processOnly ? device.afterProcessEnd() : crashed(survival);
            powerHeld = processOnly;
            store = reopen();
            points++;
            String mismatch = new StoreChecker(contents).check(store, model, powerHeld, true);
            if (failure == null && mismatch != null) {
                failure = describe("round " + round, survival, powerHeld, mismatch);
            } else if (random.nextInt(3) == 0) {
                store.close();
                failure = failure == null ? StoreChecker.checkOriginal(device, model) : failure;
                store = device.open(options);
            }
            powerHeld = true;
        }
        if (failure == null) {
            failure = StoreChecker.checkEmptied(store);
        }
        store.close();
        return failure;
    }

    private static String describe(
            String when, Survival survival, boolean processOnly, String mismatch) {
        return "%s (%s%s): %s"
                .formatted(when, survival, processOnly ? ", process only" : "", mismatch);
    }

    // Work.

    /** Returns true if the store was closed before the power went. */
    private boolean work(BlockStore store) throws BackendException {
        strike(random.nextInt(DEVICE_OPERATIONS_MAX));
        boolean closed = false;
        workload.attach(store);
        try {
            workload.pinSome();
            for (int i = random.nextInt(OPERATIONS_MAX); i >= 0 && failure == null; i--) {
                workload.step();
            }
            if (random.nextInt(3) == 0) {
                store.close();
                closed = true;
                model.flushed();
            }
        } catch (BackendException e) {
            if (!device.isPowerLost()) {
                throw e;
            }
        }
        if (!closed) {
            end(store);
        }
        return closed;
    }

    /** Ends the store's thread; the power is gone, so nothing reaches the device any more. */
    private void end(BlockStore store) throws BackendException {
        device.losePowerAfter(0);
        try {
            store.close();
        } catch (BackendException e) {
            if (e.error() != BackendError.FAILED) {
                throw e;
            }
        }
    }

    /** The power goes with a change to come; at some before it copies are looked at. */
    private void strike(int changes) {
        SplittableRandom looks = random.split();
        int[] left = {changes};
        device.setFate((operation, offset, length) -> {
            if (operation == Fate.Operation.READ) {
                return Fate.Outcome.DONE;
            }
            if (left[0]-- <= 0) {
                return Fate.Outcome.POWER_LOSS;
            }
            // A hole is punched while the client goes on, and the model changes meanwhile.
            if (operation != Fate.Operation.PUNCH && looks.nextInt(LOOK_EVERY) == 0) {
                look("before %s at %d".formatted(operation, offset), looks);
            }
            return sabotaged(operation, looks);
        });
    }

    private Fate.Outcome sabotaged(Fate.Operation operation, SplittableRandom dice) {
        return switch (operation) {
            case FORCE ->
                    sabotage == Sabotage.DROP_FORCES && dice.nextInt(4) == 0
                            ? Fate.Outcome.LOST
                            : Fate.Outcome.DONE;
            case DURABLE_WRITE ->
                    sabotage == Sabotage.CACHE_DURABLE_WRITES
                            ? Fate.Outcome.CACHED
                            : Fate.Outcome.DONE;
            case READ, WRITE, PUNCH -> Fate.Outcome.DONE;
        };
    }

    /** What would be found if the power went now? States that are the same count once. */
    private void look(String when, SplittableRandom looks) {
        List<SimulatedDevice> seen = new ArrayList<>();
        for (int i = 0; i < statesOfMoment && failure == null; i++) {
            look(when, looks, seen);
        }
    }

    private void look(String when, SplittableRandom looks, List<SimulatedDevice> seen) {
        // First, because of the same bytes it promises more than a power loss does.
        boolean processOnly = seen.isEmpty() && powerHeld && looks.nextInt(3) == 0;
        Survival survival = processOnly ? Survival.ALL : Survival.any(looks);
        SimulatedDevice copy =
                processOnly ? device.afterProcessEnd() : device.afterPowerLoss(survival, looks);
        if (!processOnly) {
            destroy(copy, looks);
        }
        if (seen.stream().anyMatch(copy::holdsSameAs)) {
            return;
        }
        seen.add(copy.copy());
        points++;
        try (BlockStore store = copy.open(options)) {
            String mismatch = new StoreChecker(contents).check(store, model, processOnly, false);
            if (mismatch != null) {
                failure = describe(when, survival, processOnly, mismatch);
            }
        } catch (BackendException | RuntimeException e) {
            failure = describe(when, survival, processOnly, Failures.trace(e));
        }
    }

    private SimulatedDevice crashed(Survival survival) {
        SimulatedDevice crashed = device.afterPowerLoss(survival, random);
        destroy(crashed, random);
        return crashed;
    }

    /** A journal heals metadata that was destroyed while it was written. */
    private void destroy(SimulatedDevice crashed, SplittableRandom dice) {
        if (sabotage == Sabotage.DESTROY_ANYTHING) {
            device.destroyOneInFlight(crashed, offset -> true, dice);
        } else if (options.journal() != OpenOptions.Journal.NONE
                && PlainReader.hasJournal(device)
                && dice.nextBoolean()) {
            device.destroyOneInFlight(crashed, PlainReader.metadata(device), dice);
        }
    }

    /** Opens the device, now and then ended or losing power in the middle of recovery. */
    private BlockStore reopen() throws BackendException {
        while (random.nextInt(3) == 0) {
            strike(random.nextInt(12));
            try {
                BlockStore store = device.open(options);
                device.losePowerAfter(Long.MAX_VALUE);
                return store;
            } catch (BackendException e) {
                if (!device.isPowerLost()) {
                    throw e;
                }
            }
            points++;
            powerHeld &= random.nextBoolean();
            device = powerHeld ? device.afterProcessEnd() : crashed(Survival.any(random));
        }
        return device.open(options);
    }
}
