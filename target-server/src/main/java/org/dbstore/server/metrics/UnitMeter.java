package org.dbstore.server.metrics;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Counts the commands of one LUN, from whatever session. Each session adds to one of a few sets of
 * counters, so that cores seldom meet; a set is made when it is first used.
 */
public final class UnitMeter {
    private static final int STRIPES_MAX = 8;
    private static final int STRIPES =
            Math.min(
                    STRIPES_MAX,
                    Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors() - 1));

    private final Labels labels;
    private final AtomicReferenceArray<@Nullable Tally> stripes =
            new AtomicReferenceArray<>(STRIPES);

    /**
     * What a LUN is called.
     *
     * @param target iSCSI name
     * @param lun its number in the target's own map
     * @param device by the configuration
     * @param volume its name
     * @param snapshot its name; empty for the volume itself
     */
    public record Labels(String target, int lun, String device, String volume, String snapshot) {}

    /** Begins to count. */
    UnitMeter(Labels labels) {
        this.labels = labels;
    }

    /** What the LUN is called. */
    public Labels labels() {
        return labels;
    }

    /** All that was counted, as it stands. */
    public Tally total() {
        List<Tally> present = new ArrayList<>();
        for (int i = 0; i < STRIPES; i++) {
            Tally tally = stripes.get(i);
            if (tally != null) {
                present.add(tally);
            }
        }
        return Tally.sum(true, present);
    }

    /** The counters to which a session adds. */
    Tally stripe(int session) {
        int index = session & STRIPES - 1;
        Tally tally = stripes.get(index);
        return tally == null ? create(index) : tally;
    }

    private Tally create(int index) {
        Tally created = new Tally(true, true);
        Tally other = stripes.compareAndExchange(index, null, created);
        return other == null ? created : other;
    }
}
