package org.dbstore.server.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters of commands: for each kind their number, bytes, time and latency classes; failures; for
 * some also the time and classes of each stage. One array of 64-bit cells that only grow.
 *
 * <p>Written either by one thread at a time (who holds the same lock) or, if shared, by any; read
 * by any without a lock, so sums of several cells may be one command apart.
 */
public final class Tally {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final Kind[] KINDS = Kind.values();

    // Of a kind, and of a stage: nanoseconds, bytes, classes.
    private static final int NANOS = 0;
    private static final int BYTES = 1;
    private static final int CLASSES = 2;
    private static final int BLOCK = CLASSES + LatencyBuckets.COUNT;

    private static final int FAILURES = KINDS.length * BLOCK;
    private static final int FIRST_STAGE = FAILURES + Failure.COUNT;

    private final long[] cells;
    private final boolean shared;
    private final boolean staged;

    /**
     * Creates counters that stand at 0.
     *
     * @param shared true if several threads write at once
     * @param staged true to count stages as well
     */
    Tally(boolean shared, boolean staged) {
        this.shared = shared;
        this.staged = staged;
        this.cells = new long[FIRST_STAGE + (staged ? Stage.COUNT * BLOCK : 0)];
    }

    /** Counts a command whose answer has been sent. */
    void add(MeasuredCommand command, CommandTimes times) {
        int block = command.kind.index() * BLOCK;
        addTime(block, times.totalNanos, times.latencyClass);
        if (command.dataBytes > 0) {
            add(block + BYTES, command.dataBytes);
        }
        if (command.hasFailed()) {
            add(FAILURES + command.failure().index(), 1);
        }
        if (staged) {
            for (int i = 0; i < Stage.COUNT; i++) {
                long nanos = times.stageNanos[i];
                if (nanos > 0) {
                    addTime(FIRST_STAGE + i * BLOCK, nanos, LatencyBuckets.indexOf(nanos));
                }
            }
        }
    }

    /** Counts a command that gets no answer. */
    void addAborted() {
        add(FAILURES + Failure.ABORTED.index(), 1);
    }

    /** Adds what another has counted; nobody else writes here meanwhile, unless this is shared. */
    void addAll(Tally other) {
        int count = Math.min(cells.length, other.cells.length);
        for (int i = 0; i < count; i++) {
            long value = other.get(i);
            if (value != 0) {
                add(i, value);
            }
        }
    }

    /** Takes away what had been counted before; only of a copy. */
    void subtract(Tally before) {
        for (int i = 0; i < cells.length; i++) {
            cells[i] -= before.get(i);
        }
    }

    /** The sum of several, as they stand. */
    static Tally sum(boolean staged, Iterable<Tally> tallies) {
        Tally sum = new Tally(false, staged);
        tallies.forEach(sum::addAll);
        return sum;
    }

    /** Number of answered commands. */
    public long commands(Kind kind) {
        return sum(kind.index() * BLOCK + CLASSES);
    }

    /** Bytes of data moved. */
    public long bytes(Kind kind) {
        return get(kind.index() * BLOCK + BYTES);
    }

    /** Time from PDU to answer, all together, in nanoseconds. */
    public long nanos(Kind kind) {
        return get(kind.index() * BLOCK + NANOS);
    }

    /** Number of commands by class of latency. */
    public long[] classes(Kind kind) {
        return classes(kind.index() * BLOCK);
    }

    /** Time in a stage, all together, in nanoseconds; 0 if stages are not counted. */
    public long nanos(Stage stage) {
        return staged ? get(FIRST_STAGE + stage.index() * BLOCK + NANOS) : 0;
    }

    /** Number of commands that went through a stage, by class of the time it took. */
    public long[] classes(Stage stage) {
        return staged
                ? classes(FIRST_STAGE + stage.index() * BLOCK)
                : new long[LatencyBuckets.COUNT];
    }

    /** Number of failures. */
    public long failures(Failure failure) {
        return get(FAILURES + failure.index());
    }

    private void addTime(int block, long nanos, int latencyClass) {
        add(block + NANOS, Math.max(0, nanos));
        add(block + CLASSES + latencyClass, 1);
    }

    private void add(int cell, long value) {
        if (shared) {
            CELL.getAndAdd(cells, cell, value);
        } else {
            CELL.setOpaque(cells, cell, cells[cell] + value);
        }
    }

    private long get(int cell) {
        return (long) CELL.getOpaque(cells, cell);
    }

    private long sum(int from) {
        long sum = 0;
        for (int i = 0; i < LatencyBuckets.COUNT; i++) {
            sum += get(from + i);
        }
        return sum;
    }

    private long[] classes(int block) {
        long[] classes = new long[LatencyBuckets.COUNT];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = get(block + CLASSES + i);
        }
        return classes;
    }
}
