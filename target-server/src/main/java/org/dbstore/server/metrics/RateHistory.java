package org.dbstore.server.metrics;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes {@link Rates} by comparing what is counted now with what was counted when somebody asked
 * before. As long as nobody asks nothing is done; several who ask share what is kept.
 */
final class RateHistory {
    /** Asked again so soon, the answer is the same. */
    private static final long FRESH_NANOS = 400_000_000L;

    /** What is compared is at least so far apart, if there is such. */
    private static final long INTERVAL_NANOS = 900_000_000L;

    private static final long KEPT_NANOS = 10_000_000_000L;

    private final Metrics metrics;
    private final ArrayDeque<Snapshot> kept = new ArrayDeque<>(); // guarded by this

    private record Snapshot(
            long nanos, Map<UnitMeter, Tally> units, Map<SessionMeter, Tally> sessions) {}

    RateHistory(Metrics metrics) {
        this.metrics = metrics;
    }

    /**
     * The rates of this moment.
     *
     * @param now System.nanoTime
     */
    synchronized Rates at(long now) {
        kept.removeIf(each -> now - each.nanos() > KEPT_NANOS);
        Snapshot last = kept.peekLast();
        if (last == null || now - last.nanos() >= FRESH_NANOS) {
            last = take(now);
            kept.addLast(last);
        }
        Snapshot before = null;
        for (Snapshot each : kept) {
            boolean farEnough = last.nanos() - each.nanos() >= INTERVAL_NANOS;
            if (each != last && (before == null || farEnough)) {
                before = each;
            }
        }
        return before == null ? new Rates(0, List.of(), List.of()) : compare(before, last);
    }

    private Snapshot take(long now) {
        Map<UnitMeter, Tally> units = new IdentityHashMap<>();
        metrics.units().forEach(unit -> units.put(unit, unit.total()));
        Map<SessionMeter, Tally> sessions = new IdentityHashMap<>();
        for (SessionMeter session : metrics.sessions()) {
            sessions.put(session, Tally.sum(false, List.of(session.total())));
        }
        return new Snapshot(now, units, sessions);
    }

    private static Rates compare(Snapshot before, Snapshot after) {
        long nanos = after.nanos() - before.nanos();
        List<Rates.OfLun> luns = new ArrayList<>();
        after.units()
                .forEach((unit, tally) ->
                        luns.add(
                                new Rates.OfLun(
                                        unit.labels(),
                                        load(tally, before.units().get(unit), nanos))));
        List<Rates.OfSession> sessions = new ArrayList<>();
        after.sessions()
                .forEach((session, tally) ->
                        sessions.add(
                                new Rates.OfSession(
                                        session.labels(),
                                        load(tally, before.sessions().get(session), nanos))));
        return new Rates(nanos / 1_000_000, luns, sessions);
    }

    private static Rates.Load load(Tally now, @Nullable Tally before, long nanos) {
        Tally difference = Tally.sum(false, List.of(now));
        if (before != null) {
            difference.subtract(before);
        }
        return Rates.Load.of(difference, nanos);
    }
}
