package org.dbstore.server.scsi;

import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

/**
 * Whether a logical unit is being sanitized (SBC-3, "Sanitize operations"). While it is, or after
 * it has failed, next to no command is served. Safe for all threads.
 */
public final class Sanitation {
    private static final int PROGRESS_WHOLE = 0x1_0000;

    /** Where the unit stands. */
    private enum Stage {
        NONE,
        RUNNING,
        FAILED
    }

    private volatile Stage stage = Stage.NONE;
    private volatile int progress;
    private volatile boolean mayBeGivenUp;

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
     */
    public synchronized boolean begin(boolean givingUp) {
        if (stage == Stage.RUNNING) {
            return false;
        }
        mayBeGivenUp = givingUp;
        progress = 0;
        stage = Stage.RUNNING;
        return true;
    }

    /** Tells how far it is. */
    public void at(long done, long whole) {
        progress = (int) Math.min(PROGRESS_WHOLE - 1, done * PROGRESS_WHOLE / whole);
    }

    /** Ends. */
    public void end(boolean well) {
        stage = well ? Stage.NONE : Stage.FAILED;
    }

    /**
     * EXIT FAILURE MODE.
     *
     * @return false if the SANITIZE that failed does not allow it
     */
    public synchronized boolean giveUp() {
        if (stage == Stage.FAILED && mayBeGivenUp) {
            stage = Stage.NONE;
        }
        return stage == Stage.NONE;
    }
}
