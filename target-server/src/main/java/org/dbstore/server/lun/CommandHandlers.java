package org.dbstore.server.lun;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Deferral;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.command.InquiryCommand;
import org.dbstore.server.scsi.command.LbaStatusCommand;
import org.dbstore.server.scsi.command.ModeSenseCommand;
import org.dbstore.server.scsi.command.ReadCapacityCommand;
import org.dbstore.server.scsi.command.ReadCommand;
import org.dbstore.server.scsi.command.ReportLunsCommand;
import org.dbstore.server.scsi.command.ReportOpcodesCommand;
import org.dbstore.server.scsi.command.RequestSenseCommand;
import org.dbstore.server.scsi.command.StartStopCommand;
import org.dbstore.server.scsi.command.SynchronizeCacheCommand;
import org.dbstore.server.scsi.command.UnmapCommand;
import org.dbstore.server.scsi.command.VerifyCommand;
import org.dbstore.server.scsi.command.WriteCommand;
import org.dbstore.server.scsi.command.WriteSameCommand;
import org.dbstore.server.scsi.jscsi.Sense;

/**
 * Which class executes which command. A row of {@link ScsiCommand} without one does not compile.
 */
final class CommandHandlers {
    private CommandHandlers() {}

    /** Executes a command on a mapped unit. */
    static CommandOutcome execute(
            ScsiTask task, LunMap luns, ScsiCommand command, LogicalUnit unit, Deferral deferral)
            throws BackendException {
        Medium medium = unit.medium();
        return switch (command) {
            case TEST_UNIT_READY -> CommandOutcome.Good.GOOD;
            case REQUEST_SENSE -> requestSense(task, unit);
            case INQUIRY -> InquiryCommand.execute(task, medium);
            case REPORT_LUNS -> reportLuns(task, luns);
            case MODE_SENSE_6, MODE_SENSE_10 -> ModeSenseCommand.execute(task, command, medium);
            case START_STOP_UNIT -> StartStopCommand.execute(task, medium);
            case READ_CAPACITY_10 -> ReadCapacityCommand.execute10(task, medium);
            case READ_CAPACITY_16 -> ReadCapacityCommand.execute16(task, medium);
            case READ_6, READ_10, READ_12, READ_16 ->
                    ReadCommand.execute(task, command, medium, deferral);
            case WRITE_6, WRITE_10, WRITE_12, WRITE_16 ->
                    WriteCommand.execute(task, command, medium);
            case WRITE_AND_VERIFY_10, WRITE_AND_VERIFY_12, WRITE_AND_VERIFY_16 ->
                    VerifyCommand.writeAndVerify(task, command, medium);
            case VERIFY_10, VERIFY_12, VERIFY_16 -> VerifyCommand.verify(task, command, medium);
            // A hint: GOOD says that not all blocks may have gone to the cache. (The page cache of
            // the host does its own read-ahead.)
            case PRE_FETCH_10, PRE_FETCH_16 -> CommandOutcome.Good.GOOD;
            case SYNCHRONIZE_CACHE_10, SYNCHRONIZE_CACHE_16 ->
                    SynchronizeCacheCommand.execute(task, medium);
            case WRITE_SAME_10, WRITE_SAME_16 -> WriteSameCommand.execute(task, command, medium);
            case UNMAP -> UnmapCommand.execute(task, medium);
            case GET_LBA_STATUS -> LbaStatusCommand.execute(task, medium);
            case REPORT_SUPPORTED_OPERATION_CODES -> ReportOpcodesCommand.execute(task);
        };
    }

    /** Executes a command that needs no unit where none is mapped. */
    static CommandOutcome executeWithoutUnit(ScsiTask task, LunMap luns, ScsiCommand command) {
        return switch (command) {
            case INQUIRY -> InquiryCommand.executeWithoutUnit(task);
            case REPORT_LUNS -> reportLuns(task, luns);
            case REQUEST_SENSE ->
                    RequestSenseCommand.execute(task, SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
            default -> Sense.of(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
        };
    }

    private static CommandOutcome requestSense(ScsiTask task, LogicalUnit unit) {
        SenseCode pending = unit.attentions().take(task.nexus());
        return RequestSenseCommand.execute(task, pending == null ? SenseCode.NO_SENSE : pending);
    }

    /** Who has asked for the list knows that it has changed. */
    private static CommandOutcome reportLuns(ScsiTask task, LunMap luns) {
        for (LogicalUnit unit : luns.units()) {
            unit.attentions().clear(task.nexus(), SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
        }
        return ReportLunsCommand.execute(task, luns.numbers());
    }
}
