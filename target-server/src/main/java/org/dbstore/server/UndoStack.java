package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has been done so far, to be taken back if a later step fails. Used by one thread. */
final class UndoStack {
    private static final Logger LOG = LogManager.getLogger(UndoStack.class);

    /** Takes something back. */
    interface Step {
        void run() throws BackendException;
    }

    private final Deque<Step> steps = new ArrayDeque<>();

    /** Notes how to take back what has just been done. */
    void add(Step step) {
        steps.push(step);
    }

    /** Takes everything back, last things first; what cannot be taken back is logged. */
    void run() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (BackendException e) {
                LOG.error("a step of a change that failed could not be taken back", e);
            }
        }
    }
}
