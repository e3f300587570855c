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
        boolean forced = command != ScsiCommand.WRITE_6 && (task.cdb().get(1) & FUA) != 0;
        boolean uncommitted = medium.volume().write(medium.bytes(command.lba(task.cdb())), data);
        return Durability.afterWrite(task, medium, uncommitted, forced);
    }

    /** The data-out, cut to whole blocks. */
    static ByteBuffer wholeBlocks(ScsiTask task, Medium medium) {
        ByteBuffer data = task.dataOut();
        int bytes = (int) medium.bytes(medium.wholeBlocks(data.remaining()));
        return data.limit(data.position() + bytes);
    }
}
