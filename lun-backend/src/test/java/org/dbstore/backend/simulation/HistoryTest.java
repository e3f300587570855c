package org.dbstore.backend.simulation;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import java.util.Map;

/** Goal: the model of concurrent clients allows what is linearizable, and nothing else. */
class HistoryTest {
    private final History history = new History();

    private void write(long key, int value) {
        history.end(history.begin(key, value));
    }

    @Test
    void eitherOfTwoConcurrentWritesMaySurvive() {
        History.Write one = history.begin(1, 10);
        History.Write two = history.begin(1, 20);
        history.end(one);
        history.end(two);
        history.flushed(history.now());
        assertNull(history.survived(1, 10, false));
        assertNull(history.survived(1, 20, false));
        assertNotNull(history.survived(1, 0, false));
    }

    @Test
    void aReadDecidesBetweenConcurrentWrites() {
        History.Write one = history.begin(1, 10);
        History.Write two = history.begin(1, 20);
        history.end(one);
        history.end(two);
        assertNull(history.read(1, 20, history.now(), history.now()));
        assertNotNull(history.read(1, 10, history.now(), history.now()));
        history.flushed(history.now());
        assertNotNull(history.survived(1, 10, false));
    }

    @Test
    void whatWasWrittenThroughSurvivesWithoutAFlush() {
        write(1, 10);
        history.endDurable(history.begin(1, 20));
        assertNotNull(history.survived(1, 10, false));
        assertNull(history.survived(1, 20, false));
        write(1, 30);
        assertNull(history.survived(1, 30, false));
    }

    @Test
    void whatWasNotFlushedMayBeLost() {
        write(1, 10);
        history.flushed(history.now());
        write(1, 20);
        assertNull(history.survived(1, 10, false));
        assertNull(history.survived(1, 20, false));
        assertNotNull(history.survived(1, 30, false));
    }

    @Test
    void aReadReturnsNothingOlderThanWhatHadEnded() {
        write(1, 10);
        write(1, 20);
        assertNotNull(history.read(1, 10, history.now(), history.now()));
    }

    @Test
    void aSnapshotIsOfOneInstant() {
        long begin = history.now();
        write(1, 10);
        write(2, 20);
        long end = history.now();
        assertNull(history.snapshot(Map.of(), begin, end));
        assertNull(history.snapshot(Map.of(1L, 10), begin, end));
        assertNull(history.snapshot(Map.of(1L, 10, 2L, 20), begin, end));
        assertNotNull(history.snapshot(Map.of(2L, 20), begin, end));
    }
}
