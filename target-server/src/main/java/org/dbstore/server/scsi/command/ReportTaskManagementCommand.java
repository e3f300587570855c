package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4). */
public final class ReportTaskManagementCommand {
    private static final int REPD = 0x80;
    private static final int ABORT_TASK = 0x80;
    private static final int ABORT_TASK_SET = 0x40;
    private static final int CLEAR_TASK_SET = 0x10;
    private static final int LOGICAL_UNIT_RESET = 0x08;
    private static final int QUERY_TASK = 0x04;
    private static final int TARGET_RESET = 0x02;
    private static final int QUERY_ASYNCHRONOUS_EVENT = 0x04;
    private static final int QUERY_TASK_SET = 0x02;
    private static final int NEXUS_RESET = 0x01;
    private static final int SHORT_BYTES = 4;
    private static final int EXTENDED_BYTES = 16;

    private ReportTaskManagementCommand() {}

    /**
     * Reports those that the session of the command has: WAKEUP and CLEAR ACA none. The extended
     * form names no timeouts (TMFTMOV=0).
     */
    public static CommandOutcome execute(ScsiTask task) {
        boolean extended = (task.cdb().get(2) & REPD) != 0;
        byte[] data = new byte[extended ? EXTENDED_BYTES : SHORT_BYTES];
        data[0] =
                (byte)
                        (ABORT_TASK
                                | ABORT_TASK_SET
                                | CLEAR_TASK_SET
                                | LOGICAL_UNIT_RESET
                                | TARGET_RESET);
        if (task.hasExtendedFunctions()) {
            data[0] |= QUERY_TASK;
            data[1] = QUERY_ASYNCHRONOUS_EVENT | QUERY_TASK_SET | NEXUS_RESET;
        }
        data[3] = (byte) (data.length - SHORT_BYTES);
        return Reply.of(
                task,
                data,
                ScsiCommand.REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS.length(task.cdb()));
    }
}
