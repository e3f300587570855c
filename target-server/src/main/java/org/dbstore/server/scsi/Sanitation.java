package org.dbstore.server.scsi;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

/**
 * Whether a logical unit is being sanitized (SBC-3, "Sanitize operations"). While it is, or after
 * it has failed, next to no command is served. One that the end of the server interrupted has
 * failed: that is kept with the volume, so nobody takes for erased what is not. Safe for all
 * threads.
 */
public final class Sanitation {
    private static final int PROGRESS_WHOLE = 0x1_0000;

    /** Where the unit stands. */
    private enum Stage {
        NONE,
        RUNNING,
        FAILED
    }

    private static final byte BEGUN = 0x01;
    private static final byte GIVING_UP = 0x02;
    private static final Logger LOG = LogManager.getLogger(Sanitation.class);

    private final StateStore store;
    private volatile Stage stage;
    private volatile int progress;
    private volatile boolean mayBeGivenUp;

    /**
     * Takes up what was kept.
     *
     * @param store says that one is under way or has failed
     * @throws BackendException if it cannot be read or is damaged
     */
    public Sanitation(StateStore store) throws BackendException {
        this.store = store;
        byte[] kept = store.load();
        if (kept.length > 1) {
            throw new BackendException(BackendError.CORRUPT, "the state of SANITIZE is damaged");
        }
        this.stage = kept.length == 0 ? Stage.NONE : Stage.FAILED;
        this.mayBeGivenUp = kept.length > 0 && (kept[0] & GIVING_UP) != 0;
    }

    /**
     * Tells why a command is not served.
     *
     * @return null if it is
     */
    public @Nullable CommandOutcome refusal(ScsiCommand command) {
        return switch (stage) {
            case NONE -> null;
            case RUNNING -> inProgress();
            case FAILED ->
                    switch (command) {
                        case SANITIZE_OVERWRITE, SANITIZE_BLOCK_ERASE, SANITIZE_EXIT_FAILURE_MODE ->
                                null;
                        default -> Sense.of(SenseCode.SANITIZE_COMMAND_FAILED);
                    };
        };
    }

    private CommandOutcome.CheckCondition inProgress() {
        return Sense.inProgress(SenseCode.SANITIZE_IN_PROGRESS, progress);
    }

    /**
     * Sense data for REQUEST SENSE while it runs.
     *
     * @return null if it does not
     */
    public byte @Nullable [] progressSense() {
        return stage == Stage.RUNNING ? inProgress().sense() : null;
    }

    /**
     * Begins.
     *
     * @param givingUp AUSE: EXIT FAILURE MODE will be allowed
     * @return false if it runs already
     * @throws BackendException if that could not be kept: then it has not begun
     */
    public synchronized boolean begin(boolean givingUp) throws BackendException {
        if (stage == Stage.RUNNING) {
            return false;
        }
        keep(givingUp ? BEGUN | GIVING_UP : BEGUN);
        mayBeGivenUp = givingUp;
        progress = 0;
        stage = Stage.RUNNING;
        return true;
    }

    /** Tells how far it is. */
    public void at(long done, long whole) {
        progress = (int) Math.min(PROGRESS_WHOLE - 1, done * PROGRESS_WHOLE / whole);
    }

    /** Ends. What is kept goes after the work is durable; if it stays, a restart says FAILED. */
    public synchronized void end(boolean well) {
        if (well) {
            try {
                keep();
            } catch (BackendException e) {
                LOG.error("the end of SANITIZE could not be kept: {}", e.getMessage());
            }
        }
        stage = well ? Stage.NONE : Stage.FAILED;
    }

    /**
     * EXIT FAILURE MODE.
     *
     * @return false if the SANITIZE that failed does not allow it
     * @throws BackendException if that could not be kept: then nothing has changed
     */
    public synchronized boolean giveUp() throws BackendException {
        if (stage == Stage.FAILED && mayBeGivenUp) {
            keep();
            stage = Stage.NONE;
        }
        return stage == Stage.NONE;
    }

    private void keep(byte... state) throws BackendException {
        if (store.isLasting()) {
            store.save(state);
        }
    }
}
