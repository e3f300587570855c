package org.dbstore.server.qos;

/** The limit of one LUN, or of one initiator. It can be changed at any time. */
public final class Limits {
    private final Throttle throttle;
    private volatile Rate rate = Rate.UNLIMITED;

    /** Begins without a limit. */
    public Limits(Timer timer) {
        throttle = new Throttle(timer);
    }

    /** Sets the limit; who waits already waits by this from now on. */
    public void set(Rate wanted) {
        if (!wanted.equals(rate)) {
            rate = wanted;
            throttle.set(wanted);
        }
    }

    /** Tells whether there is a limit. */
    public boolean areSet() {
        return !rate.isUnlimited();
    }

    /** Number of commands that wait here. */
    public int waiting() {
        return throttle.waiting();
    }

    Throttle throttle() {
        return throttle;
    }
}
