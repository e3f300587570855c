package org.dbstore.tests.benchmark;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to take a SCSI Command header apart, and to make that of its Data-In. Does not tell
 * what it costs to get the bytes from the socket, nor to bring them into the cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PduHeaderBenchmark {
    /** Headers that lie in a receive buffer one behind the other. */
    private static final int HEADERS = 64;

    private final ByteBuffer received = ByteBuffer.allocateDirect(HEADERS * Bhs.BYTES);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(Bhs.BYTES);
    private int next;

    @Setup
    public void fill() {
        for (int i = 0; i < HEADERS; i++) {
            int at = i * Bhs.BYTES;
            received.putInt(at, Bhs.SCSI_COMMAND << 24 | 0xc1 << 16);
            received.putLong(at + 8, 1L << 48);
            received.putInt(at + 16, i);
            received.putInt(at + 20, 4096);
            received.putInt(at + 24, 1000 + i);
            received.put(at + 32, (byte) 0x28).putInt(at + 34, i * 8).putShort(at + 39, (short) 8);
        }
    }

    /** All that a command needs of its header. */
    @Benchmark
    public long parse() {
        int at = (next++ & HEADERS - 1) * Bhs.BYTES;
        return Bhs.opcode(received, at)
                + Bhs.dataBytes(received, at)
                + Bhs.ahsBytes(received, at)
                + (Bhs.isImmediate(received, at) ? 1 : 0)
                + Bhs.flags(received, at)
                + Bhs.lun(received, at)
                + Bhs.initiatorTaskTag(received, at)
                + Bhs.commandSequenceNumber(received, at)
                + Bhs.expectedDataBytes(received, at)
                + received.getLong(at + 32)
                + received.getLong(at + 40);
    }

    /** Data-In with status, as far as its first 36 bytes. */
    @Benchmark
    public ByteBuffer serialize() {
        int number = next++;
        Bhs.begin(answer, Bhs.DATA_IN, Bhs.FINAL | 1, 4096, 0, number);
        answer.putInt(24, number);
        answer.putInt(28, number + 1);
        answer.putInt(32, number + 64);
        return answer;
    }
}
