package org.dbstore.tests.fuzz;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.ChapInitiator;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Connections that dawdle over their login and come again when they are thrown out, and logins with
 * a wrong secret, while good logins are timed: from the first connection to the first answer of the
 * session, with the retries of an initiator that is turned away.
 */
final class LoginFlood {
    private static final int ADDRESSES = 500;

    /** A dawdler sends a byte, or comes again, so often. */
    private static final long DAWDLE_NANOS = 10_000_000_000L;

    /** A bad login does not wait for its answer longer than this. */
    private static final long BAD_OPEN_NANOS = 3_000_000_000L;

    private static final long GOOD_EVERY_MILLIS = 50;
    private static final long RETRY_MILLIS = 20;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final int connections;
    private final int badPerSecond;
    private final long seconds;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Long> goodMillis = new ArrayList<>();
    private long dawdles;
    private long bad;

    /**
     * Prepares a flood.
     *
     * @param seconds for which good logins are timed, once all the dawdlers are there
     */
    LoginFlood(int connections, int badPerSecond, long seconds) {
        this.connections = connections;
        this.badPerSecond = badPerSecond;
        this.seconds = seconds;
    }

    /** 99 of 100 good logins took at most this, in milliseconds. */
    long p99Millis() {
        return percentile(99);
    }

    /** Bad logins that were begun. */
    long badLogins() {
        return bad;
    }

    private long percentile(int percent) {
        Collections.sort(goodMillis);
        return goodMillis.get(Math.max(0, goodMillis.size() * percent / 100 - 1));
    }

    /** What was done, and how long good logins took. */
    String summary() {
        return "%d connections that dawdle (%d connects), %d bad logins (%.0f/s), %d good logins: p50 %d ms, p99 %d ms, most %d ms"
                .formatted(
                        connections,
                        dawdles,
                        bad,
                        (double) bad / seconds,
                        goodMillis.size(),
                        percentile(50),
                        p99Millis(),
                        percentile(100));
    }

    /** Runs it; a server that does not serve is an {@link AssertionError}. */
    void run(Path folder) throws Exception {
        try (ErrorLines errors = new ErrorLines();
                TestServer server = ArenaServer.start(folder)) {
            good(server);
            goodMillis.clear();
            List<Dawdler> dawdlers = new ArrayList<>();
            try {
                for (int i = 0; i < connections; i++) {
                    dawdlers.add(new Dawdler(server.address(), i));
                }
                Thread dawdling = begin("dawdlers", () -> dawdle(dawdlers));
                Thread guessing = begin("guessers", () -> guess(server.address()));
                long end = System.nanoTime() + seconds * 1_000_000_000L;
                while (System.nanoTime() < end && failure.get() == null) {
                    good(server);
                    Thread.sleep(GOOD_EVERY_MILLIS);
                }
                ending.set(true);
                dawdling.join();
                guessing.join();
            } finally {
                ending.set(true);
                for (Dawdler dawdler : dawdlers) {
                    dawdler.channel.close();
                    dawdles += dawdler.connects;
                }
            }
            Throwable broken = failure.get();
            if (broken != null) {
                throw new AssertionError("a client failed", broken);
            }
            Check.that(errors.lines().isEmpty(), () -> "logged: " + errors.lines());
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private Thread begin(String name, Task task) {
        return Thread.ofPlatform()
                .name(name)
                .start(() -> {
                    try {
                        task.run();
                    } catch (Exception | AssertionError e) {
                        failure.compareAndSet(null, e);
                    }
                });
    }

    private void dawdle(List<Dawdler> dawdlers) throws Exception {
        while (!ending.get()) {
            long now = System.nanoTime();
            for (Dawdler dawdler : dawdlers) {
                if (now - dawdler.actedNanos > DAWDLE_NANOS) {
                    dawdler.act(now);
                }
            }
            Thread.sleep(20);
        }
    }

    /** From addresses of the loopback: the limits of the server count by address. */
    private static SocketChannel from(String network, int number, InetSocketAddress server)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        int host = number % ADDRESSES;
        channel.bind(
                new InetSocketAddress(
                        "%s.%d.%d".formatted(network, host / 250, 1 + host % 250), 0));
        channel.connect(server);
        return channel;
    }

    private static final class Dawdler {
        private final InetSocketAddress server;
        private final int number;
        private SocketChannel channel;
        private long actedNanos;
        private long connects;

        Dawdler(InetSocketAddress server, int number) throws IOException {
            this.server = server;
            this.number = number;
            this.channel = from("127.9", number, server);
            this.connects = 1;
            // Not all of them at once.
            this.actedNanos = System.nanoTime() - number * 7919L % 10_000 * 1_000_000;
        }

        void act(long now) throws IOException {
            actedNanos = now;
            try {
                channel.write(ByteBuffer.wrap(new byte[] {0x43}));
            } catch (IOException e) {
                // Thrown out: it comes again.
                channel.close();
                channel = from("127.9", number, server);
                connects++;
            }
        }
    }

    /** Each begins CHAP and ends it with a wrong secret. */
    private void guess(InetSocketAddress server) throws Exception {
        record Open(RawInitiator client, long sinceNanos) {}

        ArrayDeque<Open> open = new ArrayDeque<>();
        long begin = System.nanoTime();
        while (!ending.get()) {
            long now = System.nanoTime();
            while (!open.isEmpty() && now - open.getFirst().sinceNanos() > BAD_OPEN_NANOS) {
                open.removeFirst().client().close();
            }
            if (bad * 1_000_000_000L / badPerSecond > now - begin) {
                Thread.sleep(1);
                continue;
            }
            bad++;
            RawInitiator client = RawInitiator.connect(server, "127.8.0." + (1 + bad % 250));
            open.add(new Open(client, now));
            try {
                ChapInitiator chap = new ChapInitiator(client);
                chap.offer(
                                List.of(
                                        "InitiatorName=iqn.2026-01.org.example:guesser" + bad % 97,
                                        "TargetName=" + ArenaServer.LOCKED))
                        .challenge("7,5");
                client.send(
                        client.loginRequest(
                                0,
                                1,
                                List.of(
                                        "CHAP_N=one",
                                        "CHAP_R=" + chap.response("a-wrong-secret"))));
            } catch (IOException e) {
                // Turned away, as there are too many: also an answer.
                client.close();
            }
        }
        for (Open each : open) {
            each.client().close();
        }
    }

    private void good(TestServer server) throws Exception {
        long begin = System.nanoTime();
        while (true) {
            try (RawInitiator client = RawInitiator.connect(server.address())) {
                new ChapInitiator(client)
                        .login(
                                List.of(
                                        "InitiatorName=iqn.2026-01.org.example:good",
                                        "TargetName=" + ArenaServer.LOCKED),
                                "one",
                                ArenaServer.SECRET);
                client.read(ArenaServer.LUN, Cdb.testUnitReady(), 0);
                goodMillis.add((System.nanoTime() - begin) / 1_000_000);
                String outcome = client.read(ArenaServer.LUN, Cdb.testUnitReady(), 0).outcome();
                Check.that(outcome.equals("GOOD"), () -> "a good session gets " + outcome);
                client.logout();
                return;
            } catch (IOException e) {
                if (System.nanoTime() - begin > PATIENCE_NANOS) {
                    throw new AssertionError("no good login", e);
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }
}
