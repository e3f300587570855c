package org.dbstore.server.qos;

/**
 * The limits of one LUN, or of one initiator: on reads, on writes, and on both together. They can
 * be changed at any time.
 */
public final class Limits {
    private final Throttle reads;
    private final Throttle writes;
    private final Throttle all;
    private volatile Rates rates = Rates.UNLIMITED;

    /**
     * What may pass.
     *
     * @param reads of reads
     * @param writes of writes
     * @param all of both together
     */
    public record Rates(Rate reads, Rate writes, Rate all) {
        /** No limit. */
        public static final Rates UNLIMITED =
                new Rates(Rate.UNLIMITED, Rate.UNLIMITED, Rate.UNLIMITED);
    }

    /** Begins without a limit. */
    public Limits(Timer timer) {
        reads = new Throttle(timer);
        writes = new Throttle(timer);
        all = new Throttle(timer);
    }

    /** Sets the limits; who waits already waits by these from now on. */
    public void set(Rates wanted) {
        if (!wanted.equals(rates)) {
            rates = wanted;
            reads.set(wanted.reads());
            writes.set(wanted.writes());
            all.set(wanted.all());
        }
    }

    /** The limits as they are. */
    public Rates rates() {
        return rates;
    }

    /** Tells whether there is any limit. */
    public boolean areSet() {
        return rates != Rates.UNLIMITED && !rates.equals(Rates.UNLIMITED);
    }

    /** Number of commands that wait here. */
    public int waiting() {
        return reads.waiting() + writes.waiting() + all.waiting();
    }

    Throttle of(boolean write) {
        return write ? writes : reads;
    }

    Throttle all() {
        return all;
    }
}
