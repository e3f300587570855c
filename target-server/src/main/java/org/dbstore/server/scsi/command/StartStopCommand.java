package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.Sense;

/**
 * START STOP UNIT (SBC-3). The unit is always active: it belongs to many initiators, and one of
 * them must not stop it for the others. Stopping only writes the cache, as a shutdown expects.
 */
public final class StartStopCommand {
    private static final int MODIFIER = 3;
    private static final int FLAGS = 4;
    private static final int NO_FLUSH = 0x04;
    private static final int LOEJ = 0x02;
    private static final int START = 0x01;

    private StartStopCommand() {}

    /** Executes it; IMMED changes nothing, the answer waits for the cache all the same. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) {
        int flags = Byte.toUnsignedInt(task.cdb().get(FLAGS));
        if ((flags & LOEJ) != 0) {
            return Sense.invalidCdbField(FLAGS, 1); // nothing here can be ejected
        }
        if (task.cdb().get(MODIFIER) != 0) {
            return Sense.invalidCdbField(MODIFIER, 3);
        }
        return switch (flags >>> 4) {
            case 0x0 -> // START_VALID
                    (flags & (START | NO_FLUSH)) == 0
                            ? Durability.afterFlush(task, medium)
                            : CommandOutcome.Good.GOOD;
            case 0x1, 0x7 -> CommandOutcome.Good.GOOD; // ACTIVE, LU_CONTROL
            default -> Sense.invalidCdbField(FLAGS, 7);
        };
    }
}
