package org.dbstore.server.iscsi.auth;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The challenges of the whole server: unpredictable, never the same twice, and recognised when an
 * initiator hands one back as its own (RFC 7143, section 12.1.3). Safe for all threads.
 */
public final class Challenges {
    /** Length of a challenge. */
    static final int BYTES = 16;

    /** How many are remembered: many times the logins that can be under way. */
    private static final int REMEMBERED_MAX = 16384;

    private final SecureRandom random = new SecureRandom();
    private final Map<ByteBuffer, Boolean> recent =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
                    return size() > REMEMBERED_MAX;
                }
            };

    /** Makes a challenge. */
    public byte[] next() {
        byte[] challenge = new byte[BYTES];
        random.nextBytes(challenge);
        synchronized (recent) {
            recent.put(ByteBuffer.wrap(challenge.clone()), true);
        }
        return challenge;
    }

    /** Makes the identifier that goes with a challenge, 0..255. */
    public int nextIdentifier() {
        return random.nextInt(256);
    }

    /** Tells whether a challenge is one of ours, of this connection or any other. */
    public boolean isOurs(byte[] challenge) {
        synchronized (recent) {
            return recent.containsKey(ByteBuffer.wrap(challenge));
        }
    }
}
