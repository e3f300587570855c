package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.api.JobView.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Goal: a long operation is followed to its end, and ended early if that is wanted. */
@Timeout(60)
class JobsTest {
    private final Jobs jobs = new Jobs();

    @Test
    void aJobEndsWithItsResult() throws BackendException {
        JobView job =
                jobs.start(
                        "count",
                        "x",
                        each -> {
                            each.progress(5, 10);
                            return "five";
                        });
        JobView done = await(job.id());
        assertEquals(State.DONE, done.state());
        assertEquals("five", done.result().orElseThrow());
        assertEquals(5, done.doneBytes());
        assertTrue(done.endedAt().isPresent());
    }

    @Test
    void aFailureIsTheResult() throws BackendException {
        JobView job =
                jobs.start(
                        "fill",
                        "x",
                        each -> {
                            throw new BackendException(BackendError.NO_SPACE, "it is full");
                        });
        JobView failed = await(job.id());
        assertEquals(State.FAILED, failed.state());
        assertEquals("NO_SPACE", failed.error().orElseThrow().code());
        assertEquals("it is full", failed.error().orElseThrow().message());
    }

    @Test
    void aDefectIsToldAndEndsNothingElse() throws BackendException {
        JobView job =
                jobs.start(
                        "break",
                        "x",
                        each -> {
                            throw new IllegalStateException("a defect");
                        });
        assertEquals("INTERNAL", await(job.id()).error().orElseThrow().code());
        assertEquals(State.DONE, await(jobs.start("go on", "x", each -> "yes").id()).state());
    }

    @Test
    void aJobThatIsCancelledEndsAtItsNextStep() throws BackendException, InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        JobView job =
                jobs.start(
                        "loop",
                        "x",
                        each -> {
                            begun.countDown();
                            while (true) {
                                each.progress(1, 2);
                                LockSupport.parkNanos(1_000_000);
                            }
                        });
        begun.await();
        assertEquals(State.CANCELLING, jobs.cancel(job.id()).orElseThrow().state());
        assertEquals(State.CANCELLED, await(job.id()).state());
    }

    @Test
    void theLastOnesAreRemembered() throws BackendException {
        long last = 0;
        for (int i = 0; i < 300; i++) {
            last = jobs.start("short", "x", each -> "done").id();
            await(last);
        }
        assertEquals(200, jobs.all().size());
        assertEquals(last, jobs.all().getLast().id());
        assertTrue(jobs.find(1).isEmpty());
    }

    @Test
    void closingEndsWhatIsUnderWayAndTakesNoMore() throws BackendException {
        JobView job =
                jobs.start(
                        "loop",
                        "x",
                        each -> {
                            while (true) {
                                each.progress(1, 2);
                                LockSupport.parkNanos(1_000_000);
                            }
                        });
        jobs.close();
        assertTrue(jobs.find(job.id()).orElseThrow().isOver());
        assertThrows(BackendException.class, () -> jobs.start("late", "x", each -> "no"));
    }

    private JobView await(long id) {
        JobView job = jobs.find(id).orElseThrow();
        while (!job.isOver()) {
            LockSupport.parkNanos(1_000_000);
            job = jobs.find(id).orElseThrow();
        }
        return job;
    }
}
