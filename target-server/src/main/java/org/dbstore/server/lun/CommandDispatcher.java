package org.dbstore.server.lun;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.server.copy.CopyManager;
import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Deferral;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.TargetPortGroups;
import org.dbstore.server.scsi.command.BackendSense;
import org.dbstore.server.scsi.command.WriteCommand;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The one gate every command passes. Safe for all threads.
 *
 * <p>The way of a command: {@link #admit} finds unit and row and checks by {@link CdbCheck}; the
 * transport collects the data-out; {@link #execute} runs the handler ({@link CommandHandlers}) in
 * the caller's thread or in the pool, and turns whatever comes of it into one outcome.
 */
public final class CommandDispatcher {
    private static final Logger LOG = LogManager.getLogger(CommandDispatcher.class);

    /** What the gate says of a command before its data is collected. */
    public sealed interface Admission {
        /**
         * The command ends here; its data-out, if any, is thrown away.
         *
         * @param outcome status to return
         */
        record Refused(CommandOutcome outcome) implements Admission {}

        /**
         * The command may run.
         *
         * @param command its row
         * @param unit null for a LUN that is not mapped (INQUIRY, REPORT LUNS, REQUEST SENSE)
         * @param dataOutBytes data-out the CDB asks for, 0..{@link BlockLimits#TRANSFER_BYTES_MAX}
         * @param dataInBytes most data-in it may produce, 0..{@link
         *     BlockLimits#TRANSFER_BYTES_MAX}; for the budget
         * @param mayWait true if it may wait for the medium or take long: then it is executed in
         *     the pool, and its data-out has to stay valid until it completes
         */
        record Admitted(
                ScsiCommand command,
                @Nullable LogicalUnit unit,
                int dataOutBytes,
                int dataInBytes,
                boolean mayWait)
                implements Admission {}
    }

    private final Executor pool;
    private final Executor poolOfLong;
    private final Deferral deferral = this::later;
    private final CopyManager copies = new CopyManager();
    private volatile TaskAborter aborter =
            (unit, nexuses, except, whenAborted) -> whenAborted.run();

    /**
     * Creates the gate.
     *
     * @param pool a bounded number of platform threads, in which whatever waits for the medium
     *     runs; what it rejects is answered TASK SET FULL
     * @param poolOfLong another one for commands that move much, so that others find a thread all
     *     the same (ATS of ESXi, say)
     */
    public CommandDispatcher(Executor pool, Executor poolOfLong) {
        this.pool = pool;
        this.poolOfLong = poolOfLong;
    }

    /**
     * Says how tasks are aborted.
     *
     * @param transport knows the tasks of all nexuses
     */
    public void abortsThrough(TaskAborter transport) {
        aborter = transport;
    }

    /**
     * Checks all that can be checked by CDB: LUN, row, unit attention, asymmetric access state of
     * the port, reservations, usage mask, LBA range.
     */
    public Admission admit(ScsiTask task, LunMap luns) {
        LogicalUnit unit = luns.find(task.lun());
        Admission admission = admit(task, unit, luns.portGroups());
        return admission instanceof Admission.Refused(CommandOutcome outcome)
                        && wantsDescriptorSense(unit)
                ? new Admission.Refused(DescriptorSenseTask.convert(outcome))
                : admission;
    }

    private static boolean wantsDescriptorSense(@Nullable LogicalUnit unit) {
        return unit != null && unit.medium().modes().current().descriptorSense();
    }

    private static Admission admit(
            ScsiTask task, @Nullable LogicalUnit unit, TargetPortGroups groups) {
        ByteBuffer cdb = task.cdb();
        ScsiCommand command = ScsiCommand.of(cdb);
        if (command == ScsiCommand.SET_TARGET_PORT_GROUPS && !groups.areSettable()) {
            command = null;
        }
        boolean open = command != null && command.gate() == ScsiCommand.Gate.OPEN;
        if (unit == null && !open) {
            return refused(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
        }
        if (unit != null && !open) {
            SenseCode attention = unit.attentions().take(task.nexus());
            if (attention != null) {
                return refused(attention);
            }
        }
        if (command == null) {
            return ScsiCommand.hasServiceActions(Byte.toUnsignedInt(cdb.get(0)))
                    ? new Admission.Refused(Sense.invalidCdbField(1, 4))
                    : refused(SenseCode.INVALID_COMMAND_OPERATION_CODE);
        }
        SenseCode inaccessible = groups.refusal(task.nexus(), command);
        if (inaccessible != null) {
            return refused(inaccessible);
        }
        if (unit != null && unit.reservations().conflicts(task.nexus(), command, cdb)) {
            return new Admission.Refused(CommandOutcome.Status.RESERVATION_CONFLICT);
        }
        if (unit != null && !open) {
            CommandOutcome unready = unit.medium().sanitation().refusal(command);
            if (unready != null) {
                return new Admission.Refused(unready);
            }
        }
        CommandOutcome refusal = CdbCheck.mask(cdb, command);
        if (refusal == null && unit != null) {
            refusal = CdbCheck.unit(task, command, unit.medium());
        }
        return refusal != null ? new Admission.Refused(refusal) : admitted(task, command, unit);
    }

    /**
     * Runs an admitted command, here or in the pool, and sees to it that the task is completed.
     * Never throws for anything the command does.
     */
    public void execute(ScsiTask received, LunMap luns, Admission.Admitted admitted) {
        boolean waitsHere =
                admitted.command().waits() == ScsiCommand.Wait.AS_WRITES_DO && received.isAlone();
        if (admitted.mayWait() && !waitsHere) {
            executeInPool(received, luns, admitted);
        } else {
            ScsiTask task = asWanted(received, admitted);
            conclude(task, () -> handle(task, luns, admitted));
        }
    }

    /** As {@link #execute}, but never in the caller's thread. */
    public void executeInPool(ScsiTask received, LunMap luns, Admission.Admitted admitted) {
        ScsiTask task = asWanted(received, admitted);
        boolean isLong = admitted.command().waits() == ScsiCommand.Wait.LONG;
        CommandOutcome outcome =
                later(isLong ? poolOfLong : pool, task, () -> handle(task, luns, admitted));
        if (!(outcome instanceof CommandOutcome.Deferred)) {
            task.complete(outcome);
        }
    }

    private static ScsiTask asWanted(ScsiTask task, Admission.Admitted admitted) {
        return wantsDescriptorSense(admitted.unit()) ? new DescriptorSenseTask(task) : task;
    }

    private static Admission refused(SenseCode code) {
        return new Admission.Refused(Sense.of(code));
    }

    private static Admission admitted(
            ScsiTask task, ScsiCommand command, @Nullable LogicalUnit unit) {
        if (unit == null) {
            return new Admission.Admitted(
                    command, null, 0, CdbCheck.replyBytes(task, command), false);
        }
        Medium medium = unit.medium();
        boolean mayWait =
                switch (command.waits()) {
                    case NEVER -> false;
                    case AS_WRITES_DO ->
                            medium.volume().writesWaitForMedium()
                                    || WriteCommand.writesThrough(task.cdb(), command, medium);
                    case ALWAYS, LONG -> true;
                };
        return new Admission.Admitted(
                command,
                unit,
                CdbCheck.dataOutBytes(task.cdb(), command, medium),
                CdbCheck.dataInBytes(task, command, medium),
                mayWait);
    }

    private CommandOutcome handle(ScsiTask task, LunMap luns, Admission.Admitted admitted)
            throws BackendException {
        LogicalUnit unit = admitted.unit();
        if (unit == null) {
            return CommandHandlers.executeWithoutUnit(task, luns, admitted.command());
        }
        try {
            return handle(task, luns, admitted.command(), unit);
        } catch (IndexOutOfBoundsException e) {
            // Between check and execution the volume may have become smaller. What the CDB says is
            // checked again here, what a list says by the command itself.
            CommandOutcome refusal = CdbCheck.unit(task, admitted.command(), unit.medium());
            return refusal != null ? refusal : handle(task, luns, admitted.command(), unit);
        }
    }

    private CommandOutcome handle(ScsiTask task, LunMap luns, ScsiCommand command, LogicalUnit unit)
            throws BackendException {
        return CommandHandlers.execute(task, luns, command, unit, deferral, aborter, copies);
    }

    private CommandOutcome later(ScsiTask task, Deferral.Step step) {
        return later(pool, task, step);
    }

    private CommandOutcome later(Executor executor, ScsiTask task, Deferral.Step step) {
        try {
            executor.execute(() -> {
                task.begins();
                conclude(task, step);
            });
            return CommandOutcome.Deferred.DEFERRED;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: pool is full", task.nexus());
            return CommandOutcome.Status.TASK_SET_FULL;
        }
    }

    private static void conclude(ScsiTask task, Deferral.Step step) {
        CommandOutcome outcome;
        try {
            outcome = task.isAborted() ? Sense.of(SenseCode.COMMAND_ABORTED) : step.run();
        } catch (BackendException e) {
            outcome = failure(task, e);
        } catch (RuntimeException e) {
            LOG.error("{}: command {} failed by a fault of ours", task.nexus(), opcode(task), e);
            outcome = Sense.of(SenseCode.INTERNAL_TARGET_FAILURE);
        }
        if (outcome instanceof CommandOutcome.GoodAhead(Runnable rest)) {
            goOnAfterAnswer(task, rest);
        } else if (!(outcome instanceof CommandOutcome.Deferred)) {
            task.complete(outcome);
        }
    }

    /** The task has ended: whatever goes wrong now cannot be its status any more. */
    private static void goOnAfterAnswer(ScsiTask task, Runnable rest) {
        String command = opcode(task);
        task.complete(CommandOutcome.Good.GOOD);
        try {
            rest.run();
        } catch (RuntimeException e) {
            LOG.error("{}: command {} failed after its answer", task.nexus(), command, e);
        }
    }

    private static CommandOutcome failure(ScsiTask task, BackendException e) {
        ScsiCommand command = ScsiCommand.of(task.cdb());
        boolean changes =
                command != null
                        && (command.gate() == ScsiCommand.Gate.WRITABLE
                                || command.data() == ScsiCommand.Data.LIST_OUT);
        return changes ? BackendSense.ofWrite(e) : BackendSense.ofRead(e);
    }

    private static String opcode(ScsiTask task) {
        ScsiCommand command = ScsiCommand.of(task.cdb());
        return command == null ? "?" : command.name();
    }
}
