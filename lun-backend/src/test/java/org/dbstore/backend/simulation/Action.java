package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;

/** One kind of operation of a {@link Workload}, with the model of what it promises. */
@FunctionalInterface
interface Action {
    /** Does it once, with what the workload's random numbers say; may find nothing to do. */
    void run(Workload workload) throws BackendException;

    /**
     * How often an action is taken, compared with the others.
     *
     * @param name for messages
     */
    record Weighted(String name, int weight, Action action) {}
}
