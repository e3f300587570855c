package org.dbstore.tests.support;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * An honest client that writes and reads back all the while, in a session of its own; what is done
 * to others must not reach it.
 */
public final class Bystander {
    /** The first block that it uses, of 512 bytes, on the LUN {@link TestServer#LUN}. */
    public static final int FIRST_BLOCK = 100_000;

    private static final int BLOCKS = 16;
    private static final long PAUSE_MILLIS = 20;

    private final RawInitiator session;
    private final Thread thread;
    private volatile boolean ending;
    private volatile long rounds;
    private volatile Throwable failure = NONE;

    private static final Throwable NONE = new Throwable("none");

    /** Logs in and begins. */
    public Bystander(TestServer server) throws Exception {
        session =
                RawInitiator.connect(server.address())
                        .isid("400001378888")
                        .login(TestServer.TARGET);
        // The first command of a session may report a unit attention.
        session.read(TestServer.LUN, Cdb.testUnitReady(), 0);
        thread = Thread.ofPlatform().name("bystander").start(this::run);
    }

    private void run() {
        SplittableRandom random = new SplittableRandom(1);
        try {
            while (!ending) {
                round(random);
                rounds++;
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (IOException | InterruptedException | AssertionError e) {
            failure = e;
        }
    }

    private void round(SplittableRandom random) throws IOException {
        byte[] data = new byte[BLOCKS * 512];
        random.nextBytes(data);
        ScsiAnswer written = session.write(TestServer.LUN, Cdb.write10(FIRST_BLOCK, BLOCKS), data);
        ScsiAnswer read =
                session.read(TestServer.LUN, Cdb.read10(FIRST_BLOCK, BLOCKS), data.length);
        if (!written.outcome().equals("GOOD") || !read.outcome().equals("GOOD")) {
            throw new AssertionError("the bystander got " + written + " and " + read);
        }
        if (!Arrays.equals(read.data(), data)) {
            throw new AssertionError("the bystander reads what it has not written");
        }
    }

    /** Fails if it was harmed, or cannot go on within ten seconds. */
    public void assertUnharmed() throws InterruptedException {
        long before = rounds;
        for (int i = 0; i < 500 && rounds < before + 2 && failure == NONE; i++) {
            Thread.sleep(PAUSE_MILLIS);
        }
        if (failure != NONE) {
            throw new AssertionError("the bystander was harmed", failure);
        }
        if (rounds < before + 2) {
            throw new AssertionError("the bystander is stuck after " + rounds + " rounds");
        }
    }

    /** Ends it. */
    public void leave() throws IOException, InterruptedException {
        ending = true;
        thread.join();
        session.close();
    }
}
