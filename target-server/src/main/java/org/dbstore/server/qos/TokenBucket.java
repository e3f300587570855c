package org.dbstore.server.qos;

/**
 * A token bucket, kept as the time at which it will be paid up: what passes moves that time on by
 * what it costs, and the next may pass when it has come. A command larger than the bucket passes
 * all the same, and is paid for afterwards. Exact: what is less than a nanosecond is carried on.
 *
 * <p>Guarded by its throttle.
 */
final class TokenBucket {
    private static final long SECOND_NANOS = 1_000_000_000;

    /** Lost time that may be made up for while somebody waits: a timer comes late. */
    private static final long LATENESS_NANOS = SECOND_NANOS;

    private long perSecond;
    private long burstNanos;
    private long paidUpNanos;
    private long carry;

    TokenBucket(long nowNanos) {
        paidUpNanos = nowNanos;
    }

    /**
     * Sets the rate from now on.
     *
     * @param perSecond 0 = no limit
     */
    void set(long perSecond, long burstNanos, long nowNanos) {
        boolean wasUnlimited = this.perSecond == 0;
        this.perSecond = perSecond;
        this.burstNanos = burstNanos;
        if (wasUnlimited) {
            paidUpNanos = nowNanos - burstNanos;
        }
        carry = 0;
    }

    /** Somebody comes when nobody waits: what was not used is lost but for the burst. */
    void idle(long nowNanos) {
        catchUp(nowNanos - burstNanos);
    }

    /** How long the next has to wait; 0 or less if it may pass. */
    long waitNanos(long nowNanos) {
        return perSecond == 0 ? 0 : paidUpNanos - nowNanos;
    }

    /** Something passes. */
    void take(long tokens, long nowNanos) {
        if (perSecond == 0 || tokens == 0) {
            return;
        }
        catchUp(nowNanos - Math.max(burstNanos, LATENESS_NANOS));
        long price = tokens * SECOND_NANOS + carry;
        paidUpNanos += price / perSecond;
        carry = price % perSecond;
    }

    private void catchUp(long nanos) {
        if (paidUpNanos - nanos < 0) {
            paidUpNanos = nanos;
            carry = 0;
        }
    }
}
