package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

/**
 * SYNCHRONIZE CACHE(10) and (16) (SBC-3): GOOD promises that earlier writes survive power loss.
 *
 * <p>The whole volume is committed, whatever range was named: SBC-3 allows more than was asked. So
 * it is with IMMED=1, which allows, but does not ask for, an early answer. The first one after a
 * crash that may have lost acknowledged writes fails: see {@link
 * org.dbstore.server.scsi.LostWrites}.
 */
public final class SynchronizeCacheCommand {
    private SynchronizeCacheCommand() {}

    /** Executes either. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) {
        if (medium.lostWrites().tell(task.nexus())) {
            return Sense.of(SenseCode.WRITE_ERROR);
        }
        return Durability.afterFlush(task, medium);
    }
}
