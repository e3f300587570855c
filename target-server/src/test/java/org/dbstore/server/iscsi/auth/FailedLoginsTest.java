package org.dbstore.server.iscsi.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;

/** Goal: guessing gets slower, for who guesses. */
class FailedLoginsTest {
    private static final InetAddress A = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress B = InetAddress.ofLiteral("192.0.2.2");
    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final FailedLogins failed = new FailedLogins();

    @Test
    void theDelayGrowsToThreeSeconds() {
        assertEquals(50, failed.delayMillis(A, "i", 0));
        assertEquals(100, failed.delayMillis(A, "i", 0));
        for (int i = 0; i < 100; i++) {
            failed.delayMillis(A, "i", 0);
        }
        assertEquals(3000, failed.delayMillis(A, "i", 0));
        assertEquals(103, failed.count());
    }

    @Test
    void othersBeginAtTheBeginning() {
        failed.delayMillis(A, "i", 0);
        assertEquals(50, failed.delayMillis(B, "i", 0));
        assertEquals(50, failed.delayMillis(A, "j", 0));
    }

    @Test
    void timeHeals() {
        failed.delayMillis(A, "i", 0);
        assertEquals(100, failed.delayMillis(A, "i", 10 * MINUTE_NANOS));
        assertEquals(50, failed.delayMillis(A, "i", 21 * MINUTE_NANOS));
    }
}
