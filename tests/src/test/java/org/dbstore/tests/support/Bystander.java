package org.dbstore.tests.support;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An honest client that writes and reads back all the while, in a session of its own; what is done
 * to others must not reach it.
 */
public final class Bystander {
    /** The first block that it uses, of 512 bytes, on the LUN {@link TestServer#LUN}. */
    public static final int FIRST_BLOCK = 100_000;

    private static final int BLOCKS = 16;
    private static final byte[] WRITE = Cdb.write10(FIRST_BLOCK, BLOCKS);
    private static final byte[] READ = Cdb.read10(FIRST_BLOCK, BLOCKS);

    /** Over about two seconds. */
    private static final int TRIES_MAX = 100;

    private static final long PAUSE_MILLIS = 20;

    private final RawInitiator session;
    private final Thread thread;
    private volatile boolean ending;
    private final AtomicLong rounds = new AtomicLong();
    private volatile @Nullable Throwable failure;

    /** Logs in and begins. */
    public Bystander(TestServer server) throws Exception {
        this(server, TestServer.TARGET);
    }

    /** Logs in to a target that has a {@link TestServer#LUN} of its size, and begins. */
    public Bystander(TestServer server, String target) throws Exception {
        session = RawInitiator.connect(server.address()).isid("400001378888").login(target);
        // The first command of a session may report a unit attention.
        session.read(TestServer.LUN, Cdb.testUnitReady(), 0);
        thread = Thread.ofPlatform().name("bystander").start(this::run);
    }

    private void run() {
        SplittableRandom random = new SplittableRandom(1);
        try {
            while (!ending) {
                round(random);
                rounds.incrementAndGet();
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | InterruptedException | AssertionError e) {
            failure = e;
        }
    }

    private void round(SplittableRandom random) throws IOException, InterruptedException {
        byte[] data = new byte[BLOCKS * 512];
        random.nextBytes(data);
        ScsiAnswer written = patiently(() -> session.write(TestServer.LUN, WRITE, data));
        ScsiAnswer read = patiently(() -> session.read(TestServer.LUN, READ, data.length));
        if (!written.outcome().equals("GOOD") || !read.outcome().equals("GOOD")) {
            throw new AssertionError("the bystander got " + written + " and " + read);
        }
        if (!Arrays.equals(read.data(), data)) {
            throw new AssertionError("the bystander reads what it has not written");
        }
    }

    /** SAM-5, "TASK SET FULL" and "BUSY": the initiator tries again, a moment later. */
    private static ScsiAnswer patiently(Command command) throws IOException, InterruptedException {
        ScsiAnswer answer = command.run();
        for (int i = 0; i < TRIES_MAX && answer.isBusy(); i++) {
            Thread.sleep(PAUSE_MILLIS);
            answer = command.run();
        }
        return answer;
    }

    private interface Command {
        ScsiAnswer run() throws IOException;
    }

    /** Fails if it was harmed, or cannot go on within ten seconds. */
    public void assertUnharmed() throws InterruptedException {
        long target = rounds.get() + 2;
        for (int i = 0; i < 500 && rounds.get() < target && failure == null; i++) {
            Thread.sleep(PAUSE_MILLIS);
        }
        if (failure != null) {
            throw new AssertionError("the bystander was harmed", failure);
        }
        if (rounds.get() < target) {
            throw new AssertionError("the bystander is stuck after " + rounds + " rounds");
        }
    }

    /** How often it has written and read back. */
    public long rounds() {
        return rounds.get();
    }

    /** Ends it. */
    public void leave() throws IOException, InterruptedException {
        ending = true;
        thread.join();
        session.close();
    }
}
