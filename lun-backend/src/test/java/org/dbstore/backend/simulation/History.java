package org.dbstore.backend.simulation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * What clients did at the same time, by a common clock, and which contents are linearizable: each
 * sector is a register, whose writes take effect at one instant between their begin and their end.
 * An operation that was cut short may take effect at any later instant, or never.
 */
final class History {
    private static final long NEVER = Long.MAX_VALUE;

    /** A write of one value; a sector's first is the zero that was there. */
    static final class Write {
        private final int value;
        private final long begin;
        private volatile long end = NEVER;
        private volatile boolean durable;
        private volatile boolean hard;

        /** Whatever ended before this is older than this write: it began then, or was read then. */
        private long newerThan;

        private Write(int value, long begin) {
            this.value = value;
            this.begin = begin;
            this.newerThan = begin;
        }
    }

    private final AtomicLong clock = new AtomicLong();
    private final Map<Long, List<Write>> writes = new HashMap<>(); // guarded by this
    private long promised; // guarded by this: what ended before is durable

    long now() {
        return clock.incrementAndGet();
    }

    /** Names a sector of a volume. */
    static long key(int volume, int sector) {
        return (long) volume << 32 | sector;
    }

    synchronized Write begin(long key, int value) {
        Write write = new Write(value, now());
        of(key).add(write);
        return write;
    }

    void end(Write write) {
        write.end = now();
    }

    /** As {@link #end}, of one that needs no flush. */
    void endDurable(Write write) {
        write.durable = true;
        end(write);
    }

    /** As {@link #end}, of one that the end of the process does not undo. */
    void endHard(Write write) {
        write.hard = true;
        end(write);
    }

    /** A flush that began then has ended well. */
    synchronized void flushed(long begin) {
        promised = Math.max(promised, begin);
    }

    /** Checks a value that was read between two instants, and learns from it. */
    synchronized @Nullable String read(long key, int value, long begin, long end) {
        String wrong = judge(key, value, end, begin, write -> false);
        List<Write> candidates = candidates(key, value, end);
        if (wrong == null && candidates.size() == 1) {
            Write found = candidates.getFirst();
            found.newerThan = Math.max(found.newerThan, begin);
        }
        return wrong;
    }

    /** Checks a value that was found after a power loss, or after the end of the process only. */
    synchronized @Nullable String survived(long key, int value, boolean processOnly) {
        return judge(
                key, value, NEVER, promised, write -> write.durable || (processOnly && write.hard));
    }

    /**
     * May the value be there though all that ended before an instant has taken effect?
     *
     * @param safe which of those that ended later has, too
     */
    private @Nullable String judge(
            long key, int value, long end, long effective, Predicate<Write> safe) {
        String wrong = "sector %x holds %d, which nobody wrote".formatted(key, value);
        for (Write found : candidates(key, value, end)) {
            Write newer = null;
            for (Write other : of(key)) {
                boolean hidesIt = other != found && found.end < other.newerThan;
                boolean counts = other.end < effective || (safe.test(other) && other.end != NEVER);
                newer = hidesIt && counts ? other : newer;
            }
            if (newer == null) {
                return null;
            }
            wrong = "sector %x holds %d, older than %d".formatted(key, value, newer.value);
        }
        return wrong;
    }

    /**
     * Checks what a snapshot holds: is there one instant at which all sectors had these values?
     * Sectors whose value was written more than once (zero) say nothing.
     *
     * @param content sectors that are not zero, by key
     * @param begin of the snapshot's creation
     * @param end of it
     */
    synchronized @Nullable String snapshot(Map<Long, Integer> content, long begin, long end) {
        long earliest = begin;
        long latest = end;
        String last = "";
        for (Map.Entry<Long, List<Write>> sector : writes.entrySet()) {
            int value = content.getOrDefault(sector.getKey(), 0);
            List<Write> candidates = candidates(sector.getKey(), value, end);
            if (candidates.isEmpty()) {
                return "a snapshot has %d at %x, which nobody wrote"
                        .formatted(value, sector.getKey());
            }
            if (candidates.size() > 1) {
                continue;
            }
            Write found = candidates.getFirst();
            if (found.begin > earliest) {
                earliest = found.begin;
                last = "%d at %x".formatted(value, sector.getKey());
            }
            for (Write other : sector.getValue()) {
                latest = found.end < other.begin ? Math.min(latest, other.end) : latest;
            }
        }
        return earliest <= latest
                ? null
                : "a snapshot has %s, but not what ended before that began".formatted(last);
    }

    private List<Write> candidates(long key, int value, long end) {
        return of(key).stream().filter(w -> w.value == value && w.begin < end).toList();
    }

    private List<Write> of(long key) {
        return writes.computeIfAbsent(
                key,
                k -> {
                    Write zero = new Write(0, 0);
                    zero.end = 0;
                    return new ArrayList<>(List.of(zero));
                });
    }

    synchronized List<Long> keys() {
        return List.copyOf(writes.keySet());
    }
}
