package org.dbstore.server.iscsi.session;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.lun.CommandDispatcher.Admission;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.metrics.Kind;
import org.dbstore.server.metrics.MeasuredCommand;
import org.dbstore.server.qos.Passage;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One SCSI command of a session, from its PDU to its answer.
 *
 * <p>While data-out is collected only the connection's thread touches it. From the moment it is
 * executed it belongs to whoever completes it.
 */
public final class Task extends MeasuredCommand implements ScsiTask, PduWriter.SentListener {
    /** R bit of a SCSI command's flags. */
    private static final int READ = 0x40;

    /** W bit. */
    private static final int WRITE = 0x20;

    private static final int CHECK_CONDITION = 0x02;
    private static final ByteBuffer NO_DATA = ByteBuffer.allocateDirect(0);

    /** Where a task stands. */
    public enum Stage {
        /** Data-out is on its way, or has been asked for; thrown away if it has failed already. */
        COLLECTING,
        /** Complete, but others have to end first. */
        HELD,
        /** The logical unit has it. */
        EXECUTING,
        /** Its answer is being queued. */
        ENDING
    }

    private final Session session;
    private final ByteBuffer cdb = ByteBuffer.allocate(16);
    private final long lun;
    private final int tag;
    private final int flags;
    private final boolean immediate;
    private final @Nullable TaskAttribute attribute;
    private final int sequenceNumber;
    private final long expectedDataBytes;

    /** Guarded by the task set. */
    Stage stage = Stage.COLLECTING;

    /** Opens when it may be executed; null if nothing has to end before. Set once, when added. */
    @Nullable TaskBarrier predecessors;

    /** Its way through limits; null if there are none. Set once, when admitted. */
    @Nullable Passage passage;

    /** True once no limit holds it back any more. Handed on as the task is. */
    boolean hasPassed;

    /** True while the connection's thread works on it; guarded by the task set. */
    boolean claimed = true;

    private int dataOutWanted;
    private @Nullable ByteBuffer dataOut;
    private @Nullable ByteBuffer lentDataOut;
    private @Nullable ByteBuffer lentDataIn;
    private Admission.@Nullable Admitted admitted;
    private @Nullable CommandOutcome failure;
    private @Nullable List<Runnable> afterEnd;
    private volatile boolean aborted;

    /** How it ends if it is aborted; null = without an answer. Guarded by the task set. */
    private @Nullable CommandOutcome abortAnswer;

    /** When data was asked for that has not come yet (System.nanoTime), 0 = none. */
    volatile long solicitedNanos;

    // The sequence of Data-Out PDUs that is being received.
    int transferTag = Bhs.RESERVED_TAG;
    int nextDataSequenceNumber;
    int sequenceEnd;
    int readyToTransferCount;

    /** Buffer offset at which the next Data-Out has to begin. */
    int position;

    /** Takes what it needs of a SCSI Command PDU, received at a time of System.nanoTime. */
    Task(Session session, ByteBuffer buffer, int header, long receivedNanos) {
        this.session = session;
        markReceived(receivedNanos);
        this.flags = Bhs.flags(buffer, header);
        this.immediate = Bhs.isImmediate(buffer, header);
        this.attribute = TaskAttribute.of(flags);
        this.lun = Bhs.lun(buffer, header);
        this.tag = Bhs.initiatorTaskTag(buffer, header);
        this.sequenceNumber = Bhs.commandSequenceNumber(buffer, header);
        this.expectedDataBytes = Bhs.expectedDataBytes(buffer, header);
        cdb.putLong(0, buffer.getLong(header + 32));
        cdb.putLong(8, buffer.getLong(header + 40));
    }

    @Override
    public Nexus nexus() {
        return session.nexus();
    }

    @Override
    public long lun() {
        return lun;
    }

    @Override
    public ByteBuffer cdb() {
        return cdb;
    }

    @Override
    public ByteBuffer dataOut() {
        ByteBuffer data = dataOut;
        return data == null ? NO_DATA : data;
    }

    @Override
    public long dataOutOfferedBytes() {
        return isWrite() ? expectedDataBytes : 0;
    }

    @Override
    public long dataInLimitBytes() {
        return isRead() ? expectedDataBytes : 0;
    }

    @Override
    public ByteBuffer allocateDataIn(int bytes) {
        if (bytes == 0) {
            return NO_DATA;
        }
        ByteBuffer buffer = lentDataIn;
        if (buffer == null || buffer.capacity() < bytes) {
            throw new IllegalStateException(
                    "data-in of " + bytes + " bytes is more than was admitted");
        }
        return buffer.clear().limit(bytes);
    }

    @Override
    public boolean isAlone() {
        return session.isIdleBut(this);
    }

    @Override
    public boolean hasExtendedFunctions() {
        return session.parameters().protocolLevel() >= NegotiatedParameters.LEVEL_RFC_7144;
    }

    @Override
    public boolean isAborted() {
        return aborted;
    }

    @Override
    public void complete(CommandOutcome outcome) {
        session.finish(this, outcome);
    }

    @Override
    public void begins() {
        markBegun();
    }

    @Override
    public void awaitsCommit() {
        markChanged();
    }

    /** A limit holds it back. */
    void throttled() {
        markThrottled();
    }

    /** The limits let it go. */
    void passed() {
        hasPassed = true;
        markAdmitted();
    }

    /** All of its data-out is there. */
    void collected(long nanos) {
        markCollected(nanos);
    }

