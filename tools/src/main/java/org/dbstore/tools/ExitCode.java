package org.dbstore.tools;

import org.dbstore.backend.BackendError;

/** What the shell learns of a command's end; documented in docs/cli.md. */
public enum ExitCode {
    /** Done. */
    OK(0, "Done."),
    /** Failed for a reason without a number of its own; see the message. */
    FAILED(1, "Failed; see the message."),
    /** The command line asks for something that cannot be. */
    USAGE(2, "The command line or the configuration is wrong, or a confirmation is missing."),
    /** A device, volume or snapshot does not exist. */
    NOT_FOUND(
            3,
            "The device, volume, snapshot, target, session or job does not exist, or no server"
                    + " runs."),
    /** It is there already. */
    EXISTS(4, "The name is taken, or the file or store is there already."),
    /** Another process holds the device, or somebody uses the volume or snapshot. */
    BUSY(
            5,
            "Another process holds the device, or the volume or snapshot is in use;"
                    + " the message says which."),
    /** No room on the device. */
    NO_SPACE(6, "The device or one of its tables is full."),
    /** The device cannot be read as a store. */
    DAMAGED(7, "The device is damaged or no Direct Block Store.");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /**
     * Returns the number the process ends with.
     *
     * @return 0..7
     */
    public int number() {
        return number;
    }

    /**
     * Returns what it means.
     *
     * @return one sentence
     */
    public String meaning() {
        return meaning;
    }

    /**
     * Returns how a command ends when the engine refuses it.
     *
     * @param error what the engine says
     * @return never {@link #OK}
     */
    public static ExitCode of(BackendError error) {
        return switch (error) {
            case NO_SPACE, LIMIT -> NO_SPACE;
            case IO, FAILED, READ_ONLY -> FAILED;
            case CORRUPT, NOT_A_STORE -> DAMAGED;
            case NOT_FOUND -> NOT_FOUND;
            case ALREADY_EXISTS -> EXISTS;
            case INVALID -> USAGE;
            case BUSY -> BUSY;
        };
    }
}
