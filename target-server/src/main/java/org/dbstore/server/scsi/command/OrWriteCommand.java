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
 * ORWRITE(16) (SBC-3): sets the bits that are set in the data-out. Runs in the pool, {@link
 * Scratch#BYTES} at a time, with nothing else changing the blocks meanwhile.
 */
public final class OrWriteCommand {
    private static final int FUA = 0x08;

    private OrWriteCommand() {}

    /** Executes it. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) throws BackendException {
        ByteBuffer data = WriteCommand.wholeBlocks(task, medium);
        long offset = medium.bytes(ScsiCommand.ORWRITE_16.lba(task.cdb()));
        int length = data.remaining();
        AtomicBoolean uncommitted = new AtomicBoolean();
        CommandOutcome outcome =
                medium.ranges()
                        .changeAlone(
                                offset, length, () -> or(task, medium, offset, data, uncommitted));
        return outcome.equals(CommandOutcome.Good.GOOD)
                ? Durability.afterWrite(
                        task, medium, uncommitted.get(), (task.cdb().get(1) & FUA) != 0)
                : outcome;
    }

    private static CommandOutcome or(
            ScsiTask task, Medium medium, long offset, ByteBuffer data, AtomicBoolean uncommitted)
            throws BackendException {
        int length = data.remaining();
        for (int at = 0; at < length; at += Scratch.BYTES) {
            if (task.isAborted()) {
                return Sense.of(SenseCode.COMMAND_ABORTED);
            }
            ByteBuffer piece = Scratch.take(Math.min(Scratch.BYTES, length - at));
            medium.volume().read(offset + at, piece);
            piece.flip();
            for (int i = 0; i < piece.limit(); i += Long.BYTES) {
                piece.putLong(i, piece.getLong(i) | data.getLong(data.position() + at + i));
            }
            if (medium.volume().write(offset + at, piece)) {
                uncommitted.set(true);
            }
        }
        return CommandOutcome.Good.GOOD;
    }
}
