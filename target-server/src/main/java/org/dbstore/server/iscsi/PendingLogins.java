package org.dbstore.server.iscsi;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Connections that have not logged in yet. Their number is bounded, in all and from one address;
 * when it is reached, one that has been at it for long gives way to the newcomer, so that slow
 * connections do not keep out who logs in at once.
 */
final class PendingLogins {
    /** Most at once. */
    static final int COUNT_MAX = 1024;

    /** Most from one address. */
    static final int PER_ADDRESS_MAX = 32;

    /** What a login may take however many are waiting. */
    private static final long UNDISTURBED_NANOS = 1_000_000_000L;

    private record Pending(InetAddress peer, long sinceNanos) {}

    /** The oldest first. */
    private final Map<Connection, Pending> pending = new LinkedHashMap<>();

    private final Map<InetAddress, Integer> countByAddress = new LinkedHashMap<>();

    /**
     * Admits a connection.
     *
     * @return false if there are too many, none of which has to give way
     */
    synchronized boolean admit(Connection connection, InetAddress peer, long nowNanos) {
        boolean peerIsFull = countByAddress.getOrDefault(peer, 0) >= PER_ADDRESS_MAX;
        if ((peerIsFull || pending.size() >= COUNT_MAX) && !endOldest(peerIsFull, peer, nowNanos)) {
            return false;
        }
        pending.put(connection, new Pending(peer, nowNanos));
        countByAddress.merge(peer, 1, Integer::sum);
        return true;
    }

    /** A login has ended, well or not; may be told twice. */
    synchronized void ended(Connection connection) {
        Pending ended = pending.remove(connection);
        if (ended != null) {
            countByAddress.computeIfPresent(
                    ended.peer(), (key, count) -> count == 1 ? null : count - 1);
        }
    }

    private boolean endOldest(boolean ofPeer, InetAddress peer, long nowNanos) {
        for (Map.Entry<Connection, Pending> entry : pending.entrySet()) {
            if (nowNanos - entry.getValue().sinceNanos() < UNDISTURBED_NANOS) {
                return false;
            }
            boolean concerned = !ofPeer || entry.getValue().peer().equals(peer);
            if (concerned && entry.getKey().isLoggingIn()) {
                Connection oldest = entry.getKey();
                ended(oldest);
                oldest.disconnect();
                return true;
            }
        }
        return false;
    }
}
