package org.dbstore.server.lun;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;

/** The one gate every command passes. (Skeleton.) */
public final class CommandDispatcher {
    /** Largest transfer of one command; MAXIMUM TRANSFER LENGTH of VPD page B0h. */
    public static final int TRANSFER_BYTES_MAX = 8 << 20;

    /** What the gate says of a command before its data is collected. */
    public sealed interface Admission {
        /**
         * The command ends here; its data-out, if any, is thrown away.
         *
         * @param outcome status to return
         */
        record Refused(CommandOutcome outcome) implements Admission {}

        /**
         * The command may run.
         *
         * @param command its row
         * @param unit null for a LUN that is not mapped (INQUIRY, REPORT LUNS, REQUEST SENSE)
         * @param dataOutBytes data-out the CDB asks for, 0..TRANSFER_BYTES_MAX
         * @param dataInBytes most data-in it may produce, 0..TRANSFER_BYTES_MAX; for the budget
         * @param mayWait true if it may wait for the medium or take long: then it is executed in
         *     the pool, and its data-out has to stay valid until it completes
         */
        record Admitted(
                ScsiCommand command,
                @Nullable LogicalUnit unit,
                int dataOutBytes,
                int dataInBytes,
                boolean mayWait)
                implements Admission {}
    }

    /**
     * Creates the gate.
     *
     * @param pool bounded pool of platform threads, in which whatever waits for the medium runs
     */
    public CommandDispatcher(Executor pool) {}

    /** Checks all that can be checked by CDB: LUN, row, usage mask, unit attention, LBA range. */
    public Admission admit(ScsiTask task, LunMap luns) {
        throw new UnsupportedOperationException();
    }

    /**
     * Runs an admitted command, here or in the pool, and sees to it that the task is completed.
     * Never throws for anything the command does.
     */
    public void execute(ScsiTask task, LunMap luns, Admission.Admitted admitted) {
        throw new UnsupportedOperationException();
    }
}
