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
 * WRITE SAME(10) and (16) (SBC-3). Runs in the pool.
 *
 * <p>Zeroes are not stored: blocks of zeroes are unmapped, whether UNMAP asks for it or not, and
 * read as zeroes (LBPRZ=1). Other data is written even with UNMAP=1, as SBC-3 wants it: a block
 * must read afterwards as the data-out, or be unmapped only if that makes no difference.
 */
public final class WriteSameCommand {
    private static final int NDOB = 0x01;

    private WriteSameCommand() {}

    /**
     * Writes one block over many.
     *
     * @param command WRITE_SAME_10 or WRITE_SAME_16
     */
    public static CommandOutcome execute(ScsiTask task, ScsiCommand command, Medium medium)
            throws BackendException {
        ByteBuffer cdb = task.cdb();
        long offset = medium.bytes(command.lba(cdb));
        long length = medium.bytes(command.length(cdb));
        boolean noData = command == ScsiCommand.WRITE_SAME_16 && (cdb.get(1) & NDOB) != 0;
        if (noData || isZero(task.dataOut())) {
            boolean uncommitted = medium.volume().writeZeroes(offset, length);
            return Durability.afterWrite(task, medium, uncommitted, false);
        }
        return writePattern(task, medium, offset, length);
    }

    private static CommandOutcome writePattern(
            ScsiTask task, Medium medium, long offset, long length) throws BackendException {
        ByteBuffer pattern = repeat(task.dataOut(), (int) Math.min(Scratch.BYTES, length));
        boolean uncommitted = false;
        for (long at = 0; at < length; at += pattern.capacity()) {
            if (task.isAborted()) {
                return Sense.of(SenseCode.COMMAND_ABORTED);
            }
            pattern.clear().limit((int) Math.min(pattern.capacity(), length - at));
            uncommitted |= medium.volume().write(offset + at, pattern);
        }
        return Durability.afterWrite(task, medium, uncommitted, false);
    }

    /** Fills the thread's buffer with copies of a block. */
    private static ByteBuffer repeat(ByteBuffer block, int bytes) {
        ByteBuffer filled = Scratch.take(bytes);
        while (filled.hasRemaining()) {
            filled.put(block.duplicate());
        }
        return filled.flip().slice();
    }

    private static boolean isZero(ByteBuffer block) {
        for (int i = block.position(); i < block.limit(); i += Long.BYTES) {
            if (block.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
