package org.dbstore.server.scsi;

import java.nio.ByteBuffer;

/** How a command ended, in SAM-5 terms. */
public sealed interface CommandOutcome {
    /** GOOD without data-in. */
    record Good() implements CommandOutcome {
        /** The only one needed. */
        public static final Good GOOD = new Good();
    }

    /**
     * GOOD with data-in.
     *
     * @param data position to limit is sent, cut to what the initiator will take
     * @param lengthBytes what the command would transfer by its CDB; tells the residual
     */
    record DataIn(ByteBuffer data, long lengthBytes) implements CommandOutcome {}

    /**
     * CHECK CONDITION.
     *
     * @param sense fixed or descriptor format sense data, ready to send
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record CheckCondition(byte[] sense) implements CommandOutcome {}

    /**
     * A status without sense data: BUSY, RESERVATION CONFLICT, TASK SET FULL, TASK ABORTED.
     *
     * @param status SAM-5 status code
     */
    record Status(int status) implements CommandOutcome {
        public static final Status BUSY = new Status(0x08);
        public static final Status RESERVATION_CONFLICT = new Status(0x18);
        public static final Status TASK_SET_FULL = new Status(0x28);

        /** Another nexus aborted the command (TAS=1). */
        public static final Status TASK_ABORTED = new Status(0x40);
    }

    /**
     * GOOD at once (IMMED=1); the work goes on, and what becomes of it is asked for by other means.
     *
     * @param rest of the work, run by the same thread once the answer is on its way
     */
    record GoodAhead(Runnable rest) implements CommandOutcome {}

    /** The handler will call {@link ScsiTask#complete} later itself, or has done so. */
    record Deferred() implements CommandOutcome {
        /** The only one needed. */
        public static final Deferred DEFERRED = new Deferred();
    }
}
