package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;

import java.nio.ByteBuffer;

/** READ DEFECT DATA(10) and (12) (SBC-3): both lists are there, and empty. */
public final class ReadDefectDataCommand {
    private static final int LISTS_AND_FORMAT = 0x1f;

    private ReadDefectDataCommand() {}

    /**
     * Returns no defects.
     *
     * @param command READ_DEFECT_DATA_10 or READ_DEFECT_DATA_12
     */
    public static CommandOutcome execute(ScsiTask task, ScsiCommand command) {
        boolean ten = command == ScsiCommand.READ_DEFECT_DATA_10;
        byte[] data = ByteBuffer.allocate(ten ? 4 : 8).array();
        data[1] = (byte) (task.cdb().get(ten ? 2 : 1) & LISTS_AND_FORMAT);
        return Reply.of(task, data, command.length(task.cdb()));
    }
}
