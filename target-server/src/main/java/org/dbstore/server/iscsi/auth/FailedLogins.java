package org.dbstore.server.iscsi.auth;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a failed authentication waits for its answer: longer each time, by address and name, so
 * that guessing is slow. A login that succeeds never waits. Safe for all threads.
 */
public final class FailedLogins {
    private static final long DELAY_MIN_MILLIS = 50;
    private static final long DELAY_MAX_MILLIS = 3000;

    /** Peace after which failures are forgotten. */
    private static final long MEMORY_NANOS = 10 * 60 * 1_000_000_000L;

    private static final int REMEMBERED_MAX = 8192;

    private record Key(InetAddress address, String initiatorName) {}

    private record Failures(int count, long lastNanos) {}

    private final Map<Key, Failures> failures =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Failures> eldest) {
                    return size() > REMEMBERED_MAX;
                }
            };
    private long count;

    /**
     * Notes a failure.
     *
     * @param initiatorName as it called itself, may be empty
     * @return how long the answer has to wait, in milliseconds
     */
    public synchronized long delayMillis(InetAddress address, String initiatorName, long nowNanos) {
        count++;
        Key key = new Key(address, initiatorName);
        Failures before = failures.get(key);
        int failed =
                before == null || nowNanos - before.lastNanos() > MEMORY_NANOS
                        ? 1
                        : Math.min(before.count() + 1, 16);
        failures.put(key, new Failures(failed, nowNanos));
        return Math.min(DELAY_MAX_MILLIS, DELAY_MIN_MILLIS << (failed - 1));
    }

    /** Failures since the server started. */
    public synchronized long count() {
        return count;
    }
}
