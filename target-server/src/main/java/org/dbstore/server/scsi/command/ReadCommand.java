package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.DataIn;
import org.dbstore.server.scsi.Deferral;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;

/** READ(6), (10), (12), (16) (SBC-3). What is in memory is read at once, the rest in the pool. */
public final class ReadCommand {
    private static final int FUA = 0x08;

    private ReadCommand() {}

    /**
     * Reads the blocks, as far as the initiator takes them.
     *
     * @param command its row
     * @param deferral where a read that has to wait goes on
     */
    public static CommandOutcome execute(
            ScsiTask task, ScsiCommand command, Medium medium, Deferral deferral)
            throws BackendException {
        ByteBuffer cdb = task.cdb();
        long offset = medium.bytes(command.lba(cdb));
        long length = medium.bytes(command.length(cdb));
        if (length == 0) {
            return CommandOutcome.Good.GOOD;
        }
        int wanted = (int) Math.min(length, task.dataInLimitBytes());
        if (medium.isWriteBack() && command != ScsiCommand.READ_6 && (cdb.get(1) & FUA) != 0) {
            return afterCommit(task, medium, offset, length, wanted, deferral);
        }
        ByteBuffer target = task.allocateDataIn(wanted);
        if (medium.volume().readNow(offset, target)) {
            return new DataIn(target.flip(), length);
        }
        if (task.isAlone()) {
            return read(medium, offset, target, length);
        }
        return deferral.later(task, () -> read(medium, offset, target, length));
    }

    private static CommandOutcome read(Medium medium, long offset, ByteBuffer target, long length)
            throws BackendException {
        try {
            medium.volume().read(offset, target);
        } catch (IndexOutOfBoundsException e) {
            if (medium.volume().sizeBytes() - offset >= target.limit()) {
                throw e;
            }
            // The volume has become smaller since the command was checked.
            return Sense.of(SenseCode.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, medium.blockCount());
        }
        return new DataIn(target.flip(), length);
    }

    /** FUA: what is read has to be on the medium, so what only the cache has goes there first. */
    private static CommandOutcome afterCommit(
            ScsiTask task, Medium medium, long offset, long length, int wanted, Deferral deferral) {
        medium.volume()
                .commit(failure -> {
                    CommandOutcome outcome =
                            failure != null
                                    ? BackendSense.ofWrite(failure)
                                    : deferral.later(
                                            task,
                                            () ->
                                                    read(
                                                            medium,
                                                            offset,
                                                            task.allocateDataIn(wanted),
                                                            length));
                    if (!(outcome instanceof CommandOutcome.Deferred)) {
                        task.complete(outcome);
                    }
                });
        return CommandOutcome.Deferred.DEFERRED;
    }
}
