package org.dbstore.server.scsi;

import java.nio.ByteBuffer;

/** One SCSI command on its way (SAM-5, "task"), as its transport hands it to a logical unit. */
public interface ScsiTask {
    /** The nexus it came by. */
    Nexus nexus();

    /** The LUN field, 8 bytes as on the wire. */
    long lun();

    /**
     * The command descriptor block.
     *
     * @return at least 16 bytes from index 0 (absolute access only), zero behind a shorter CDB;
     *     valid until complete
     */
    ByteBuffer cdb();

    /**
     * All the data-out of the command, collected: position to limit. Shorter than the command wants
     * if the initiator sent less. Valid until the handler returns; for a command admitted as {@link
     * org.dbstore.server.lun.CommandDispatcher.Admission.Admitted#mayWait} until {@link #complete}.
     *
     * @return direct; empty if there is none
     */
    ByteBuffer dataOut();

    /**
     * How much data-out the initiator has for the command (iSCSI: expected data transfer length of
     * a command with the W bit), which may be less or more than the CDB asks for.
     *
     * @return bytes; 0 if it has none
     */
    long dataOutOfferedBytes();

    /**
     * How much data-in the initiator will take (iSCSI: expected data transfer length).
     *
     * @return bytes; a handler need not produce more, but reports the full length in the outcome
     */
    long dataInLimitBytes();

    /**
     * Takes a buffer for data-in from the transport's pool, once per command; given back after it
     * was sent, or when the task completes with another outcome.
     *
     * @param bytes capacity, 0 up to what the command was admitted with
     * @return direct, position 0, limit {@code bytes}, contents undefined
     */
    ByteBuffer allocateDataIn(int bytes);

    /**
     * Tells whether the initiator has nothing else under way here, so that waiting in the thread
     * that executes the command holds up nobody and saves the way through other threads.
     */
    boolean isAlone();

    /**
     * Tells whether the initiator can send the task management functions that not every session
     * has: QUERY TASK, QUERY TASK SET, QUERY ASYNCHRONOUS EVENT, I_T NEXUS RESET.
     */
    boolean hasExtendedFunctions();

    /** A thread of the pool begins to work on it, perhaps again. For those who measure. */
    default void begins() {}

    /** All is done; what follows is the wait until it is durable. For those who measure. */
    default void awaitsCommit() {}

    /** True once a task management function has aborted it: long work should stop. */
    boolean isAborted();

    /**
     * Ends the task, exactly once, from any thread. Does not block.
     *
     * @param outcome status and data
     */
    void complete(CommandOutcome outcome);
}
