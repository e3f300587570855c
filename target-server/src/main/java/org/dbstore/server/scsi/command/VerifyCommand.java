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
 * VERIFY and WRITE AND VERIFY (10), (12), (16) (SBC-3). Runs in the pool, {@link Scratch#BYTES} at
 * a time.
 */
public final class VerifyCommand {
    private static final int BYTCHK_MASK = 0x06;
    private static final int BYTCHK_ALL = 0x02;
    private static final int BYTCHK_ONE_BLOCK = 0x06;

    /** Compares a part of the medium with what the initiator sent. */
    @FunctionalInterface
    private interface Comparison {
        /**
         * Finds the first difference.
         *
         * @param piece position to limit, as read
         * @param at where it begins, in bytes from the first block of the command
         * @return offset in the data-out, -1 if there is none
         */
        int mismatch(ByteBuffer piece, int at);
    }

    private VerifyCommand() {}

    /**
     * Executes VERIFY: reads the blocks and compares them as BYTCHK asks. If the initiator sent
     * less than BYTCHK=01b needs, the whole blocks that came are compared; the residual tells.
     *
     * @param command its row
     */
    public static CommandOutcome verify(ScsiTask task, ScsiCommand command, Medium medium)
            throws BackendException {
        ByteBuffer cdb = task.cdb();
        long offset = medium.bytes(command.lba(cdb));
        int length = (int) medium.bytes(command.length(cdb));
        return switch (cdb.get(1) & BYTCHK_MASK) {
            case BYTCHK_ALL -> {
                ByteBuffer expected = WriteCommand.wholeBlocks(task, medium);
                yield check(task, medium, offset, expected.remaining(), whole(expected));
            }
            case BYTCHK_ONE_BLOCK ->
                    check(task, medium, offset, length, block(task.dataOut(), medium));
            default -> check(task, medium, offset, length, (piece, at) -> -1);
        };
    }

    /**
     * Executes WRITE AND VERIFY: writes, makes it durable, reads it back, and compares it if BYTCHK
     * asks for that.
     *
     * @param command its row
     */
    public static CommandOutcome writeAndVerify(ScsiTask task, ScsiCommand command, Medium medium)
            throws BackendException {
        ByteBuffer data = WriteCommand.wholeBlocks(task, medium);
        if (!data.hasRemaining()) {
            return CommandOutcome.Good.GOOD;
        }
        long offset = medium.bytes(command.lba(task.cdb()));
        medium.volume().write(offset, data.duplicate());
        medium.volume().flush();
        boolean compares = (task.cdb().get(1) & BYTCHK_MASK) == BYTCHK_ALL;
        return check(
                task, medium, offset, data.remaining(), compares ? whole(data) : (piece, at) -> -1);
    }

    private static CommandOutcome check(
            ScsiTask task, Medium medium, long offset, int length, Comparison comparison)
            throws BackendException {
        for (int at = 0; at < length; at += Scratch.BYTES) {
            if (task.isAborted()) {
                return Sense.of(SenseCode.COMMAND_ABORTED);
            }
            ByteBuffer piece = Scratch.take(Math.min(Scratch.BYTES, length - at));
            medium.volume().read(offset + at, piece);
            int mismatch = comparison.mismatch(piece.flip(), at);
            if (mismatch >= 0) {
                return Sense.of(SenseCode.MISCOMPARE_DURING_VERIFY, mismatch);
            }
        }
        return CommandOutcome.Good.GOOD;
    }

    private static Comparison whole(ByteBuffer expected) {
        return (piece, at) -> {
            int mismatch =
                    piece.mismatch(expected.slice(expected.position() + at, piece.remaining()));
            return mismatch < 0 ? mismatch : at + mismatch;
        };
    }

    private static Comparison block(ByteBuffer expected, Medium medium) {
        int blockBytes = medium.blockBytes();
        return (piece, at) -> {
            for (int i = 0; i < piece.limit(); i += blockBytes) {
                int mismatch = piece.slice(i, blockBytes).mismatch(expected);
                if (mismatch >= 0) {
                    return mismatch;
                }
            }
            return -1;
        };
    }
}
