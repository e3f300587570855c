package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.Capacity;
import org.dbstore.server.scsi.jscsi.Sense;

/** READ CAPACITY(10) and (16) (SBC-3). */
public final class ReadCapacityCommand {
    private static final int PMI = 0x01;

    private ReadCapacityCommand() {}

    /** Executes READ CAPACITY(10). */
    public static CommandOutcome execute10(ScsiTask task, Medium medium) {
        return execute(task, ScsiCommand.READ_CAPACITY_10, 8, Capacity.short10(medium));
    }

    /** Executes READ CAPACITY(16). */
    public static CommandOutcome execute16(ScsiTask task, Medium medium) {
        return execute(task, ScsiCommand.READ_CAPACITY_16, 14, Capacity.long16(medium));
    }

    /** The obsolete PMI asks for the last LBA before a delay: that is always the last of all. */
    private static CommandOutcome execute(
            ScsiTask task, ScsiCommand command, int pmiPosition, byte[] data) {
        boolean partial = (task.cdb().get(pmiPosition) & PMI) != 0;
        return partial || command.lba(task.cdb()) == 0
                ? Reply.of(task, data, command.length(task.cdb()))
                : Sense.invalidCdbField(2);
    }
}
