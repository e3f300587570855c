package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.DescriptorSense;
import org.dbstore.server.scsi.jscsi.Sense;

/** REQUEST SENSE (SPC-4): sense as data, the status is GOOD. */
public final class RequestSenseCommand {
    private static final int DESC = 0x01;

    private RequestSenseCommand() {}

    /**
     * Returns sense data of a unit that is busy with itself.
     *
     * @param sense fixed format
     */
    public static CommandOutcome execute(ScsiTask task, byte[] sense) {
        boolean descriptor = (task.cdb().get(1) & DESC) != 0;
        return Reply.of(
                task,
                descriptor ? DescriptorSense.of(sense) : sense,
                ScsiCommand.REQUEST_SENSE.length(task.cdb()));
    }

    /**
     * Returns sense data in the format asked for.
     *
     * @param code the pending unit attention, which is thereby reported; NO_SENSE if there is none
     */
    public static CommandOutcome execute(ScsiTask task, SenseCode code) {
        boolean descriptor = (task.cdb().get(1) & DESC) != 0;
        return Reply.of(
                task,
                descriptor ? Sense.descriptor(code) : Sense.fixed(code),
                ScsiCommand.REQUEST_SENSE.length(task.cdb()));
    }
}
