package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A long script of operations on a store that is reopened now and then: each part can be repeated
 * by itself, from the device and the promises that it began with.
 */
final class FaultScript {
    private static final int STEPS_OF_PART = 14;

    /**
     * A part.
     *
     * @param device as it begins, to be copied
     * @param model as it begins, to be copied
     * @param number of the part
     * @param seed of its random numbers
     * @param operations number of device operations, reads included
     */
    record Part(SimulatedDevice device, StoreModel model, int number, long seed, int operations) {
        /** Begins the part on a copy. */
        Run begin(Contents contents) {
            StoreModel promises = model.copy();
            List<Action.Weighted> actions = new ArrayList<>(DataActions.ALL);
            actions.addAll(ManagementActions.ALL);
            actions.addAll(CatalogueActions.ALL);
            actions.addAll(TreeActions.ALL);
            actions.addAll(VacuumActions.ALL);
            actions.addAll(CopyActions.ALL);
            Workload workload =
                    new Workload(new SplittableRandom(seed), promises, contents, actions);
            workload.countFrom(1 + number * 100_000, number * 1000);
            return new Run(device.copy(), promises, workload);
        }
    }

    /** A part that is being repeated. */
    record Run(SimulatedDevice device, StoreModel model, Workload workload) {
        static final int STEPS = STEPS_OF_PART;
    }

    private FaultScript() {}

    /**
     * Writes a script.
     *
     * @param seed of everything
     * @param operationsWanted device operations, at least
     * @param contents buffers
     * @return its parts
     */
    static List<Part> parts(long seed, int operationsWanted, Contents contents)
            throws BackendException {
        List<Part> parts = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        SimulatedDevice device =
                (random.nextInt(3) == 0 ? Template.NEARLY_FULL : Template.NEW).device();
        StoreModel model = new StoreModel();
        if (device.sizeBytes() == Template.NEARLY_FULL.deviceBytes()) {
            Template.NEARLY_FULL.addTo(model);
        }
        int operations = 0;
        while (operations < operationsWanted) {
            int[] count = {0};
            Part part = new Part(device.copy(), model, parts.size(), random.nextLong(), 0);
            Run run = part.begin(contents);
            run.device()
                    .setFate((operation, offset, length) -> {
                        count[0]++;
                        return Fate.Outcome.DONE;
                    });
            try (BlockStore store = run.device().open(OpenOptions.DEFAULT)) {
                run.workload().attach(store);
                run.workload().pinSome();
                for (int i = 0; i < Run.STEPS; i++) {
                    run.workload().step();
                }
            }
            run.model().flushed();
            parts.add(new Part(part.device(), model, part.number(), part.seed(), count[0]));
            operations += count[0];
            device = run.device();
            model = run.model();
        }
        return parts;
    }
}
