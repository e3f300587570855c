package org.dbstore.tests.benchmark;

import org.dbstore.server.metrics.Kind;
import org.dbstore.server.metrics.MeasuredCommand;
import org.dbstore.server.metrics.Metrics;
import org.dbstore.server.metrics.SessionMeter;
import org.dbstore.server.metrics.UnitMeter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to measure one command: its marks, and the booking when its answer has been sent.
 *
 * <p>Does not tell what the caches of a busy server add, nor the clock read once for many commands
 * of one batch (when they came, when they were sent).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MeteringBenchmark {
    private static final int COMMANDS = 256;
    private static final long BATCH_NANOS = 100_000;

    private final Metrics metrics = new Metrics(List::of, Set::of, () -> 0);
    private final Command[] commands = new Command[COMMANDS];
    private SessionMeter meter = SessionMeter.detached();
    private int next;
    private long receivedNanos;
    private long sentNanos;

    /** A READ(10) of 4 KiB that begins over and over. */
    private static final class Command extends MeasuredCommand {
        private final ByteBuffer cdb = ByteBuffer.allocate(16);
        private final int tag;

        Command(int tag, UnitMeter unit) {
            this.tag = tag;
            cdb.put(0, (byte) 0x28).putInt(2, tag).putShort(7, (short) 8);
            measureAs(Kind.READ, unit);
        }

        void comes(long nanos) {
            markReceived(nanos);
        }

        void begins() {
            markBegun();
        }

        void changed() {
            markChanged();
        }

        void ends() {
            markEnded(0, 0, 4096);
        }

        @Override
        public ByteBuffer cdb() {
            return cdb;
        }

        @Override
        public long lun() {
            return 1L << 48;
        }

        @Override
        public int tag() {
            return tag;
        }

        @Override
        public int sequenceNumber() {
            return tag;
        }

        @Override
        protected int flags() {
            return 0xc1;
        }

        @Override
        public long expectedDataBytes() {
            return 4096;
        }
    }

    /** One session at one LUN. */
    @Setup(Level.Trial)
    public void open() {
        InetSocketAddress nowhere = new InetSocketAddress(0);
        meter =
                metrics.open(
                        new SessionMeter.Labels(1, "initiator", "target", nowhere, nowhere), this);
        UnitMeter unit = metrics.open(new UnitMeter.Labels("target", 1, "main", "volume", ""));
        for (int i = 0; i < COMMANDS; i++) {
            commands[i] = new Command(i, unit);
            next().ends();
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        metrics.close();
    }

    /** A read that the connection's thread executes: one mark of its own, then the booking. */
    @Benchmark
    public void readInPlace() {
        Command command = next();
        command.ends();
        meter.sent(command, sentNanos);
    }

    /** A write that waits for the medium in the pool: all marks that a command can have there. */
    @Benchmark
    public void writeInPool() {
        Command command = next();
        command.begins();
        command.changed();
        command.ends();
        meter.sent(command, sentNanos);
    }

    /** The booking alone, with marks that stand. */
    @Benchmark
    public void booking() {
        meter.sent(commands[next++ & COMMANDS - 1], sentNanos);
    }

    /** Commands come and are answered by the batch. */
    private Command next() {
        int index = next++ & COMMANDS - 1;
        if (index == 0) {
            receivedNanos = System.nanoTime();
            sentNanos = receivedNanos + BATCH_NANOS;
        }
        Command command = commands[index];
        command.comes(receivedNanos);
        return command;
    }
}
