package org.dbstore.server.lun;

import org.dbstore.backend.BackendException;
import org.dbstore.server.copy.CopyManager;
import org.dbstore.server.reservation.ReservationInCommand;
import org.dbstore.server.reservation.ReservationOutCommand;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Deferral;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.command.CompareAndWriteCommand;
import org.dbstore.server.scsi.command.DiagnosticCommand;
import org.dbstore.server.scsi.command.InquiryCommand;
import org.dbstore.server.scsi.command.LbaStatusCommand;
import org.dbstore.server.scsi.command.LogSenseCommand;
import org.dbstore.server.scsi.command.ModeSelectCommand;
import org.dbstore.server.scsi.command.ModeSenseCommand;
import org.dbstore.server.scsi.command.OrWriteCommand;
import org.dbstore.server.scsi.command.ReadCapacityCommand;
import org.dbstore.server.scsi.command.ReadCommand;
import org.dbstore.server.scsi.command.ReadDefectDataCommand;
import org.dbstore.server.scsi.command.ReportLunsCommand;
import org.dbstore.server.scsi.command.ReportOpcodesCommand;
import org.dbstore.server.scsi.command.ReportTaskManagementCommand;
import org.dbstore.server.scsi.command.RequestSenseCommand;
import org.dbstore.server.scsi.command.SanitizeCommand;
import org.dbstore.server.scsi.command.StartStopCommand;
import org.dbstore.server.scsi.command.SynchronizeCacheCommand;
import org.dbstore.server.scsi.command.TargetPortGroupsCommand;
import org.dbstore.server.scsi.command.TimestampCommand;
import org.dbstore.server.scsi.command.UnmapCommand;
import org.dbstore.server.scsi.command.VerifyCommand;
import org.dbstore.server.scsi.command.WriteAtomicCommand;
import org.dbstore.server.scsi.command.WriteCommand;
import org.dbstore.server.scsi.command.WriteSameCommand;
import org.dbstore.server.scsi.jscsi.Sense;

import java.util.function.Consumer;

/**
 * Which class executes which command. A row of {@link ScsiCommand} without one does not compile.
 */
final class CommandHandlers {
    private CommandHandlers() {}

