package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Alone;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Goal: 10,000 connections that dawdle do not keep out who logs in (cases 1 and 14). */
@Alone
class LoginFloodTest extends HostileClientTest {
    private static final int CONNECTIONS = 10_000;
    private static final int ADDRESSES = 500;
    private static final int GOOD_LOGINS = 100;

    @Test
    void aGoodLoginIsServedWithinASecondAmongTenThousandThatDawdle() throws Exception {
        List<SocketChannel> dawdlers = new ArrayList<>();
        List<Long> millis = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                dawdlers.add(dawdle(i));
                if (i % (CONNECTIONS / GOOD_LOGINS) == 0) {
                    millis.add(loginMillis());
                }
            }
        } finally {
            for (SocketChannel dawdler : dawdlers) {
                dawdler.close();
            }
        }
        millis.sort(null);
        long p99 = millis.get(GOOD_LOGINS * 99 / 100 - 1);
        assertTrue(p99 < 1000, "p99 of good logins: " + p99 + " ms");
    }

    /** A connection from another address of the loopback, with the first byte of a login. */
    private SocketChannel dawdle(int number) throws IOException {
        SocketChannel channel = SocketChannel.open();
        int address = number % ADDRESSES;
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(
                new InetSocketAddress(
                        "127.9.%d.%d".formatted(address / 250, 1 + address % 250), 0));
        channel.connect(server.address());
        try {
            channel.write(ByteBuffer.wrap(new byte[] {0x43}));
        } catch (IOException e) {
            // Turned away already.
            assertTrue(channel.isOpen());
        }
        return channel;
    }

    /** With the retries that an initiator makes when it is turned away. */
    private long loginMillis() throws Exception {
        long begin = System.nanoTime();
        while (true) {
            try (RawInitiator client = connect().isid("4000013700dd").login(TestServer.TARGET)) {
                client.read(TestServer.LUN, Cdb.testUnitReady(), 0);
                long taken = (System.nanoTime() - begin) / 1_000_000;
                assertEquals("GOOD", client.read(TestServer.LUN, Cdb.testUnitReady(), 0).outcome());
                client.logout();
                return taken;
            } catch (IOException e) {
                if (System.nanoTime() - begin > 20_000_000_000L) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }
}
