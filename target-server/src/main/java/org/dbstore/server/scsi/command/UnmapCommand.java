package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

/**
 * UNMAP (SBC-3).
 *
 * <p>Every LBA named reads as zeroes afterwards, also where it shares a 4 KiB block of the store
 * with one that was not named: initiators take LBPRZ=1 at its word.
 */
public final class UnmapCommand {
    private UnmapCommand() {}

    /**
     * Checks the list, then unmaps. Blocks already unmapped stay so if the engine fails part way.
     */
    public static CommandOutcome execute(ScsiTask task, Medium medium) throws BackendException {
        if (ScsiCommand.UNMAP.length(task.cdb()) == 0) {
            return CommandOutcome.Good.GOOD; // no list at all is no error
        }
        var list = new UnmapParameterList(task.dataOut());
        CheckCondition wrong = list.check(medium);
        return wrong != null ? wrong : unmap(task, medium, list);
    }

    private static CommandOutcome unmap(ScsiTask task, Medium medium, UnmapParameterList list)
            throws BackendException {
        boolean uncommitted = false;
        int i = 0;
        while (i < list.count()) {
            long lba = list.lba(i);
            long blocks = list.blocks(i);
            // Neighbours go together: eight descriptors of 512 bytes may be one block of the store.
            for (i++; i < list.count() && list.lba(i) == lba + blocks; i++) {
                blocks += list.blocks(i);
            }
            if (task.isAborted()) {
                return Sense.of(SenseCode.COMMAND_ABORTED);
            }
            if (blocks == 0) {
                continue; // allowed even where the medium ends
            }
            uncommitted |= zero(medium, medium.bytes(lba), medium.bytes(blocks));
        }
        return Durability.afterWrite(task, medium, uncommitted, false);
    }

    /** Changes one range and announces no other: tokens of other blocks stay good. */
    private static boolean zero(Medium medium, long offset, long bytes) throws BackendException {
        boolean[] uncommitted = new boolean[1];
        medium.ranges()
                .change(
                        offset,
                        bytes,
                        () -> {
                            uncommitted[0] = medium.volume().writeZeroes(offset, bytes);
                            return CommandOutcome.Good.GOOD;
                        });
        return uncommitted[0];
    }
}