    /** Executes a command on a mapped unit. */
    static CommandOutcome execute(
            ScsiTask task,
            LunMap luns,
            ScsiCommand command,
            LogicalUnit unit,
            Deferral deferral,
            TaskAborter aborter,
            CopyManager copies)
            throws BackendException {
        Medium medium = unit.medium();
        Consumer<SenseCode> tellOthers =
                condition -> unit.attentions().raiseForOthers(task.nexus(), condition);
        return switch (command) {
            // Nothing here can be removed, so nothing has to be prevented.
            case TEST_UNIT_READY, PREVENT_ALLOW_MEDIUM_REMOVAL -> CommandOutcome.Good.GOOD;
            case REQUEST_SENSE -> requestSense(task, unit);
            case INQUIRY -> InquiryCommand.execute(task, medium, luns.portGroups());
            case REPORT_LUNS -> reportLuns(task, luns);
            case MODE_SENSE_6, MODE_SENSE_10 -> ModeSenseCommand.execute(task, command, medium);
            case MODE_SELECT_6, MODE_SELECT_10 ->
                    ModeSelectCommand.execute(task, command, medium, tellOthers);
            case LOG_SENSE -> LogSenseCommand.execute(task, medium);
            case READ_DEFECT_DATA_10, READ_DEFECT_DATA_12 ->
                    ReadDefectDataCommand.execute(task, command);
            case RECEIVE_DIAGNOSTIC_RESULTS -> DiagnosticCommand.receive(task);
            case SEND_DIAGNOSTIC -> DiagnosticCommand.send(task, medium);
            case SANITIZE_OVERWRITE, SANITIZE_BLOCK_ERASE, SANITIZE_EXIT_FAILURE_MODE ->
                    SanitizeCommand.execute(task, command, medium);
            case REPORT_TARGET_PORT_GROUPS ->
                    TargetPortGroupsCommand.report(task, luns.portGroups());
            case SET_TARGET_PORT_GROUPS ->
                    TargetPortGroupsCommand.set(
                            task, luns.portGroups(), () -> luns.portGroupsSet(unit, task.nexus()));
            case REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS ->
                    ReportTaskManagementCommand.execute(task);
            case REPORT_TIMESTAMP -> TimestampCommand.report(task, medium);
            case SET_TIMESTAMP -> TimestampCommand.set(task, medium, tellOthers);
            case EXTENDED_COPY_LID1,
                    RECEIVE_COPY_STATUS_LID1,
                    RECEIVE_COPY_OPERATING_PARAMETERS,
                    POPULATE_TOKEN,
                    WRITE_USING_TOKEN,
                    RECEIVE_ROD_TOKEN_INFORMATION ->
                    copies.execute(task, command, medium, new SessionDevices(luns, task.nexus()));
            case START_STOP_UNIT -> StartStopCommand.execute(task, medium);
            case READ_CAPACITY_10 -> ReadCapacityCommand.execute10(task, medium);
            case READ_CAPACITY_16 -> ReadCapacityCommand.execute16(task, medium);
            case READ_6, READ_10, READ_12, READ_16 ->
                    ReadCommand.execute(task, command, medium, deferral);
            case WRITE_6, WRITE_10, WRITE_12, WRITE_16 ->
                    onRange(
                            task,
                            command,
                            medium,
                            () -> WriteCommand.execute(task, command, medium));
            case COMPARE_AND_WRITE -> CompareAndWriteCommand.execute(task, medium);
            case ORWRITE_16 -> OrWriteCommand.execute(task, medium);
            case WRITE_ATOMIC_16 -> WriteAtomicCommand.execute(task, medium);
            case WRITE_AND_VERIFY_10, WRITE_AND_VERIFY_12, WRITE_AND_VERIFY_16 ->
                    onRange(
                            task,
                            command,
                            medium,
                            () -> VerifyCommand.writeAndVerify(task, command, medium));
            case VERIFY_10, VERIFY_12, VERIFY_16 -> VerifyCommand.verify(task, command, medium);
            // A hint: GOOD says that not all blocks may have gone to the cache. (The page cache of
            // the host does its own read-ahead.)
            case PRE_FETCH_10, PRE_FETCH_16 -> CommandOutcome.Good.GOOD;
            case SYNCHRONIZE_CACHE_10, SYNCHRONIZE_CACHE_16 ->
                    SynchronizeCacheCommand.execute(task, medium);
            case WRITE_SAME_10, WRITE_SAME_16 ->
                    onRange(
                            task,
                            command,
                            medium,
                            () -> WriteSameCommand.execute(task, command, medium));
            case UNMAP -> UnmapCommand.execute(task, medium);
            case GET_LBA_STATUS -> LbaStatusCommand.execute(task, medium);
            case RESERVE_6, RESERVE_10 -> unit.reservations().reserve(task.nexus());
            case RELEASE_6, RELEASE_10 -> unit.reservations().release(task.nexus());
            case PERSISTENT_RESERVE_IN_READ_KEYS,
                    PERSISTENT_RESERVE_IN_READ_RESERVATION,
                    PERSISTENT_RESERVE_IN_REPORT_CAPABILITIES,
                    PERSISTENT_RESERVE_IN_READ_FULL_STATUS ->
                    ReservationInCommand.execute(task, command, unit.reservations());
            case PERSISTENT_RESERVE_OUT_REGISTER,
                    PERSISTENT_RESERVE_OUT_RESERVE,
                    PERSISTENT_RESERVE_OUT_RELEASE,
                    PERSISTENT_RESERVE_OUT_CLEAR,
                    PERSISTENT_RESERVE_OUT_PREEMPT,
                    PERSISTENT_RESERVE_OUT_PREEMPT_AND_ABORT,
                    PERSISTENT_RESERVE_OUT_REGISTER_AND_IGNORE_EXISTING_KEY,
                    PERSISTENT_RESERVE_OUT_REGISTER_AND_MOVE ->
                    ReservationOutCommand.execute(
                            task,
                            command,
                            unit.reservations(),
                            luns.portalGroupTags(),
                            (nexuses, whenAborted) ->
                                    aborter.abort(unit, nexuses, received(task), whenAborted));
            case REPORT_SUPPORTED_OPERATION_CODES ->
                    ReportOpcodesCommand.execute(task, luns.portGroups());
        };
    }

    /** Executes a change, ordered with others of the same blocks. */
    private static CommandOutcome onRange(
            ScsiTask task, ScsiCommand command, Medium medium, Deferral.Step step)
            throws BackendException {
        long offset = medium.bytes(command.lba(task.cdb()));
        return medium.ranges().change(offset, medium.bytes(command.length(task.cdb())), step);
    }

    /** Executes a command that needs no unit where none is mapped. */
    static CommandOutcome executeWithoutUnit(ScsiTask task, LunMap luns, ScsiCommand command) {
        return switch (command) {
            case INQUIRY -> InquiryCommand.executeWithoutUnit(task, luns.portGroups());
            case REPORT_LUNS -> reportLuns(task, luns);
            case REQUEST_SENSE ->
                    RequestSenseCommand.execute(task, SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
            default -> Sense.of(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
        };
    }

    /** The task as the transport knows it. */
    private static ScsiTask received(ScsiTask task) {
        return task instanceof DescriptorSenseTask(ScsiTask inner) ? inner : task;
    }

    private static CommandOutcome requestSense(ScsiTask task, LogicalUnit unit) {
        byte[] progress = unit.medium().sanitation().progressSense();
        if (progress != null) {
            return RequestSenseCommand.execute(task, progress);
        }
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
