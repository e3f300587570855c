package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;

/**
 * WRITE ATOMIC(16) (SBC-4): one atomic write operation, so the blocks are written all or none,
 * whatever ends it. GOOD means durable, with and without FUA.
 */
public final class WriteAtomicCommand {
    private WriteAtomicCommand() {}

    /** Executes it, with nothing else changing the blocks meanwhile. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) throws BackendException {
        ScsiCommand command = ScsiCommand.WRITE_ATOMIC_16;
        ByteBuffer data = task.dataOut();
        int length = (int) medium.bytes(command.length(task.cdb()));
        if (data.remaining() < length) {
            return Sense.of(SenseCode.INVALID_FIELD_IN_CDB);
        }
        long offset = medium.bytes(command.lba(task.cdb()));
        return medium.ranges()
                .changeAlone(
                        offset,
                        length,
                        () -> {
                            medium.volume()
                                    .writeAtomically(offset, data.slice(data.position(), length));
                            return CommandOutcome.Good.GOOD;
                        });
    }
}
