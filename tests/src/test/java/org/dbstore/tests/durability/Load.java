package org.dbstore.tests.durability;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Several sessions that write, read back, unmap and flush the same volumes, each with several
 * commands under way. Commands that are under way together never overlap.
 */
final class Load {
    /** A number that grows with what happens to the medium, such as the length of a log of it. */
    interface MediumClock {
        /** A clock for accidents that happen after everything. */
        MediumClock STOPPED = () -> 0;

        /** Before what happens next, and not before what has happened. */
        long position() throws IOException;
    }

    /**
     * What to load, and how.
     *
     * @param volumeSectors size of each volume, which is the LUN of the same number
     * @param sessions number of connections, each a session of its own
     * @param depth commands under way in each
     * @param withReads whether reads are mixed in, and what they return is checked
     */
    record Profile(List<Integer> volumeSectors, int sessions, int depth, boolean withReads) {}

    /** In the place of a stamp: unknown, because a command failed. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private static final int DRAW_TRIES = 20;

    private final Profile profile;
    private final Journal journal;
    private final MediumClock clock;
    private final AtomicLong numbers;
    private final List<long[]> stamps;
    private final List<BitSet> busy = new ArrayList<>();
    private final List<LoadSession> sessions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ending;

    /**
     * Prepares it.
     *
     * @param stamps by volume and sector: what is there now, or {@link #UNKNOWN}
     * @param numbers of the last operation so far
     */
    Load(
            Profile profile,
            Journal journal,
            MediumClock clock,
            List<long[]> stamps,
            AtomicLong numbers) {
        this.profile = profile;
        this.journal = journal;
        this.clock = clock;
        this.numbers = numbers;
        this.stamps = stamps.stream().map(long[]::clone).toList();
        stamps.forEach(volume -> busy.add(new BitSet(volume.length)));
    }

    /** Logs the sessions in and lets them begin. */
    void start(InetSocketAddress address, String target, SplittableRandom random)
            throws IOException {
        for (int i = 0; i < profile.sessions(); i++) {
            OperationMix mix =
                    new OperationMix(random.split(), profile.volumeSectors(), profile.withReads());
            sessions.add(new LoadSession(this, mix, address, target, i));
        }
        for (LoadSession session : sessions) {
            threads.add(Thread.ofPlatform().name("load").start(session));
        }
    }

    /** Lets commands under way come to their end, and no new ones begin. */
    void end() throws InterruptedException {
        ending = true;
        join();
    }

    /** Waits for the sessions, whose server has gone. */
    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** The first finding of a session: wrong data, or an answer that no target should give. */
    @Nullable Throwable failure() {
        return sessions.stream()
                .map(LoadSession::failure)
                .filter(failure -> failure != null)
                .findFirst()
                .orElse(null);
    }

    /** Whether all sessions are still at it. */
    boolean isRunning() {
        return threads.stream().allMatch(Thread::isAlive);
    }

    /** Commands that did not end well, in the order of each session. */
    List<LoadSession.Refused> refused() {
        return sessions.stream().flatMap(session -> session.refused().stream()).toList();
    }

    /** Whether a command has ended otherwise than well. */
    boolean hasRefusals() {
        return sessions.stream().anyMatch(session -> !session.refused().isEmpty());
    }

    boolean isEnding() {
        return ending;
    }

    Journal journal() {
        return journal;
    }

    MediumClock clock() {
        return clock;
    }

    int depth() {
        return profile.depth();
    }

    /** Makes up a command that overlaps none under way, and claims its range; null if crowded. */
    @Nullable Operation draw(OperationMix mix) {
        for (int i = 0; i < DRAW_TRIES; i++) {
            Operation operation = mix.next(0);
            int first = (int) operation.lba();
            BitSet sectors = busy.get(operation.volume());
            synchronized (sectors) {
                int next = sectors.nextSetBit(first);
                if (next < 0 || next >= first + operation.blocks()) {
                    sectors.set(first, first + operation.blocks());
                    return new Operation(
                            numbers.incrementAndGet(),
                            operation.volume(),
                            operation.kind(),
                            operation.lba(),
                            operation.blocks());
                }
            }
        }
        return null;
    }

    /** Gives a range back, after it is known what is there. */
    void giveBack(Operation operation, boolean done) {
        long[] volume = stamps.get(operation.volume());
        int first = (int) operation.lba();
        BitSet sectors = busy.get(operation.volume());
        synchronized (sectors) {
            if (operation.kind().changes()) {
                long stamp = done ? operation.stamp() : UNKNOWN;
                for (int i = first; i < first + operation.blocks(); i++) {
                    volume[i] = stamp;
                }
            }
            sectors.clear(first, first + operation.blocks());
        }
    }

    /** What a sector of a claimed range holds. */
    long stamp(int volume, int sector) {
        synchronized (busy.get(volume)) {
            return stamps.get(volume)[sector];
        }
    }
}
