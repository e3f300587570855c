package org.dbstore.server.metrics;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * What is measured of a command: the part of a task that keeps its times. They are marked by
 * whoever works on it at that moment; the marks are handed on as the task itself is.
 *
 * <p>Times are those of System.nanoTime, 0 = never.
 */
public abstract class MeasuredCommand {
    static final int CHECK_CONDITION = 0x02;

    private static final int RECEIVE = Stage.RECEIVE.index();
    private static final int THROTTLE = Stage.THROTTLE.index();
    private static final int QUEUE = Stage.QUEUE.index();
    private static final int ENGINE = Stage.ENGINE.index();
    private static final int DURABLE = Stage.DURABLE.index();
    private static final int SEND = Stage.SEND.index();

    long receivedNanos;
    long collectedNanos;
    long throttledNanos;
    long admittedNanos;
    long begunNanos;
    long changedNanos;
    long endedNanos;
    int status;
    int sense;
    long dataBytes;
    Kind kind = Kind.OTHER;
    @Nullable UnitMeter unit;

    /** CDB, at least 16 bytes from index 0. */
    public abstract ByteBuffer cdb();

    /** The LUN field. */
    public abstract long lun();

    /** Initiator task tag. */
    public abstract int tag();

    /** CmdSN. */
    public abstract int sequenceNumber();

    /** Flags of the SCSI Command PDU: F, R, W, attribute. */
    protected abstract int flags();

    /** Expected data transfer length, 0..2^32-1. */
    public abstract long expectedDataBytes();

    /** Its PDU has come. */
    protected final void markReceived(long nanos) {
        receivedNanos = nanos;
    }

    /**
     * It is known what it is and where it goes.
     *
     * @param what kind of work
     * @param meter of its LUN; null if it has none
     */
    protected final void measureAs(Kind what, @Nullable UnitMeter meter) {
        kind = what;
        unit = meter;
    }

    /** All of its data-out has come, later than itself. */
    protected final void markCollected(long nanos) {
        collectedNanos = nanos;
    }

    /** A limit holds it back. */
    protected final void markThrottled() {
        throttledNanos = System.nanoTime();
    }

    /** The limit lets it go. */
    protected final void markAdmitted() {
        admittedNanos = System.nanoTime();
    }

    /** A thread of the pool begins with it. */
    protected final void markBegun() {
        begunNanos = System.nanoTime();
    }

    /** All is done, but not durable. */
    protected final void markChanged() {
        changedNanos = System.nanoTime();
    }

    /**
     * It has ended.
     *
     * @param status as SAM-5 codes it
     * @param sense key, ASC and ASCQ as three bytes; 0 if there is none
     * @param bytes of data moved either way
     */
    protected final void markEnded(int status, int sense, long bytes) {
        this.status = status;
        this.sense = sense;
        this.dataBytes = bytes;
        endedNanos = System.nanoTime();
    }

    /** True if it ended other than GOOD. */
    final boolean hasFailed() {
        return status != 0;
    }

    /** How it failed, if it did. */
    final Failure failure() {
        return status == CHECK_CONDITION
                ? Failure.ofSenseKey(sense >>> 16 & 0x0f)
                : Failure.ofStatus(status);
    }

    /**
     * Divides its time into stages.
     *
     * @param sentNanos when its answer was in the socket
     * @param stageNanos by {@link Stage}; 0 = it did not go through it
     */
    final void divide(long sentNanos, long[] stageNanos) {
        long collected = collectedNanos == 0 ? receivedNanos : collectedNanos;
        long throttled = admittedNanos == 0 ? 0 : admittedNanos - throttledNanos;
        boolean throttledFirst = admittedNanos != 0 && admittedNanos <= collected;
        long ready = admittedNanos == 0 ? collected : Math.max(collected, admittedNanos);
        long begun = begunNanos == 0 ? ready : begunNanos;
        long changed = changedNanos == 0 ? endedNanos : changedNanos;
        stageNanos[RECEIVE] = collected - receivedNanos - (throttledFirst ? throttled : 0);
        stageNanos[THROTTLE] = throttled;
        stageNanos[QUEUE] = begun - ready;
        stageNanos[ENGINE] = changed - begun;
        stageNanos[DURABLE] = endedNanos - changed;
        stageNanos[SEND] = sentNanos - endedNanos;
    }
}
