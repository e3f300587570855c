package org.dbstore.tests.fuzz;

import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.MemoryWatch;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Bent sessions, several at a time, against one server; a witness writes and reads back all the
 * while. Afterwards the server has to be as before: memory, threads, buffers, no line of error.
 */
final class TcpArena {
    private static final int PLAYERS = 6;
    private static final int ISIDS = 4;
    private static final long HEAP_GROWTH_BYTES_MAX = 48L << 20;

    /** The pools keep up to 16 MiB of each of their larger sizes. */
    private static final long DIRECT_GROWTH_BYTES_MAX = 160L << 20;

    private static final long DATA_IN_USE_BYTES_MAX = 64 << 10;
    private static final long SETTLING_MILLIS = 40_000;

    private final long seed;
    private final long pdus;
    private final Optional<ArenaBreak> broken;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong sessions = new AtomicLong();
    private final AtomicReference<@Nullable AssertionError> failure = new AtomicReference<>();
    private volatile boolean over;

    TcpArena(long seed, long pdus) {
        this(seed, pdus, Optional.empty());
    }

    /** With something that has to be found. */
    TcpArena(long seed, long pdus, Optional<ArenaBreak> broken) {
        this.seed = seed;
        this.pdus = pdus;
        this.broken = broken;
    }

    /** PDUs that were sent. */
    long sent() {
        return sent.get();
    }

    /** What was done. */
    String summary() {
        return sent + " PDUs, " + sessions + " sessions";
    }

    /** Runs it; what does not hold is an {@link AssertionError}. */
    void run(Path folder) throws Exception {
        try (ErrorLines errors = new ErrorLines();
                TestServer server = ArenaServer.start(folder)) {
            List<List<RecordedPdu>> recordings = Recordings.make(server.address());
            Bystander witness = new Bystander(server, ArenaServer.WITNESSED);
            witness.assertUnharmed();
            // A first round fills the pools and loads the classes.
            play(server, recordings, new SplittableRandom(seed), Math.min(pdus / 4, 2000));
            settle();
            MemoryWatch memory = new MemoryWatch();
            SplittableRandom random = new SplittableRandom(seed + 1);
            List<Thread> players = new ArrayList<>();
            try {
                for (int i = 0; i < PLAYERS; i++) {
                    SplittableRandom own = random.split();
                    players.add(
                            Thread.ofPlatform()
                                    .name("player-" + i)
                                    .start(() -> play(server, recordings, own, pdus)));
                }
                if (broken.isPresent()) {
                    broken.get().happen(server);
                }
                while (players.stream().anyMatch(Thread::isAlive)) {
                    Thread.sleep(200);
                    witness.assertUnharmed();
                    fail();
                }
            } finally {
                // They would knock at the door of a server that is gone, and never be done.
                over = true;
                for (Thread player : players) {
                    player.join();
                }
            }
            fail();
            assertServed(server);
            settle();
            witness.assertUnharmed();
            memory.assertReturned(HEAP_GROWTH_BYTES_MAX, DIRECT_GROWTH_BYTES_MAX);
            long inUse = server.dataBytesInUse();
            Check.that(inUse <= DATA_IN_USE_BYTES_MAX, () -> "buffers still lent: " + inUse);
            witness.leave();
            Check.that(errors.lines().isEmpty(), () -> "logged: " + errors.lines());
        }
    }

    private void fail() {
        AssertionError found = failure.get();
        if (found != null) {
            throw found;
        }
    }

    private void play(
            TestServer server,
            List<List<RecordedPdu>> recordings,
            SplittableRandom random,
            long most) {
        SessionBender bender = new SessionBender(random, recordings);
        try {
            while (!over && sent.get() < most && failure.get() == null) {
                SessionPlayer player =
                        new SessionPlayer(random, server.address(), random.nextInt(ISIDS));
                player.play(bender.next());
                sent.addAndGet(player.sent());
                sessions.incrementAndGet();
            }
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, new AssertionError("a player failed", e));
        } catch (AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    static void assertServed(TestServer server) throws IOException {
        try (RawInitiator client = RawInitiator.loggedIn(server.address(), ArenaServer.WITNESSED)) {
            client.read(ArenaServer.LUN, Cdb.testUnitReady(), 0);
            String outcome = client.read(ArenaServer.LUN, Cdb.read10(0, 8), 4096).outcome();
            Check.that(outcome.equals("GOOD"), () -> "a good session gets " + outcome);
            client.logout();
        }
    }

    /** Waits until only the witness has a connection: its thread, and one that sends. */
    static void settle() throws InterruptedException {
        long end = System.currentTimeMillis() + SETTLING_MILLIS;
        List<String> left = connections();
        while (left.size() > 2 && System.currentTimeMillis() < end) {
            Thread.sleep(100);
            left = connections();
        }
        List<String> names = left;
        Check.that(names.size() <= 2, () -> "threads of connections that are gone: " + names);
    }

    private static List<String> connections() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("dbs-connection-"))
                .sorted()
                .toList();
    }
}
