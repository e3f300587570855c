package org.dbstore.server.iscsi.session;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.Buffers;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.pdu.RejectReason;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.lun.CommandDispatcher.Admission;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.metrics.Kind;
import org.dbstore.server.metrics.SessionMeter;
import org.dbstore.server.qos.Limits;
import org.dbstore.server.qos.Passage;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * A normal session with its only connection (MaxConnections=1): takes SCSI commands and their
 * data-out, has them executed, sends how they ended.
 *
 * <p>{@link #command} and {@link #dataOut} run in the connection's thread; {@link #finish} in any.
 */
public final class Session {
    private static final CommandOutcome UNEXPECTED_UNSOLICITED_DATA =
            Sense.of(SenseCode.UNEXPECTED_UNSOLICITED_DATA);
    private static final CommandOutcome INCORRECT_AMOUNT_OF_DATA =
            Sense.of(SenseCode.INCORRECT_AMOUNT_OF_DATA);
    private static final CommandOutcome DATA_PHASE_ERROR = Sense.of(SenseCode.DATA_PHASE_ERROR);
    private static final CommandOutcome INVALID_MESSAGE_ERROR =
            Sense.of(SenseCode.INVALID_MESSAGE_ERROR);
    private static final CommandOutcome DIGEST_ERROR =
            Sense.of(SenseCode.PROTOCOL_SERVICE_CRC_ERROR);

    // AsyncEvent codes of RFC 7143, section 11.9.1.
    private static final int SCSI_EVENT = 0;
    private static final int LOGOUT_REQUESTED = 1;
    private static final int ALL_CONNECTIONS_DROPPED = 3;

    private final Nexus nexus;
    private final int handle;

    /** As of the last {@link #adopt}. */
    private volatile IscsiTarget target;

    private volatile LunMap luns;
    private final String userName;
    private final NegotiatedParameters parameters;
    private final CommandDispatcher dispatcher;
    private final Buffers buffers;
    private final PduWriter writer;
    private final CommandWindow window;
    private final Link link;
    private final SessionMeter meter;
    private final Limits limits;
    private final Instant since = Instant.now();
    private final TaskSet tasks = new TaskSet();
    private final AtomicBoolean dropped = new AtomicBoolean();
    private int nextTransferTag = 1;

    private volatile long lastDataOutNanos = System.nanoTime();

    /** True if bytes of another PDU were there when the last command was executed. */
    private boolean moreBehind;

    /**
     * Opens a session.
     *
     * @param nexus who talks to whom
     * @param handle TSIH, 1..65535
     * @param target the target of the nexus
     * @param userName CHAP user; empty = without authentication
     * @param parameters as negotiated
     * @param dispatcher executes commands
     * @param buffers for data in flight
     * @param writer of the connection
     * @param window of the connection
     * @param link the connection
     * @param meter counts its commands; recorded with the writer's monitor held
     * @param limits of the initiator
     */
    public Session(
            Nexus nexus,
            int handle,
            IscsiTarget target,
            String userName,
            NegotiatedParameters parameters,
            CommandDispatcher dispatcher,
            Buffers buffers,
            PduWriter writer,
            CommandWindow window,
            Link link,
            SessionMeter meter,
            Limits limits) {
        this.nexus = nexus;
        this.handle = handle;
        this.target = target;
        this.luns = target.lunsOf(nexus.initiatorName());
        this.userName = userName;
        this.parameters = parameters;
        this.dispatcher = dispatcher;
        this.buffers = buffers;
        this.writer = writer;
        this.window = window;
        this.link = link;
        this.meter = meter;
        this.limits = limits;
    }

    /** The connection, to be ended from outside. From any thread; none of these waits. */
    public interface Link {
        /** Closes it. */
        void disconnect();

        /** Closes it when what is queued has been sent, or after a few seconds. */
        void disconnectSoon();

        /** Where the initiator is. */
        InetSocketAddress peer();

        /** The address by which it came. */
        InetSocketAddress local();
    }

    public Nexus nexus() {
        return nexus;
    }

    /** TSIH, 1..65535. */
    public int handle() {
        return handle;
    }

    public IscsiTarget target() {
        return target;
    }

    /** The logical units it sees. */
    public LunMap luns() {
        return luns;
    }

    /** CHAP user; empty = without authentication. */
    public String userName() {
        return userName;
    }

    /** What was negotiated. */
    public NegotiatedParameters parameters() {
        return parameters;
    }

    /** Counts its commands. */
    public SessionMeter meter() {
        return meter;
    }

    /**
     * Goes on with its target as it is now. The next command sees its logical units; those under
     * way are for the caller to end.
     *
     * @param next of the same name
     */
    void adopt(IscsiTarget next) {
        target = next;
        luns = next.lunsOf(nexus.initiatorName());
        window.resize(next.terms().commandsMax());
    }

    Buffers buffers() {
        return buffers;
    }

    /**
     * Takes a SCSI Command PDU whose CmdSN is in order.
     *
     * @param header index of the header; its data segment is open
     * @param receivedNanos when it came (System.nanoTime)
     * @return what became of it; unless it was taken, nothing was read
     */
    public TaskSet.Taken command(PduReader reader, int header, long receivedNanos)
            throws IOException {
        ByteBuffer buffer = reader.buffer();
        int immediateBytes = Bhs.dataBytes(buffer, header);
        Task task = new Task(this, buffer, header, receivedNanos);
        TaskSet.Taken taken = tasks.add(task);
        if (taken != TaskSet.Taken.YES) {
            return taken;
        }
        CommandOutcome failure = admit(task, immediateBytes);
        if (failure != null) {
            task.fail(failure);
        }
        int wanted = task.dataOutToCollect();
        if (failure == null && wanted > 0) {
            if (immediateBytes >= wanted
                    && !task.moreUnsolicited()
                    && runsHere(task)
                    && reader.dataFits()) {
                ByteBuffer data = reader.data();
                task.useDataOut(data.limit(data.position() + wanted));
                task.position = immediateBytes;
                failIfDamaged(task, reader);
            } else {
                receive(task, reader, immediateBytes);
            }
        } else {
            reader.skipData();
            task.position = immediateBytes;
        }
        task.sequenceEnd = (int) Math.min(parameters.firstBurstLength(), task.expectedDataBytes());
        proceed(task, reader, !(task.isWrite() && task.moreUnsolicited()));
        return taken;
    }

    /**
     * Takes a SCSI Data-Out PDU.
     *
     * @param header index of the header; its data segment is open
     * @return false if nobody asked for it: nothing was read, the PDU has to be rejected
     */
    public boolean dataOut(PduReader reader, int header) throws IOException {
        ByteBuffer buffer = reader.buffer();
        int tag = Bhs.initiatorTaskTag(buffer, header);
        lastDataOutNanos = System.nanoTime();
        Task task = tasks.claim(tag);
        if (task == null) {
            if (!tasks.wasAborted(tag)) {
                return false;
            }
            reader.skipData();
            return true;
        }
        boolean isFinal = Bhs.isFinal(buffer, header);
        int length = Bhs.dataBytes(buffer, header);
        boolean inOrder =
                Bhs.targetTransferTag(buffer, header) == task.transferTag
                        && Bhs.bufferOffset(buffer, header) == task.position
                        && Bhs.dataSequenceNumber(buffer, header) == task.nextDataSequenceNumber
                        && length <= task.sequenceEnd - task.position
                        && endsRight(task, isFinal, length);
        if (!inOrder && task.failure() == null) {
            task.fail(DATA_PHASE_ERROR);
        }
        task.nextDataSequenceNumber++;
        if (task.failure() == null) {
            receive(task, reader, length);
        } else {
            reader.skipData();
        }
        task.collected(lastDataOutNanos);
        proceed(task, reader, isFinal);
        return true;
    }

    /** Tells whether nothing but this task, which is being executed, is under way. */
    boolean isIdleBut(Task task) {
        return !moreBehind && tasks.isOnly(task) && writer.isIdle();
    }

    /**
     * Ends a task: tells the initiator, unless it was aborted without an answer. From any thread.
     *
     * @param outcome unless it was aborted
     */
    void finish(Task task, CommandOutcome outcome) {
        boolean aborted = !tasks.beginEnd(task);
        CommandOutcome answer = aborted ? task.abortAnswer() : outcome;
        task.ends(answer == null ? outcome : answer);
        task.giveBackDataOut();
        if (!task.isImmediate()) {
            window.answered();
        }
        Passage passage = task.passage;
        if (aborted && passage != null) {
            passage.giveUp();
        }
        if (answer != null) {
            Responses.send(writer, parameters, task, answer);
        } else {
            ByteBuffer lent = task.takeLentDataIn();
            if (lent != null) {
                task.giveBack(lent);
            }
            synchronized (writer) {
                meter.aborted(task);
            }
        }
        tasks.remove(task).forEach(Runnable::run);
    }

    /**
     * Aborts tasks (SAM-5, "Aborting commands"): none of them is answered any more.
     *
     * @param which tells the tasks
     * @param barrier opens when all of them have ended and change nothing any more
     */
    public void abort(Predicate<Task> which, TaskBarrier barrier) {
        abort(which, barrier, null);
    }

    /**
     * Aborts tasks. Each is answered when it has ended and changes nothing any more, not before.
     *
     * @param which tells the tasks
     * @param barrier opens when all of them have ended
     * @param answer how they end; null = without an answer
     */
    public void abort(Predicate<Task> which, TaskBarrier barrier, @Nullable CommandOutcome answer) {
        for (Task task : tasks.abort(which, barrier, answer)) {
            finish(task, CommandOutcome.Good.GOOD);
        }
    }

    /** Tells whether the session takes no more commands. */
    public boolean hasEnded() {
        return tasks.isClosed();
    }

    /** Tells whether a task of that kind has no answer yet. */
    public boolean hasTask(Predicate<Task> which) {
        return tasks.hasAny(which);
    }

    /** What there is to say of it. */
    public SessionInfo info() {
        return new SessionInfo(
                handle,
                nexus,
                userName,
                link.peer(),
                link.local(),
                since,
                parameters,
                tasks.count());
    }

    /**
     * Asks the initiator to log out (RFC 7143, section 11.9.1, event 1).
     *
     * @param seconds within which
     */
    public void requestLogout(int seconds) {
        writer.asynchronousMessage(LOGOUT_REQUESTED, 0, 0, seconds, new byte[0]);
    }

    /** Tells the initiator of a unit attention condition of a unit (event 0). */
    public void reportEvent(long lun, SenseCode code) {
        byte[] sense = Sense.fixed(code);
        writer.asynchronousMessage(SCSI_EVENT, lun, 0, 0, sense);
    }

    /**
     * Ends the session after telling so (event 3); what runs is aborted. Does not wait.
     *
     * @return false if somebody has done so already
     */
    public boolean drop() {
        if (!dropped.compareAndSet(false, true)) {
            return false;
        }
        tasks.close();
        abort(task -> true, new TaskBarrier(() -> {}));
        writer.asynchronousMessage(ALL_CONNECTIONS_DROPPED, 0, 0, 0, new byte[0]);
        link.disconnectSoon();
        return true;
    }

    /**
     * Takes no more commands, and ends when those under way have been answered.
     *
     * @param timeoutMillis how long to wait for that at most
     */
    public void drain(long timeoutMillis) throws InterruptedException {
        tasks.close();
        tasks.awaitEmpty(timeoutMillis);
        link.disconnectSoon();
    }

    /** The connection's thread, at its end, gives up the task it was collecting data for. */
    public void connectionLost() {
        for (Task task : tasks.releaseAll()) {
            finish(task, CommandOutcome.Good.GOOD);
        }
    }

    /**
     * Ends the session from outside (reinstatement, shutdown): closes the connection, aborts the
     * tasks, and waits until none of them can change anything any more.
     *
     * @param timeoutMillis how long to wait at most
     * @return false if a task still ran when the time was up
     */
    public boolean end(long timeoutMillis) throws InterruptedException {
        link.disconnect();
        tasks.close();
        abort(task -> true, new TaskBarrier(() -> {}));
        return tasks.awaitEmpty(timeoutMillis);
    }

    /** Tells for how long an R2T has been waiting without any data coming. */
    public long awaitingDataNanos(long nowNanos) {
        return tasks.awaitingDataNanos(nowNanos, lastDataOutNanos);
    }

    /** What the task waited for has ended. Whatever was checked before may be otherwise now. */
    void resume(Task task) {
        if (!tasks.resume(task)) {
            return;
        }
        switch (dispatcher.admit(task, luns)) {
            case Admission.Refused(CommandOutcome outcome) -> finish(task, outcome);
            case Admission.Admitted admitted -> {
                if (task.reserveDataIn()) {
                    dispatcher.executeInPool(task, luns, admitted);
                } else {
                    finish(task, CommandOutcome.Status.TASK_SET_FULL);
                }
            }
        }
    }

    /** The limits that held the task back let it go: its data is asked for, or it is executed. */
    private void passed(Task task) {
        task.passed();
        if (task.position < task.dataOutToCollect()) {
            tasks.collect(task, () -> solicit(task));
            return;
        }
        flipCollected(task);
        TaskBarrier predecessors = task.predecessors;
        if (predecessors == null) {
            resume(task);
        } else {
            predecessors.arrive();
        }
    }

    /** The way through the limits that hold for a task; null if there are none. */
    private @Nullable Passage passage(Task task) {
        Admission.Admitted admitted = task.admitted();
        LogicalUnit unit = admitted == null ? null : admitted.unit();
        if (admitted == null || unit == null) {
            return null;
        }
        Limits ofUnit = unit.limits();
        boolean limited = limits.areSet() || (ofUnit != null && ofUnit.areSet());
        Kind kind = Kind.of(admitted.command());
        if (!limited || kind == Kind.OTHER) {
            return null;
        }
        return new Passage(
                ofUnit == null ? List.of(limits) : List.of(ofUnit, limits),
                new Flow(this, LunMap.number(task.lun())),
                task.attribute() == TaskAttribute.HEAD_OF_QUEUE,
                Math.min(
                        task.expectedDataBytes(),
                        (long) admitted.dataInBytes() + admitted.dataOutBytes()),
                () -> passed(task));
    }

    /** A queue of commands that pass in order, where limits hold them back. */
    private record Flow(Session session, int lun) {}

    /** Tells whether a limit holds the task back; then {@link #passed} goes on with it. */
    private boolean isHeldBack(Task task) {
        Passage passage = task.passage;
        if (passage == null || task.hasPassed || passage.tryPass()) {
            task.hasPassed = true;
            return false;
        }
        task.throttled();
        if (tasks.hold(task)) {
            passage.await();
        } else {
            finish(task, CommandOutcome.Good.GOOD);
        }
        return true;
    }

    /** What the gate says, then what RFC 7143 says of data that came unasked. */
    private @Nullable CommandOutcome admit(Task task, int immediateBytes) {
        if (task.attribute() == null) {
            return INVALID_MESSAGE_ERROR;
        }
        Admission admission = dispatcher.admit(task, luns);
        if (admission instanceof Admission.Refused(CommandOutcome outcome)) {
            task.refusedBy(luns.find(task.lun()));
            return outcome;
        }
        task.admit((Admission.Admitted) admission);
        boolean unsolicited = task.isWrite() && task.moreUnsolicited();
        boolean mayBeImmediate = parameters.immediateData() && task.isWrite();
        if ((immediateBytes > 0 && !mayBeImmediate)
                || immediateBytes > parameters.firstBurstLength()
                || (unsolicited && parameters.initialR2T())) {
            return UNEXPECTED_UNSOLICITED_DATA;
        }
        if (immediateBytes > task.expectedDataBytes()) {
            return INCORRECT_AMOUNT_OF_DATA;
        }
        // What a limit holds back takes no memory from others.
        task.passage = passage(task);
        if (task.passage == null && !task.reserveDataIn()) {
            return CommandOutcome.Status.TASK_SET_FULL;
        }
        return null;
    }

    /**
     * A solicited sequence ends exactly where it was asked to; an unsolicited one may be shorter.
     */
    private static boolean endsRight(Task task, boolean isFinal, int length) {
        boolean reachesEnd = task.position + length == task.sequenceEnd;
        return task.transferTag == Bhs.RESERVED_TAG
                ? isFinal || !reachesEnd
                : isFinal == reachesEnd;
    }

    private static boolean runsHere(Task task) {
        Admission.Admitted admitted = task.admitted();
        return admitted != null
                && !admitted.mayWait()
                && task.predecessors == null
                && task.passage == null;
    }

    /** Stores a data segment at the task's position, as far as the command wants it. */
    private void receive(Task task, PduReader reader, int length) throws IOException {
        if (task.dataOutToCollect() == 0) {
            reader.skipData();
            task.position += length;
            return;
        }
        ByteBuffer lent = task.collected();
        if (lent == null) {
            lent = buffers.tryTake(task.dataOutToCollect());
            if (lent == null) {
                task.fail(CommandOutcome.Status.TASK_SET_FULL);
                reader.skipData();
                return;
            }
            task.collectInto(lent);
        }
        reader.readData(lent);
        task.position += length;
        failIfDamaged(task, reader);
    }

    /**
     * Without recovery within a session a command ends when some of its data were damaged, but not
     * before all of them have come (RFC 7143, section 7.8).
     */
    private void failIfDamaged(Task task, PduReader reader) {
        if (reader.isDataDamaged()) {
            writer.reject(RejectReason.DATA_DIGEST_ERROR, reader.damagedHeader());
            task.fail(DIGEST_ERROR);
        }
    }

    /** A PDU of the task has been dealt with: what is next? */
    private void proceed(Task task, PduReader reader, boolean sequenceEnded) {
        if (sequenceEnded) {
            task.solicitedNanos = 0;
        }
        CommandOutcome failure = task.failure();
        if (!sequenceEnded) {
            releaseOrEnd(task);
        } else if (failure != null) {
            finish(task, failure);
        } else if (isHeldBack(task)) {
            return;
        } else if (task.position < task.dataOutToCollect()) {
            solicit(task);
            releaseOrEnd(task);
        } else if (!task.reserveDataIn()) {
            finish(task, CommandOutcome.Status.TASK_SET_FULL);
        } else {
            moreBehind = reader.hasMore();
            execute(task);
        }
    }

    private void releaseOrEnd(Task task) {
        if (!tasks.release(task)) {
            finish(task, CommandOutcome.Good.GOOD);
        }
    }

    /** Asks for data, of a task that is claimed or in the hands of the task set. */
    private void solicit(Task task) {
        synchronized (writer) {
            task.transferTag = nextTransferTag;
            nextTransferTag = nextTransferTag == Integer.MAX_VALUE ? 1 : nextTransferTag + 1;
            task.nextDataSequenceNumber = 0;
            task.sequenceEnd =
                    (int)
                            Math.min(
                                    (long) task.position + parameters.maxBurstLength(),
                                    task.dataOutToCollect());
            task.solicitedNanos = System.nanoTime() | 1;
            Responses.readyToTransfer(writer, task, task.readyToTransferCount++);
        }
    }

    private static void flipCollected(Task task) {
        ByteBuffer collected = task.collected();
        if (collected != null) {
            collected.flip();
        }
    }

    private void execute(Task task) {
        Admission.Admitted admitted = task.admitted();
        TaskBarrier predecessors = task.predecessors;
        flipCollected(task);
        boolean goesOn =
                admitted != null && (predecessors == null ? tasks.execute(task) : tasks.hold(task));
        if (admitted == null || !goesOn) {
            finish(task, CommandOutcome.Good.GOOD);
        } else if (predecessors == null) {
            dispatcher.execute(task, luns, admitted);
        } else {
            predecessors.arrive();
        }
    }
}
