package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Goal: COMPARE AND WRITE changes blocks only if they hold what was said, in one step. */
class CompareAndWriteCommandTest {
    private static final String ONE_BLOCK = "89000000000000000008000000010000";
    private final Bench bench = new Bench();

    private static FakeTask task(int lba, int blocks, byte[] expected, byte[] replacement) {
        byte[] both = new byte[expected.length + replacement.length];
        System.arraycopy(expected, 0, both, 0, expected.length);
        System.arraycopy(replacement, 0, both, expected.length, replacement.length);
        return FakeTask.cdb(String.format("8900%016x000000%02x0000", lba, blocks)).sending(both);
    }

    @Test
    void equalBlocksAreReplacedDurably() {
        bench.volume.fill(8 * 512, 1024, 1);
        bench.good(task(8, 2, Bench.filled(1024, 1), Bench.filled(1024, 2)));
        assertArrayEquals(Bench.filled(1024, 2), bench.volume.bytes(8 * 512, 1024));
        assertEquals("commit", bench.volume.calls.getLast());
    }

    @Test
    void aDifferenceIsToldByItsOffsetAndChangesNothing() {
        byte[] expected = Bench.filled(1024, 0);
        expected[700] = 1;
        byte[] sense = bench.sense(task(0, 2, expected, Bench.filled(1024, 2)));
        assertEquals("0e/1d/00", String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]));
        assertEquals(0xf0, sense[0] & 0xff, "VALID");
        assertEquals(700, ByteBuffer.wrap(sense).getInt(3));
        assertArrayEquals(new byte[1024], bench.volume.bytes(0, 1024));
    }

    @Test
    void noBlocksIsNoError() {
        bench.good(task(0, 0, new byte[0], new byte[0]));
    }

    @Test
    void moreBlocksThanAnnouncedAreRefused() {
        assertEquals("05/24/00", bench.check(task(0, 129, new byte[512], new byte[512])));
        bench.good(task(0, 128, new byte[128 * 512], new byte[128 * 512]));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 512, 1023, 1536})
    void dataOfAnotherLengthIsRefused(int bytes) {
        assertEquals("05/24/00", bench.check(FakeTask.cdb(ONE_BLOCK).sending(new byte[bytes])));
        assertEquals(List.of(), bench.volume.calls);
    }

    @Test
    void beyondTheEndIsOutOfRange() {
        int blocks = (int) (Bench.SIZE_BYTES / 512);
        assertEquals("05/21/00", bench.check(task(blocks - 1, 2, new byte[1024], new byte[1024])));
    }

    /** Each thread adds 1 to a counter on the disk; none is lost. */
    @Test
    @Timeout(60)
    void threadsThatCountByItLoseNothing() throws Exception {
        bench.volume.fill(0, 512, 0);
        var failures = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> failures.addAndGet(countTo(250))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1000, ByteBuffer.wrap(bench.volume.bytes(0, 512)).getInt(), "" + failures);
    }

    private int countTo(int rounds) {
        int failures = 0;
        for (int done = 0; done < rounds; ) {
            byte[] now;
            synchronized (bench.volume) {
                now = bench.volume.bytes(0, 512);
            }
            byte[] next = now.clone();
            ByteBuffer.wrap(next).putInt(0, ByteBuffer.wrap(now).getInt(0) + 1);
            CommandOutcome outcome = bench.run(task(0, 1, now, next));
            if (CommandOutcome.Good.GOOD.equals(outcome)) {
                done++;
            } else {
                failures++;
            }
        }
        return failures;
    }

    @Test
    void orWriteSetsBits() {
        bench.volume.fill(0, 512, 0x0f);
        bench.good(
                FakeTask.cdb("8b000000000000000000000000020000").sending(Bench.filled(1024, 0x30)));
        assertArrayEquals(Bench.filled(512, 0x3f), bench.volume.bytes(0, 512));
        assertArrayEquals(Bench.filled(512, 0x30), bench.volume.bytes(512, 512));
    }

    @Test
    void orWriteOfMoreThanOnePiece() {
        int bytes = 3 << 20;
        bench.volume.fill(0, bytes, 1);
        bench.good(
                FakeTask.cdb("8b000000000000000000000018000000").sending(Bench.filled(bytes, 2)));
        assertArrayEquals(Bench.filled(bytes, 3), bench.volume.bytes(0, bytes));
        assertSame(
                CommandOutcome.Good.GOOD,
                bench.run(FakeTask.cdb("8b000000000000000000000000000000")));
    }
}
