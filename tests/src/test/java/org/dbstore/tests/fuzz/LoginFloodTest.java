package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Alone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/**
 * Goal: a good login takes less than a second whatever others do; bin/fuzz does it in full size.
 */
@Alone
class LoginFloodTest {
    private static final int CONNECTIONS = 3000;
    private static final int BAD_PER_SECOND = 100;
    private static final int SECONDS = 8;

    @TempDir Path folder;

    @Test
    @Timeout(120)
    void aGoodLoginIsSoonServedAmongDawdlersAndGuessers() throws Exception {
        LoginFlood flood =
                new LoginFlood(SlowConnections.possible(CONNECTIONS), BAD_PER_SECOND, SECONDS);
        flood.run(folder);
        assertTrue(flood.p99Millis() < 1000, flood::summary);
        assertTrue(flood.badLogins() > BAD_PER_SECOND * SECONDS / 4, flood::summary);
    }
}
