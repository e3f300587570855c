package org.dbstore.server.metrics;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Logs the commands that took longer than a threshold, one line each, some of them if they are
 * many. A thread of its own writes the lines: whoever sends an answer does not wait for the log.
 */
final class SlowCommands implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger("org.dbstore.slow");

    /** Most lines in a second. */
    static final int LINES_MAX = 10;

    private static final int QUEUED_MAX = 256;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final double NANOS_PER_MILLI = 1e6;

    private final BlockingQueue<Slow> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("dbs-slow-log").unstarted(this::run);
    private volatile long thresholdNanos = Long.MAX_VALUE;
    private boolean started; // guarded by this
    private volatile boolean closed;

    // Used by the thread alone.
    private long secondBegan;
    private int lines;
    private long left;

    private record Slow(SessionMeter.Labels session, CommandLog.Entry command, String unit) {}

    /**
     * Sets the threshold.
     *
     * @param millis 0 = nothing is logged
     */
    synchronized void setThreshold(long millis) {
        thresholdNanos = millis == 0 ? Long.MAX_VALUE : millis * 1_000_000;
        if (millis > 0 && !started) {
            started = true;
            thread.start();
        }
    }

    /** A command has been answered. */
    void sent(SessionMeter.Labels session, MeasuredCommand command, CommandTimes times) {
        if (times.totalNanos < thresholdNanos) {
            return;
        }
        UnitMeter unit = command.unit;
        String name =
                unit == null
                        ? "none"
                        : unit.labels().lun()
                                + " ("
                                + unit.labels().device()
                                + "/"
                                + unit.labels().volume()
                                + ")";
        // One that finds no place is a line less; the device is busy enough.
        var ignored = queue.offer(new Slow(session, CommandLog.entry(command, times), name));
    }

    @Override
    public void close() {
        closed = true;
        thresholdNanos = Long.MAX_VALUE;
    }

    private void run() {
        try {
            while (!closed) {
                Slow slow = queue.poll(1, TimeUnit.SECONDS);
                count(System.nanoTime());
                if (slow != null && lines < LINES_MAX) {
                    lines++;
                    LOG.warn("{}", text(slow));
                } else if (slow != null) {
                    left++;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void count(long now) {
        if (now - secondBegan < SECOND_NANOS) {
            return;
        }
        if (left > 0) {
            LOG.warn("{} more slow commands are not listed", left);
        }
        secondBegan = now;
        lines = 0;
        left = 0;
    }

    private static String text(Slow slow) {
        CommandLog.Entry command = slow.command();
        String stages =
                Stream.of(Stage.values())
                        .filter(stage -> command.stageNanos().get(stage.index()) > 0)
                        .map(stage ->
                                stage.label()
                                        + " "
                                        + millis(command.stageNanos().get(stage.index())))
                        .collect(Collectors.joining(", "));
        return "slow command: %s %s took %s ms (%s) and ended %s; initiator=%s target=%s lun=%s session=%d"
                .formatted(
                        command.name(),
                        command.range(),
                        millis(command.totalNanos()),
                        stages,
                        command.outcome(),
                        slow.session().initiator(),
                        slow.session().target(),
                        slow.unit(),
                        slow.session().handle());
    }

    private static String millis(long nanos) {
        return "%.1f".formatted(nanos / NANOS_PER_MILLI);
    }
}
