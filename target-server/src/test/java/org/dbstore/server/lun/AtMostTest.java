package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** Goal: what takes long leaves threads to the rest, and comes in its order. */
class AtMostTest {
    private final List<Runnable> threads = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final AtMost two = new AtMost(2, threads::add);

    private void submit(String name) {
        two.execute(() -> done.add(name));
    }

    @Test
    void onlySoManyTakeAThread() {
        List.of("a", "b", "c", "d").forEach(this::submit);
        assertEquals(2, threads.size());
    }

    @Test
    void whoWaitsFollowsInTheThreadThatHasBecomeFree() {
        List.of("a", "b", "c").forEach(this::submit);
        threads.get(1).run();
        assertEquals(List.of("b", "c"), done);
        threads.get(0).run();
        assertEquals(List.of("b", "c", "a"), done);
        submit("d");
        submit("e");
        assertEquals(4, threads.size());
    }

    @Test
    void whatIsRejectedTakesNoPlace() {
        boolean[] full = {true};
        AtMost one =
                new AtMost(
                        1,
                        task -> {
                            if (full[0]) {
                                throw new RejectedExecutionException();
                            }
                            threads.add(task);
                        });
        assertThrows(RejectedExecutionException.class, () -> one.execute(() -> done.add("a")));
        full[0] = false;
        one.execute(() -> done.add("b"));
        assertEquals(1, threads.size());
    }
}
