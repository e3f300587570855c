package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Goal: who does not log in holds nothing for long (case 1). */
class SilentClientTest extends HostileClientTest {
    /** From accept to the end of a login. */
    private static final Duration LOGIN_DEADLINE = Duration.ofSeconds(15);

    private static final Duration LEEWAY = Duration.ofSeconds(3);

    /** Connections from one address that have not logged in. */
    private static final int PENDING_PER_ADDRESS = 32;

    @Test
    void silenceAndDripAreClosedAtTheLoginDeadline() throws Exception {
        long start = System.nanoTime();
        try (RawInitiator silent = connect();
                RawInitiator dripping = connect()) {
            byte[] login = dripping.loginRequest(1, 3, List.of()).wire();
            for (int i = 0; i < 3; i++) {
                dripping.send(new byte[] {login[i]});
                Thread.sleep(4_000);
            }
            silent.expectClosed(LOGIN_DEADLINE.minusSeconds(12).plus(LEEWAY));
            dripping.expectClosed(LEEWAY);
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(taken.compareTo(LOGIN_DEADLINE.minusSeconds(1)) > 0, "closed after " + taken);
    }

    @Test
    void oneAddressCannotHoldManyPendingConnections() throws Exception {
        List<RawInitiator> pending = new ArrayList<>();
        try {
            for (int i = 0; i < PENDING_PER_ADDRESS; i++) {
                pending.add(connect());
            }
            try (RawInitiator oneMore = connect()) {
                oneMore.expectClosed(SOON);
            }
            // Those within the limit are still served.
            pending.getFirst().login(TestServer.TARGET);
        } finally {
            for (RawInitiator connection : pending) {
                connection.close();
            }
        }
        assertLoginSoonPossible();
    }

    private void assertLoginSoonPossible() throws Exception {
        long end = System.nanoTime() + SOON.toNanos();
        while (true) {
            try (RawInitiator client = server.session()) {
                client.read(TestServer.LUN, Cdb.testUnitReady(), 0);
                var again = client.read(TestServer.LUN, Cdb.testUnitReady(), 0);
                assertEquals("GOOD", again.outcome());
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }
}
