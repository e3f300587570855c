package org.dbstore.server.iscsi.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.session.TaskSet.Taken;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.metrics.SessionMeter;
import org.dbstore.server.qos.Qos;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Goal: every task ends once, whoever races whom to end it. */
class TaskSetTest {
    private final TaskSet tasks = new TaskSet();
    private SocketChannel channel;
    private Session session;

    @BeforeEach
    void open() throws IOException {
        channel = SocketChannel.open();
        BufferPool buffers = new BufferPool(1 << 20);
        session =
                new Session(
                        new Nexus("iqn.2026-01.org.example:i", 1, "iqn.2026-01.org.example:t", 1),
                        1,
                        new IscsiTarget(
                                "iqn.2026-01.org.example:t",
                                "",
                                List.of(),
                                List.of("*"),
                                new LunMap(new TreeMap<>(), List.of(1)),
                                IscsiTarget.Terms.OPEN),
                        "",
                        new NegotiatedParameters(8192, 262144, 65536, true, true, false, false, 1),
                        new CommandDispatcher(Runnable::run, Runnable::run),
                        buffers,
                        new PduWriter(channel, buffers, "test", () -> {}),
                        new CommandWindow(1),
                        new NoLink(),
                        SessionMeter.detached(),
                        new Qos().openInitiator("t", "i"));
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    @Test
    void aTagIsTakenOnce() {
        assertEquals(Taken.YES, tasks.add(task(7)));
        assertEquals(Taken.TAG_IN_USE, tasks.add(task(7)));
        assertEquals(Taken.YES, tasks.add(task(8)));
    }

    @Test
    void theTagOfATaskThatIsBeingAnsweredIsFreeAgain() {
        Task first = task(7);
        tasks.add(first);
        tasks.beginEnd(first);
        Task second = task(7);
        assertEquals(Taken.YES, tasks.add(second));
        assertEquals(List.of(), tasks.remove(first));
        assertTrue(tasks.has(7), "the end of the first is not the end of the second");
    }

    @Test
    void aClosedSetTakesNothing() {
        tasks.close();
        assertEquals(Taken.NO, tasks.add(task(7)));
    }

    @Test
    void immediateTasksAreBounded() {
        int taken = 0;
        while (tasks.add(immediateTask(taken)) == Taken.YES) {
            taken++;
            assertTrue(taken < 1000, "no bound");
        }
        assertEquals(Taken.TOO_MANY_IMMEDIATE, tasks.add(immediateTask(taken)));
        assertEquals(Taken.YES, tasks.add(task(taken)), "others are bounded by the window");
    }

    @Test
    void theEndOfAnImmediateTaskMakesRoomForAnother() {
        Task first = immediateTask(0);
        tasks.add(first);
        for (int tag = 1; tasks.add(immediateTask(tag)) == Taken.YES; tag++) {
            assertTrue(tag < 1000, "no bound");
        }
        tasks.remove(first);
        assertEquals(Taken.YES, tasks.add(immediateTask(5000)));
    }

    @Test
    void anAbortedTaskThatNobodyWorksOnIsHandedToTheAborter() {
        Task task = task(7);
        tasks.add(task);
        assertTrue(tasks.release(task));
        assertEquals(List.of(task), tasks.abort(any -> true, new TaskBarrier(() -> {}), null));
        assertFalse(tasks.beginEnd(task), "it must not be answered");
    }

    @Test
    void anAbortedTaskThatIsClaimedIsEndedByTheClaimer() {
        Task task = task(7);
        tasks.add(task);
        assertEquals(List.of(), tasks.abort(any -> true, new TaskBarrier(() -> {}), null));
        assertFalse(tasks.release(task));
    }

    @Test
    void theClaimsOfADeadConnectionAreGivenUp() {
        Task task = task(7);
        tasks.add(task);
        tasks.abort(any -> true, new TaskBarrier(() -> {}), null);
        assertEquals(List.of(task), tasks.releaseAll());
    }

    @Test
    void aTaskThatIsExecutedEndsItselfThoughAborted() {
        Task task = task(7);
        tasks.add(task);
        assertTrue(tasks.execute(task));
        assertEquals(List.of(), tasks.abort(any -> true, new TaskBarrier(() -> {}), null));
        assertTrue(task.isAborted());
        assertFalse(tasks.beginEnd(task));
    }

    @Test
    void aTaskThatAnotherNexusAbortsIsAnsweredWhenItEnds() {
        Task task = task(7);
        tasks.add(task);
        tasks.execute(task);
        AtomicBoolean open = new AtomicBoolean();
        TaskBarrier barrier = new TaskBarrier(() -> open.set(true));
        CommandOutcome answer = CommandOutcome.Status.TASK_ABORTED;
        assertEquals(List.of(), tasks.abort(any -> true, barrier, answer), "it still runs");
        barrier.arrive();
        assertFalse(open.get());
        assertFalse(tasks.beginEnd(task));
        assertEquals(answer, task.abortAnswer());
        tasks.abort(any -> true, new TaskBarrier(() -> {}), null);
        assertEquals(answer, task.abortAnswer(), "too late");
        tasks.remove(task).forEach(Runnable::run);
        assertTrue(open.get());
    }

    @Test
    void aTaskThatIsAbortedByItsOwnNexusTooIsNotAnswered() {
        for (boolean ownFirst : new boolean[] {true, false}) {
            Task task = task(ownFirst ? 7 : 8);
            tasks.add(task);
            tasks.execute(task);
            for (boolean own : new boolean[] {ownFirst, !ownFirst}) {
                CommandOutcome answer = own ? null : CommandOutcome.Status.TASK_ABORTED;
                tasks.abort(task::equals, new TaskBarrier(() -> {}), answer);
            }
            assertFalse(tasks.beginEnd(task));
            assertNull(task.abortAnswer());
        }
    }

    @Test
    void anAbortWaitsForAnAnswerThatIsOnItsWayAndDoesNotSuppressIt() {
        AtomicBoolean open = new AtomicBoolean();
        TaskBarrier barrier = new TaskBarrier(() -> open.set(true));
        Task task = task(7);
        tasks.add(task);
        tasks.execute(task);
        assertTrue(tasks.beginEnd(task));
        tasks.abort(any -> true, barrier, null);
        barrier.arrive();
        // As many functions as there may be: none may wait for the one before it.
        for (int i = 0; i < 100_000; i++) {
            tasks.abort(any -> true, new TaskBarrier(() -> {}), null);
        }
        assertFalse(task.isAborted());
        assertFalse(open.get(), "the answer of the task comes before that of the function");
        tasks.remove(task).forEach(Runnable::run);
        assertTrue(open.get());
    }

    @Test
    void dataForAnAbortedTaskIsKnownToBeUnderWay() {
        Task task = task(7);
        tasks.add(task);
        tasks.release(task);
        tasks.abort(any -> true, new TaskBarrier(() -> {}), null);
        tasks.remove(task);
        assertTrue(tasks.wasAborted(7));
        assertFalse(tasks.wasAborted(8));
    }

    @Test
    void dataForAnyOfAFullWindowOfAbortedTasksIsKnownToBeUnderWay() {
        int count = 0;
        while (tasks.add(immediateTask(count)) == Taken.YES) {
            assertTrue(++count < 1000, "no bound");
        }
        for (int i = 0; i < CommandWindow.SIZE_MAX; i++) {
            assertEquals(Taken.YES, tasks.add(task(count++)));
        }
        tasks.abort(any -> true, new TaskBarrier(() -> {}), null);
        for (int tag = 0; tag < count; tag++) {
            assertTrue(tasks.wasAborted(tag), "tag " + tag);
        }
    }

    @Test
    void waitingForTheEndIsOverWhenTheLastHasEnded() throws InterruptedException {
        Task task = task(7);
        tasks.add(task);
        assertFalse(tasks.awaitEmpty(1));
        tasks.remove(task);
        assertTrue(tasks.awaitEmpty(1));
    }

    @Test
    void dataThatComesKeepsAllRequestsForDataAlive() {
        Task task = task(7);
        tasks.add(task);
        long now = System.nanoTime();
        task.solicitedNanos = now - 100;
        assertEquals(100, tasks.awaitingDataNanos(now, now - 500));
        assertEquals(30, tasks.awaitingDataNanos(now, now - 30));
        task.solicitedNanos = 0;
        assertEquals(0, tasks.awaitingDataNanos(now, now - 500));
    }

    private Task task(int tag) {
        return task(tag, Bhs.SCSI_COMMAND);
    }

    private Task immediateTask(int tag) {
        return task(tag, 0x40 | Bhs.SCSI_COMMAND);
    }

    private Task task(int tag, int firstByte) {
        ByteBuffer header = ByteBuffer.allocate(Bhs.BYTES);
        header.put(0, (byte) firstByte).put(1, (byte) Bhs.FINAL).putInt(16, tag);
        return new Task(session, header, 0, 0);
    }

    private static final class NoLink implements Session.Link {
        @Override
        public void disconnect() {}

        @Override
        public void disconnectSoon() {}

        @Override
        public InetSocketAddress peer() {
            return new InetSocketAddress(0);
        }

        @Override
        public InetSocketAddress local() {
            return new InetSocketAddress(0);
        }
    }
}
