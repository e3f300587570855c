package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;

import java.nio.ByteBuffer;

/** WRITE(6), (10), (12), (16) (SBC-3). */
public final class WriteCommand {
    private static final int FUA = 0x08;

    /** Below, sharing a commit is faster. */
    private static final int WRITE_THROUGH_BYTES_MIN = 64 << 10;

    private WriteCommand() {}

    /**
     * Writes the blocks. If the initiator sent less than the CDB asks for, the whole blocks that
     * came are written and the transport reports the residual (RFC 7143, "Residual Overflow").
     *
     * @param command its row
     */
    public static CommandOutcome execute(ScsiTask task, ScsiCommand command, Medium medium)
            throws BackendException {
        ByteBuffer data = wholeBlocks(task, medium);
        if (!data.hasRemaining()) {
            return CommandOutcome.Good.GOOD;
        }
        ByteBuffer cdb = task.cdb();
        long offset = medium.bytes(command.lba(cdb));
        if (writesThrough(cdb, command, medium)) {
            return medium.volume().writeThrough(offset, data)
                    ? Durability.afterCommit(task, medium)
                    : CommandOutcome.Good.GOOD;
        }
        boolean forced = isForced(cdb, command);
        boolean uncommitted =
                (medium.isWriteBack() && !forced)
                        ? medium.volume().writeBack(offset, data)
                        : medium.volume().write(offset, data);
        return Durability.afterWrite(task, medium, uncommitted, forced);
    }

    /**
     * Tells whether the command waits for its own data to reach the medium instead of a commit that
     * it shares: a large one, for which that commit, with the data of all, takes longer.
     */
    public static boolean writesThrough(ByteBuffer cdb, ScsiCommand command, Medium medium) {
        return (!medium.isWriteBack() || isForced(cdb, command))
                && medium.bytes(command.length(cdb)) >= WRITE_THROUGH_BYTES_MIN;
    }

    private static boolean isForced(ByteBuffer cdb, ScsiCommand command) {
        return command != ScsiCommand.WRITE_6 && (cdb.get(1) & FUA) != 0;
    }

    /** The data-out, cut to whole blocks. */
    static ByteBuffer wholeBlocks(ScsiTask task, Medium medium) {
        ByteBuffer data = task.dataOut();
        int bytes = (int) medium.bytes(medium.wholeBlocks(data.remaining()));
        return data.limit(data.position() + bytes);
    }
}
