package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One sequence of operations, with a power loss before each of its changes of the device and after
 * the last, and at each every subset of the sectors that are not forced yet and differ from what is
 * on the medium. Above {@link #SECTORS_MAX} of them subsets are sampled.
 */
final class ExhaustiveRun {
    /** All subsets of so many sectors are tried. */
    static final int SECTORS_MAX = 10;

    /** Subsets tried where there are too many to try all. */
    private static final int SAMPLES = 64;

    /** A version of a sector. */
    private record Choice(int write, int from, int length) {}

    /**
     * What may be on the medium of a sector.
     *
     * @param certain what is there at least: what a durable write left; null for what was forced
     * @param newer versions that may survive instead, oldest first
     */
    private record Sector(@Nullable Choice certain, List<Choice> newer) {
        int options() {
            return newer.size() + 1;
        }

        @Nullable Choice option(int number) {
            return number == 0 ? certain : newer.get(number - 1);
        }
    }

    private final List<Action.Weighted> sequence;
    private final String name;
    private final SplittableRandom random;
    private final StoreModel model = new StoreModel();
    private final Contents contents;
    private final Workload workload;
    private final SimulatedDevice device;
    private final boolean dropForces;
    private final Set<Long> seen = new HashSet<>();
    private long points;
    private @Nullable String failure;

    /**
     * Prepares a run.
     *
     * @param sequence operations, as in {@link ScriptedActions}
     * @param contents buffers
     * @param dropForces true for the negative control
     */
    ExhaustiveRun(List<Action.Weighted> sequence, Contents contents, boolean dropForces) {
        this.sequence = sequence;
        this.name = String.join(",", sequence.stream().map(Action.Weighted::name).toList());
        this.random = new SplittableRandom(name.hashCode());
        this.contents = contents;
        this.dropForces = dropForces;
        this.workload = new Workload(random, model, contents, sequence);
        this.device = Template.NEW.device();
    }

    long points() {
        return points;
    }

    /** Returns what went wrong, or null. */
    @Nullable String run() throws BackendException {
        BlockStore store = device.open(OpenOptions.DEFAULT);
        workload.attach(store);
        ScriptedActions.prepare(workload);
        device.setFate((operation, offset, length) -> {
            if (operation != Fate.Operation.READ) {
                tryAll("before %s at %d".formatted(operation, offset));
            }
            return dropForces && operation == Fate.Operation.FORCE
                    ? Fate.Outcome.LOST
                    : Fate.Outcome.DONE;
        });
        for (Action.Weighted action : sequence) {
            action.action().run(workload);
            seen.clear(); // more is promised now
            tryAll("after " + action.name());
        }
        device.losePowerAfter(0);
        try {
            store.close();
        } catch (BackendException e) {
            if (e.error() != BackendError.FAILED) {
                throw e;
            }
        }
        return failure == null ? null : name + ": " + failure;
    }

    private void tryAll(String when) {
        List<Sector> sectors = sectors();
        long combinations = 1;
        for (Sector sector : sectors) {
            combinations = Math.min(combinations * sector.options(), Integer.MAX_VALUE);
        }
        boolean all = combinations <= 1 << SECTORS_MAX;
        for (long i = 0; i < (all ? combinations : SAMPLES) && failure == null; i++) {
            int[] chosen = new int[sectors.size()];
            long rest = i;
            for (int sector = 0; sector < chosen.length; sector++) {
                int options = sectors.get(sector).options();
                chosen[sector] = all ? (int) (rest % options) : sample(i, options);
                rest /= options;
            }
            tryOne(when, sectors, chosen);
        }
        check(when + " (process only)", device.afterProcessEnd(), true);
    }

    /** First nothing, then everything in its last version, then at random. */
    private int sample(long number, int options) {
        return number == 0 ? 0 : number == 1 ? options - 1 : random.nextInt(options);
    }

    /** Sectors that are not forced and differ. */
    private List<Sector> sectors() {
        PendingWrites pending = device.pending();
        Map<Long, Sector> byOffset = new LinkedHashMap<>();
        for (int write = 0; write < pending.count(); write++) {
            if (pending.isHole(write)) {
                continue; // of a free extent: nobody looks there
            }
            for (int from = 0; from < pending.length(write); from += SimulatedDevice.SECTOR) {
                long offset = pending.offset(write) + from;
                Choice version = new Choice(write, from, SimulatedDevice.SECTOR);
                Sector before = byOffset.get(offset);
                if (pending.isDurable(write)) {
                    byOffset.put(offset, new Sector(version, new ArrayList<>()));
                } else if (before != null) {
                    before.newer().add(version);
                } else if (!device.isForced(
                        offset,
                        pending.bytes(),
                        pending.start(write) + from,
                        SimulatedDevice.SECTOR)) {
                    byOffset.put(offset, new Sector(null, new ArrayList<>(List.of(version))));
                }
            }
        }
        return List.copyOf(byOffset.values());
    }

    private void tryOne(String when, List<Sector> sectors, int[] chosen) {
        SimulatedDevice copy = device.asForced();
        long image = 1;
        for (int i = 0; i < chosen.length; i++) {
            Choice choice = sectors.get(i).option(chosen[i]);
            if (choice != null) {
                PendingWrites pending = device.pending();
                copy.put(pending, choice.write(), choice.from(), choice.length());
                image = image * 31 + pending.hash(choice.write(), choice.from(), choice.length());
            }
        }
        if (!seen.add(image * 31 + device.forces())) {
            return;
        }
        check(when, copy, false);
    }

    private void check(String when, SimulatedDevice copy, boolean processOnly) {
        points++;
        try (BlockStore store = copy.open(OpenOptions.DEFAULT)) {
            String mismatch = new StoreChecker(contents).check(store, model, processOnly, false);
            if (mismatch != null) {
                failure = when + ": " + mismatch;
            }
        } catch (BackendException | RuntimeException e) {
            failure = when + ": " + Failures.trace(e);
        }
    }
}
