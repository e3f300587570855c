package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;

/**
 * One device whose metadata was damaged after it was closed, or whose metadata write was lost or
 * landed elsewhere: it opens or is refused, and is the same at the next opening. Where the metadata
 * is mirrored, what is served is right, too.
 */
final class DamageRun {
    private static final Set<BackendError> REFUSALS =
            EnumSet.of(BackendError.CORRUPT, BackendError.NOT_A_STORE);
    private static final int STEPS = 40;
    private static final int DOCTORED = 80; // one case of so many is also checked and repaired

    private final SplittableRandom random;
    private final Damage damage;
    private final boolean ignoreMirror;
    private final OpenOptions options;
    private final StoreModel model = new StoreModel();
    private final Contents contents;
    private final Workload workload;

    /**
     * Prepares a run.
     *
     * @param seed of everything random
     * @param damage what is done
     * @param contents buffers
     * @param ignoreMirror true for the negative control: right data is expected without a mirror
     */
    DamageRun(long seed, Damage damage, Contents contents, boolean ignoreMirror) {
        this.random = new SplittableRandom(new SplittableRandom(seed).nextLong());
        this.damage = damage;
        this.contents = contents;
        this.ignoreMirror = ignoreMirror;
        this.options =
                ignoreMirror
                        ? new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE)
                        : OpenOptions.DEFAULT;
        List<Action.Weighted> actions = new ArrayList<>(DataActions.ALL);
        actions.addAll(ManagementActions.ALL);
        actions.addAll(CatalogueActions.ALL);
        this.workload = new Workload(random, model, contents, actions);
    }

    /** Returns what went wrong, or null. */
    @Nullable String run() throws BackendException {
        SimulatedDevice device = Template.NEW.device();
        work(device);
        SimulatedDevice earlier = device.copy();
        if (damage == Damage.LOST_WRITE || damage == Damage.MISDIRECTED_WRITE) {
            spoilOneWrite(device);
        }
        try {
            work(device);
        } catch (BackendException e) {
            if (isSpoiling() && e.error() == BackendError.CORRUPT) {
                return null; // it noticed while it worked
            }
            throw e;
        }
        device.setFate((operation, offset, length) -> Fate.Outcome.DONE);
        SimulatedDevice whole = device.copy();
        String what = damage.apply(device, earlier, random);
        String doctor =
                !ignoreMirror && random.nextInt(DOCTORED) == 0 ? DoctorJudge.judge(device) : null;
        if (doctor != null) {
            return what + ": " + doctor;
        }
        boolean strict = ignoreMirror || PlainReader.hasMirror(whole);
        String wrong = judge(device, isSpoiling() ? device : whole, strict);
        return wrong == null ? null : what + ": " + wrong;
    }

    private boolean isSpoiling() {
        return damage == Damage.LOST_WRITE || damage == Damage.MISDIRECTED_WRITE;
    }

    private void work(SimulatedDevice device) throws BackendException {
        try (BlockStore store = device.open(options)) {
            workload.attach(store);
            for (int i = 0; i < STEPS; i++) {
                workload.step();
            }
        }
        model.flushed();
    }

    /** One metadata write to come is lost, or lands among other metadata. */
    private void spoilOneWrite(SimulatedDevice device) {
        LongPredicate isMetadata = PlainReader.metadata(device);
        boolean lost = damage == Damage.LOST_WRITE;
        long distance =
                random.nextBoolean() ? SimulatedDevice.SECTOR : 4096L * random.nextInt(1, 4);
        device.setMisdirection(distance);
        int[] left = {random.nextInt(30)};
        device.setFate((operation, offset, length) ->
                operation == Fate.Operation.WRITE
                                && isMetadata.test(offset)
                                && isMetadata.test(offset + distance + length - 1)
                                && left[0]-- == 0
                        ? lost ? Fate.Outcome.LOST : Fate.Outcome.MISDIRECTED
                        : Fate.Outcome.DONE);
    }

    private @Nullable String judge(SimulatedDevice device, SimulatedDevice whole, boolean strict)
            throws BackendException {
        SimulatedDevice damaged = device.copy();
        Map<String, Map<Integer, Integer>> first;
        String wrong;
        try (BlockStore store = device.open(options)) {
            first = serve(store);
            wrong = strict ? judge(store, first) : null;
        } catch (BackendException e) {
            return REFUSALS.contains(e.error()) ? null : "wrong refusal: " + Failures.trace(e);
        }
        if (wrong != null) {
            return wrong;
        }
        if (strict && !PlainReader.keepsOwners(whole, damaged, device)) {
            return "an extent in use was freed";
        }
        try (BlockStore store = device.open(options)) {
            return serve(store).equals(first) ? null : "it reads differently when opened again";
        }
    }

    /** Reads all that is served, by "#slot" and "@snapshot". */
    private Map<String, Map<Integer, Integer>> serve(BlockStore store) throws BackendException {
        Map<String, Map<Integer, Integer>> served = new HashMap<>();
        for (VolumeInfo info : store.volumes()) {
            String slot = "#" + info.slot();
            read(() -> store.openVolume(slot), slot, store, served);
            for (SnapshotInfo layer : store.snapshots(slot)) {
                if (!layer.head()) {
                    read(() -> store.openSnapshot(layer.id()), "@" + layer.id(), store, served);
                }
            }
        }
        return served;
    }

    @FunctionalInterface
    private interface Opening {
        Volume open() throws BackendException;
    }

    private void read(
            Opening opening,
            String key,
            BlockStore store,
            Map<String, Map<Integer, Integer>> served)
            throws BackendException {
        Volume volume;
        try {
            volume = opening.open();
        } catch (BackendException e) {
            if (e.error() == BackendError.CORRUPT) {
                return;
            }
            throw e;
        }
        try {
            if (volume.sizeBytes() <= 64L << 20) { // a damaged size may be anything
                served.put(key, contents.of(volume));
            }
        } finally {
            store.release(volume);
        }
    }

    /** Only for mirrored metadata: what is served is what was written, and what is not is said. */
    private @Nullable String judge(BlockStore store, Map<String, Map<Integer, Integer>> served)
            throws BackendException {
        int seen = 0;
        for (VolumeInfo info : store.volumes()) {
            Map<Integer, Integer> head = served.get("#" + info.slot());
            VolumeModel expected = model.volumes().get(info.name());
            if (head == null) {
                continue; // refused
            }
            if (expected == null || !head.equals(expected.live())) {
                return "another " + info.name() + " is served";
            }
            seen++;
            for (VolumeModel.Snapshot snapshot : expected.snapshots()) {
                Map<Integer, Integer> frozen = served.get("@" + snapshot.id());
                if (frozen != null && !frozen.equals(snapshot.content())) {
                    return "another snapshot of " + info.name() + " is served";
                }
            }
        }
        return seen < model.volumes().size() && store.findings().isEmpty()
                ? "volumes are gone without a word"
                : null;
    }

    /** Runs a case and turns whatever happens into words. */
    static @Nullable String outcome(
            long seed, Damage damage, Contents contents, boolean ignoreMirror) {
        try {
            return new DamageRun(seed, damage, contents, ignoreMirror).run();
        } catch (Exception | AssertionError e) {
            return Objects.requireNonNull(damage) + ": " + Failures.trace(e);
        }
    }
}