    /** It ends so; what counts of that. */
    void ends(CommandOutcome outcome) {
        switch (outcome) {
            case CommandOutcome.DataIn(ByteBuffer data, long length) ->
                    markEnded(0, 0, Math.min(data.remaining(), dataInLimitBytes()));
            case CommandOutcome.Status(int code) -> markEnded(code, 0, 0);
            case CommandOutcome.CheckCondition(byte[] sense) ->
                    markEnded(CHECK_CONDITION, Sense.code(sense), 0);
            case CommandOutcome.Good good -> markEnded(0, 0, dataOutToCollect());
            case CommandOutcome.Deferred deferred -> {}
            case CommandOutcome.GoodAhead ahead -> {}
        }
    }

    @Override
    public void sent(long nanos) {
        session.meter().sent(this, nanos);
    }

    @Override
    protected int flags() {
        return flags;
    }

    /** Initiator task tag. */
    @Override
    public int tag() {
        return tag;
    }

    /** CmdSN. */
    @Override
    public int sequenceNumber() {
        return sequenceNumber;
    }

    boolean isImmediate() {
        return immediate;
    }

    /** Null if it has one that is not supported. */
    @Nullable TaskAttribute attribute() {
        return attribute;
    }

    /** True if later tasks have to wait for it. */
    boolean isOrdering() {
        return attribute == TaskAttribute.ORDERED || attribute == TaskAttribute.HEAD_OF_QUEUE;
    }

    /** What is before it in the task set has ended. */
    private void resume() {
        session.resume(this);
    }

    /**
     * Sets up the wait for tasks that came before.
     *
     * @param before guarded by the task set, as this call
     */
    void waitFor(List<Task> before) {
        if (before.isEmpty()) {
            return;
        }
        TaskBarrier barrier = new TaskBarrier(this::resume);
        for (Task each : before) {
            barrier.register();
            each.afterEnd(barrier::arrive);
        }
        predecessors = barrier;
    }

    /** True if the initiator expects data-in. */
    public boolean isRead() {
        return (flags & READ) != 0;
    }

    /** True if the initiator has data-out. */
    public boolean isWrite() {
        return (flags & WRITE) != 0;
    }

    /** True if Data-Out PDUs follow unasked. */
    boolean moreUnsolicited() {
        return (flags & Bhs.FINAL) == 0;
    }

    /** Expected data transfer length, 0..2^32-1. */
    @Override
    public long expectedDataBytes() {
        return expectedDataBytes;
    }

    Admission.@Nullable Admitted admitted() {
        return admitted;
    }

    /** Data-out the command wants by its CDB. */
    int dataOutWanted() {
        return dataOutWanted;
    }

    /** Data-out to collect: what the command wants, as far as the initiator has it. */
    int dataOutToCollect() {
        return (int) Math.min(dataOutWanted, dataOutOfferedBytes());
    }

    void admit(Admission.Admitted admission) {
        this.admitted = admission;
        this.dataOutWanted = admission.dataOutBytes();
        LogicalUnit unit = admission.unit();
        measureAs(Kind.of(admission.command()), unit == null ? null : unit.meter());
    }

    /** It does not come to run at a unit, or where there is none. */
    void refusedBy(@Nullable LogicalUnit unit) {
        measureAs(Kind.OTHER, unit == null ? null : unit.meter());
    }

    /** The outcome is settled before all data-out has come. */
    void fail(CommandOutcome outcome) {
        failure = outcome;
    }

    @Nullable CommandOutcome failure() {
        return failure;
    }

    /** Uses a slice of the receive buffer, which lasts until the handler returns. */
    void useDataOut(ByteBuffer slice) {
        dataOut = slice;
    }

    /** Where data-out is collected. */
    @Nullable ByteBuffer collected() {
        return lentDataOut;
    }

    void collectInto(ByteBuffer lent) {
        lentDataOut = lent;
        dataOut = lent;
    }

    /**
     * Reserves the buffer for data-in, unless it is there already.
     *
     * @return false if the pool is used up
     */
    boolean reserveDataIn() {
        Admission.Admitted admission = admitted;
        if (admission == null || admission.dataInBytes() == 0 || lentDataIn != null) {
            return true;
        }
        lentDataIn = session.buffers().tryTake(admission.dataInBytes());
        return lentDataIn != null;
    }

    @Nullable ByteBuffer takeLentDataIn() {
        ByteBuffer lent = lentDataIn;
        lentDataIn = null;
        return lent;
    }

    void giveBackDataOut() {
        ByteBuffer lent = lentDataOut;
        lentDataOut = null;
        dataOut = null;
        if (lent != null) {
            giveBack(lent);
        }
    }

    void giveBack(ByteBuffer lent) {
        session.buffers().giveBack(lent);
    }

    /**
     * Marks it aborted; guarded by the task set.
     *
     * @param answer how it ends then; null = without an answer, which holds against others: who
     *     aborts its own task does not expect one any more
     */
    void abort(@Nullable CommandOutcome answer) {
        if (!aborted || answer == null) {
            abortAnswer = answer;
        }
        aborted = true;
    }

    /** How it ends, being aborted: null = without an answer. Settled once its end has begun. */
    @Nullable CommandOutcome abortAnswer() {
        return abortAnswer;
    }

    /** Adds something to do when it has ended; guarded by the task set. */
    void afterEnd(Runnable whenEnded) {
        List<Runnable> actions = afterEnd;
        if (actions == null) {
            actions = new ArrayList<>();
            afterEnd = actions;
        }
        actions.add(whenEnded);
    }

    /** What to do when it has ended; guarded by the task set. */
    List<Runnable> takeAfterEnd() {
        List<Runnable> actions = afterEnd;
        afterEnd = null;
        return actions == null ? List.of() : actions;
    }
}
