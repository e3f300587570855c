package org.dbstore.server.metrics;

import org.dbstore.server.scsi.ScsiCommand;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last commands of one session, without their data: a ring that begins small, for there may be
 * thousands of idle sessions, and grows to {@link #COUNT_MAX}.
 *
 * <p>Guarded by the monitor its session is recorded under.
 */
public final class CommandLog {
    /** Most commands kept of a session. */
    public static final int COUNT_MAX = 128;

    private static final int COUNT_MIN = 8;

    // A command takes this many cells.
    private static final int RECEIVED = 0;
    private static final int TOTAL = 1;
    private static final int LUN = 2;
    private static final int CDB = 3;
    private static final int TAG_AND_NUMBER = 5;
    private static final int EXPECTED = 6;
    private static final int FLAGS_STATUS_SENSE = 7;
    private static final int DATA = 8;
    private static final int FIRST_STAGE = 9;
    private static final int CELLS = FIRST_STAGE + Stage.COUNT;

    private long[] cells = new long[0];

    /** Where the next command goes. */
    private int next;

    /** How many cells hold something. */
    private int used;

    /**
     * A command as it is remembered.
     *
     * @param received when it came
     * @param totalNanos until its answer was sent
     * @param lun the LUN field
     * @param cdb 16 bytes, zero behind a shorter CDB
     * @param tag initiator task tag
     * @param sequenceNumber CmdSN
     * @param expectedBytes expected data transfer length
     * @param flags of its PDU: F, R, W, attribute
     * @param status as SAM-5 codes it
     * @param sense key, ASC and ASCQ as three bytes
     * @param dataBytes moved either way
     * @param stageNanos by {@link Stage}
     */
    public record Entry(
            Instant received,
            long totalNanos,
            long lun,
            List<Byte> cdb,
            int tag,
            int sequenceNumber,
            long expectedBytes,
            int flags,
            int status,
            int sense,
            long dataBytes,
            List<Long> stageNanos) {
        /** The command's name; its operation code if it is not known. */
        public String name() {
            ScsiCommand command = command();
            return command == null
                    ? "0x%02x".formatted(Byte.toUnsignedInt(cdb.getFirst()))
                    : command.name();
        }

        /** First block and number of blocks; empty if it names none. */
        public String range() {
            ScsiCommand command = command();
            if (command == null || command.range() == ScsiCommand.Range.NO_BLOCKS) {
                return "";
            }
            ByteBuffer bytes = cdbBuffer();
            return "lba=%s blocks=%d"
                    .formatted(Long.toUnsignedString(command.lba(bytes)), command.length(bytes));
        }

        /** How it ended. */
        public String outcome() {
            return switch (status) {
                case 0 -> "GOOD";
                case MeasuredCommand.CHECK_CONDITION ->
                        "%s %02x/%02x/%02x"
                                .formatted(
                                        Failure.ofSenseKey(sense >>> 16 & 0x0f),
                                        sense >>> 16 & 0x0f,
                                        sense >>> 8 & 0xff,
                                        sense & 0xff);
                default -> Failure.ofStatus(status).name();
            };
        }

        ByteBuffer cdbBuffer() {
            ByteBuffer buffer = ByteBuffer.allocate(cdb.size());
            cdb.forEach(buffer::put);
            return buffer.flip();
        }

        private @Nullable ScsiCommand command() {
            return ScsiCommand.of(cdbBuffer());
        }
    }

    /** Remembers a command. */
    void add(MeasuredCommand command, CommandTimes times) {
        if (next == cells.length) {
            turn();
        }
        fill(cells, next, command, times);
        next += CELLS;
        used = Math.max(used, next);
    }

    /** The commands that are remembered, the oldest first. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        WallClock clock = new WallClock();
        for (int at = next; at < used; at += CELLS) {
            entries.add(read(cells, at, clock));
        }
        for (int at = 0; at < next; at += CELLS) {
            entries.add(read(cells, at, clock));
        }
        return entries;
    }

    /** A command that is not kept in any log. */
    static Entry entry(MeasuredCommand command, CommandTimes times) {
        long[] cells = new long[CELLS];
        fill(cells, 0, command, times);
        return read(cells, 0, new WallClock());
    }

    /** Memory in use, in bytes. */
    long sizeBytes() {
        return (long) cells.length * Long.BYTES;
    }

    /** At the end of the ring: makes it larger, or begins again with it. */
    private void turn() {
        int capacity = cells.length / CELLS;
        if (capacity < COUNT_MAX) {
            cells = Arrays.copyOf(cells, Math.max(COUNT_MIN, 2 * capacity) * CELLS);
        } else {
            next = 0;
        }
    }

    private static void fill(long[] cells, int at, MeasuredCommand command, CommandTimes times) {
        ByteBuffer cdb = command.cdb();
        cells[at + RECEIVED] = command.receivedNanos;
        cells[at + TOTAL] = times.totalNanos;
        cells[at + LUN] = command.lun();
        cells[at + CDB] = cdb.getLong(0);
        cells[at + CDB + 1] = cdb.getLong(8);
        cells[at + TAG_AND_NUMBER] =
                (long) command.tag() << 32 | Integer.toUnsignedLong(command.sequenceNumber());
        cells[at + EXPECTED] = command.expectedDataBytes();
        cells[at + FLAGS_STATUS_SENSE] =
                (long) command.flags() << 32
                        | Integer.toUnsignedLong(command.status << 24 | command.sense);
        cells[at + DATA] = command.dataBytes;
        System.arraycopy(times.stageNanos, 0, cells, at + FIRST_STAGE, Stage.COUNT);
    }

    private static Entry read(long[] cells, int at, WallClock clock) {
        ByteBuffer cdb = ByteBuffer.allocate(2 * Long.BYTES);
        cdb.putLong(0, cells[at + CDB]).putLong(Long.BYTES, cells[at + CDB + 1]);
        List<Byte> bytes = new ArrayList<>();
        while (cdb.hasRemaining()) {
            bytes.add(cdb.get());
        }
        List<Long> stages = new ArrayList<>();
        for (int i = 0; i < Stage.COUNT; i++) {
            stages.add(cells[at + FIRST_STAGE + i]);
        }
        long end = cells[at + FLAGS_STATUS_SENSE];
        return new Entry(
                clock.at(cells[at + RECEIVED]),
                cells[at + TOTAL],
                cells[at + LUN],
                List.copyOf(bytes),
                (int) (cells[at + TAG_AND_NUMBER] >>> 32),
                (int) cells[at + TAG_AND_NUMBER],
                cells[at + EXPECTED],
                (int) (end >>> 32),
                (int) end >>> 24,
                (int) end & 0xff_ffff,
                cells[at + DATA],
                List.copyOf(stages));
    }

    /** Turns System.nanoTime into the time of day. */
    private record WallClock(Instant now, long nanos) {
        WallClock() {
            this(Instant.now(), System.nanoTime());
        }

        Instant at(long then) {
            return now.plusNanos(then - nanos);
        }
    }
}
