package org.dbstore.tests.online;

import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A server that is changed while an initiator is logged in at {@link #TARGET}, and a bystander at
 * {@link #OTHER}, who must not notice.
 */
abstract class LiveTest {
    static final String TARGET = TestServer.TARGET;
    static final String OTHER = "iqn.2026-01.org.dbstore.tests:bystander";
    static final int LUN = TestServer.LUN;

    private static final int FIRST_PORT = 21_700;
    private static final int PORTS = 300;

    @TempDir Path folder;
    TestServer server;
    RawInitiator client;
    Bystander bystander;

    /** What {@link #TARGET} shows at first. */
    List<LunConfig> shown() {
        return TestServer.luns();
    }

    /** The volume of the bystander. */
    String bystandersVolume() {
        return "large-blocks";
    }

    @BeforeEach
    final void start() throws Exception {
        server =
                TestServer.start(
                        folder,
                        List.of(
                                TestServer.target(TARGET, shown()),
                                new TargetConfig(
                                        OTHER,
                                        "",
                                        List.of(1), // what other groups are does not concern it
                                        List.of("*"),
                                        List.of(
                                                TestServer.lun(
                                                        LUN, bystandersVolume(), 0, false, 512)))));
        bystander = new Bystander(server, OTHER);
        client = RawInitiator.connect(server.address()).login(TARGET);
    }

    @AfterEach
    final void stop() throws Exception {
        bystander.assertUnharmed();
        bystander.leave();
        client.close();
        server.close();
    }

    /** How TEST UNIT READY ends. */
    final String ready(int lun) throws IOException {
        return ready(client, lun);
    }

    static String ready(RawInitiator session, int lun) throws IOException {
        return session.read(lun, Cdb.testUnitReady(), 0).outcome();
    }

    /** A port below those that clients get: a client of another test would hold it for a minute. */
    static int freePort() {
        return IntStream.range(FIRST_PORT, FIRST_PORT + PORTS)
                .filter(LiveTest::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.getLocalPort() == port;
        } catch (IOException e) {
            return false;
        }
    }
}
