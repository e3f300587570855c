package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * COMPARE AND WRITE (SBC-3): the first half of the data-out is compared with the medium, and only
 * if it is the same the second half is written. Atomic over all nexuses.
 */
public final class CompareAndWriteCommand {
    private static final int FUA = 0x08;

    private CompareAndWriteCommand() {}

    /** Executes it. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) throws BackendException {
        ScsiCommand command = ScsiCommand.COMPARE_AND_WRITE;
        ByteBuffer data = task.dataOut();
        int length = (int) medium.bytes(command.length(task.cdb()));
        if (data.remaining() < 2 * length) {
            return Sense.of(SenseCode.INVALID_FIELD_IN_CDB);
        }
        long offset = medium.bytes(command.lba(task.cdb()));
        ByteBuffer expected = data.slice(data.position(), length);
        ByteBuffer replacement = data.slice(data.position() + length, length);
        AtomicBoolean uncommitted = new AtomicBoolean();
        CommandOutcome outcome =
                medium.ranges()
                        .changeAlone(
                                offset,
                                length,
                                () -> {
                                    ByteBuffer present = Scratch.take(length);
                                    medium.volume().read(offset, present);
                                    int mismatch = present.flip().mismatch(expected);
                                    if (mismatch >= 0) {
                                        return Sense.of(
                                                SenseCode.MISCOMPARE_DURING_VERIFY, mismatch);
                                    }
                                    uncommitted.set(medium.volume().write(offset, replacement));
                                    return CommandOutcome.Good.GOOD;
                                });
        return outcome.equals(CommandOutcome.Good.GOOD)
                ? Durability.afterWrite(
                        task, medium, uncommitted.get(), (task.cdb().get(1) & FUA) != 0)
                : outcome;
    }
}
