package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.MemoryWatch;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the hostile cases share: a server, a bystander whom no attack may harm, and memory that has
 * to return.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class HostileClientTest {
    /** Login status: initiator error. */
    static final int INITIATOR_ERROR = 0x0200;

    /** Login status: invalid request type. */
    static final int INVALID_DURING_LOGIN = 0x020B;

    /** By when the target has closed a connection it has given up. */
    static final Duration SOON = Duration.ofSeconds(3);

    private static final long HEAP_GROWTH_BYTES_MAX = 24 << 20;

    /** The pool of data buffers keeps up to 16 MiB of each of its larger sizes. */
    private static final long DIRECT_GROWTH_BYTES_MAX = 112 << 20;

    /** What the bystander has under way at most. */
    private static final long DATA_IN_USE_BYTES_MAX = 64 << 10;

    TestServer server;
    private Bystander bystander;
    private MemoryWatch memory;

    @BeforeAll
    void startServer(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        bystander = new Bystander(server);
        bystander.assertUnharmed();
        memory = new MemoryWatch();
    }

    @AfterEach
    void othersAreUnharmed() throws Exception {
        bystander.assertUnharmed();
    }

    @AfterAll
    void memoryReturns() throws Exception {
        try {
            memory.assertReturned(HEAP_GROWTH_BYTES_MAX, DIRECT_GROWTH_BYTES_MAX);
            long inUse = server.dataBytesInUse();
            assertTrue(inUse <= DATA_IN_USE_BYTES_MAX, "data buffers still lent: " + inUse);
        } finally {
            bystander.leave();
            server.close();
        }
    }

    /** A connection that has not logged in. */
    RawInitiator connect() throws IOException {
        return RawInitiator.connect(server.address());
    }

    /** Reads a login response of that status, after which the target closes the connection. */
    static void assertRefused(RawInitiator client, int status) throws IOException {
        Pdu answer = client.receive();
        assertEquals(Pdu.LOGIN_RESPONSE, answer.opcode(), answer::toString);
        assertEquals(hex(status), hex(answer.loginStatus()), answer::toString);
        client.expectClosed(SOON);
    }

    private static String hex(int status) {
        return "0x%04X".formatted(status);
    }
}
