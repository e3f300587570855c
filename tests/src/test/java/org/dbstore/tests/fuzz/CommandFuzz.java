package org.dbstore.tests.fuzz;

import org.dbstore.backend.BackendException;
import org.dbstore.server.lun.CommandDispatcher;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.SpaceGauge;
import org.dbstore.server.scsi.StateStore;
import org.dbstore.server.scsi.TargetPortGroups;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A few commands, with their data, through the gate to three units in memory: each ends once, in
 * GOOD or in well-formed sense that is no fault of ours; what is refused changes nothing; what was
 * written reads back.
 *
 * <pre>
 * for each command, at most 8
 *   byte    bits 0-1 LUN (2 is write protected, 3 is none), bit 2 the other nexus,
 *           bit 3 takes no data-in, bit 4 takes 1 KiB of it, bit 5 the data over and over up to
 *           64 KiB, bit 6 puts the token that was handed out last into the data
 *   16 byte CDB
 *   2 byte  length of the data, and the data
 * </pre>
 */
public final class CommandFuzz {
    private static final int COMMANDS_MAX = 8;
    private static final int DATA_BYTES_MAX = 0x7ff;
    private static final int REPEATED_BYTES = 64 << 10;
    private static final int TOKEN_BYTES = 512;
    private static final int TOKEN_OFFSET = 16;
    private static final int TOKEN_ANSWER_OFFSET = 38;
    private static final int READ_ONLY_LUN = 2;
    private static final int NO_LUN = 3;
    private static final int[] BLOCK_BYTES = {512, 4096, 512};
    private static final int ILLEGAL_REQUEST = 5;
    private static final Nexus ONE =
            new Nexus("iqn.2026-01.org.example:a", 0x400001370000L, "iqn.2026-01.org.dbstore:t", 1);
    private static final Nexus OTHER =
            new Nexus("iqn.2026-01.org.example:b", 0x400001370000L, "iqn.2026-01.org.dbstore:t", 1);

    /** The volumes of all runs, emptied between them. */
    private static final List<FuzzVolume> VOLUMES =
            List.of(new FuzzVolume("zero"), new FuzzVolume("one"), new FuzzVolume("two"));

    private final ArrayDeque<Runnable> later = new ArrayDeque<>();
    private final CommandDispatcher dispatcher = new CommandDispatcher(later::add, later::add);
    private final LunMap luns;
    private final FuzzInput input;
    private byte[] token = new byte[TOKEN_BYTES];

    private CommandFuzz(FuzzInput input) throws BackendException {
        this.input = input;
        TreeMap<Integer, LogicalUnit> units = new TreeMap<>();
        for (int i = 0; i < VOLUMES.size(); i++) {
            VOLUMES.get(i).clear();
            units.put(i, unit(i));
        }
        luns =
                new LunMap(
                        units, new TargetPortGroups(Map.of(1, AccessState.ACTIVE_OPTIMIZED), true));
        VOLUMES.get(0).write(0, direct(new byte[] {'d', 'a', 't', 'a'}));
    }

    private static LogicalUnit unit(int number) throws BackendException {
        LogicalUnit unit =
                new LogicalUnit(
                        VOLUMES.get(number),
                        new LogicalUnit.Settings(
                                BLOCK_BYTES[number], 4096, number == 1, new UUID(7, number)),
                        new KeptState(),
                        new Gauge());
        return number == READ_ONLY_LUN ? unit.mapping(true) : unit;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] data) throws BackendException {
        CommandFuzz fuzz = new CommandFuzz(new FuzzInput(data));
        for (int i = 0; i < COMMANDS_MAX && fuzz.input.hasMore(); i++) {
            fuzz.command();
        }
    }

    private void command() {
        int how = input.u8();
        int lun = how & 3;
        byte[] cdb = input.exactly(16);
        byte[] data = input.bytes(input.u16() & DATA_BYTES_MAX);
        if ((how & 0x20) != 0 && data.length > 0) {
            data = repeated(data);
        }
        if ((how & 0x40) != 0 && data.length >= TOKEN_OFFSET + TOKEN_BYTES) {
            System.arraycopy(token, 0, data, TOKEN_OFFSET, TOKEN_BYTES);
        }
        long limit = (how & 0x08) != 0 ? 0 : (how & 0x10) != 0 ? 1024 : 1L << 32;
        FuzzTask task =
                new FuzzTask(
                        (how & 4) != 0 ? OTHER : ONE,
                        (long) (lun == NO_LUN ? 9 : lun) << 48,
                        cdb,
                        data,
                        limit);
        int[] before = VOLUMES.stream().mapToInt(FuzzVolume::changes).toArray();
        run(task);
        CommandOutcome outcome = task.outcome();
        Check.that(outcome != null, () -> "never ends: " + hex(cdb));
        judge(cdb, lun, data, limit, outcome);
        int[] after = VOLUMES.stream().mapToInt(FuzzVolume::changes).toArray();
        if (!Arrays.equals(before, after)) {
            mayChange(cdb, lun, outcome, before, after);
        }
    }

    private static byte[] repeated(byte[] data) {
        byte[] all = new byte[REPEATED_BYTES];
        for (int i = 0; i < all.length; i++) {
            all[i] = data[i % data.length];
        }
        return all;
    }

    private void run(FuzzTask task) {
        switch (dispatcher.admit(task, luns)) {
            case CommandDispatcher.Admission.Refused(var outcome) -> task.complete(outcome);
            case CommandDispatcher.Admission.Admitted admitted -> {
                Check.that(
                        isTransfer(admitted.dataOutBytes()) && isTransfer(admitted.dataInBytes()),
                        () -> "admitted with " + admitted);
                task.collect(admitted.dataOutBytes(), admitted.dataInBytes());
                dispatcher.execute(task, luns, admitted);
                while (!later.isEmpty()) {
                    later.remove().run();
                }
            }
        }
    }

    private static boolean isTransfer(int bytes) {
        return bytes >= 0 && bytes <= BlockLimits.TRANSFER_BYTES_MAX;
    }

    private void judge(
            byte[] cdb, int lun, byte[] data, long limit, @Nullable CommandOutcome outcome) {
        ScsiCommand command = ScsiCommand.of(ByteBuffer.wrap(cdb));
        switch (outcome) {
            case CommandOutcome.CheckCondition(byte[] sense) -> checkSense(cdb, sense);
            case CommandOutcome.Status(int status) ->
                    Check.that(
                            status == 0x08 || status == 0x18 || status == 0x28,
                            () -> "status " + status);
            case CommandOutcome.Good good -> {
                checkWritten(cdb, lun, data, known(command, cdb));
            }
            case CommandOutcome.DataIn(ByteBuffer in, long length) -> {
                Check.that(in.isDirect(), () -> "a buffer on the heap for " + hex(cdb));
                Check.that(
                        in.remaining() <= limit && in.remaining() <= length,
                        () ->
                                "%d of %d bytes, wanted %d: %s"
                                        .formatted(in.remaining(), length, limit, hex(cdb)));
                checkRead(cdb, lun, limit, known(command, cdb), in);
            }
            case null, default -> throw new AssertionError("no outcome: " + outcome);
        }
    }

    private static ScsiCommand known(@Nullable ScsiCommand command, byte[] cdb) {
        if (command == null) {
            throw new AssertionError("an unknown command is executed: " + hex(cdb));
        }
        return command;
    }

    private static void checkSense(byte[] cdb, byte[] sense) {
        Check.that(sense.length >= 8 && sense.length <= 252, () -> sense.length + " bytes");
        int format = sense[0] & 0x7f;
        boolean fixed = format == 0x70 || format == 0x71;
        Check.that(fixed || format == 0x72 || format == 0x73, () -> "sense " + hex(sense));
        Check.that((sense[7] & 0xff) == sense.length - 8, () -> "length in " + hex(sense));
        Check.that(!fixed || sense.length >= 18, () -> "short sense " + hex(sense));
        int key = sense[fixed ? 2 : 1] & 0x0f;
        int code = sense[fixed ? 12 : 2] & 0xff;
        int qualifier = sense[fixed ? 13 : 3] & 0xff;
        Check.that(key != 0 && key != 0x0f, () -> "no sense key: " + hex(sense));
        Check.that(
                key != 0x04 || code != 0x44 || qualifier != 0,
                () -> "a fault of ours: " + hex(cdb));
        checkPointer(cdb, sense, fixed, key);
    }

    /** SPC-4, "Field pointer sense key specific data": points into the CDB if it says so. */
    private static void checkPointer(byte[] cdb, byte[] sense, boolean fixed, int key) {
        if (!fixed || key != ILLEGAL_REQUEST || (sense[15] & 0x80) == 0) {
            return;
        }
        boolean inCdb = (sense[15] & 0x40) != 0;
        int at = (sense[16] & 0xff) << 8 | (sense[17] & 0xff);
        Check.that(!inCdb || at < cdb.length, () -> "points behind the CDB: " + hex(sense));
    }

    /** What a WRITE was answered GOOD for is there. */
    private static void checkWritten(byte[] cdb, int lun, byte[] data, ScsiCommand command) {
        boolean writes =
                switch (command) {
                    case WRITE_6, WRITE_10, WRITE_12, WRITE_16 -> true;
                    case WRITE_AND_VERIFY_10, WRITE_AND_VERIFY_12, WRITE_AND_VERIFY_16 -> true;
                    default -> false;
                };
        if (!writes) {
            return;
        }
        ByteBuffer fields = ByteBuffer.wrap(cdb);
        int blockBytes = BLOCK_BYTES[lun];
        long count = command.length(fields) * blockBytes;
        Check.that(count <= BlockLimits.TRANSFER_BYTES_MAX, "a transfer above the limit");
        int written = (int) Math.min(count, data.length - data.length % blockBytes);
        byte[] there = VOLUMES.get(lun).bytes(command.lba(fields) * blockBytes, written);
        Check.that(
                Arrays.equals(there, Arrays.copyOf(data, written)),
                () -> "GOOD, but not written: " + hex(cdb));
    }

    private void checkRead(byte[] cdb, int lun, long limit, ScsiCommand command, ByteBuffer in) {
        ByteBuffer fields = ByteBuffer.wrap(cdb);
        byte[] bytes = new byte[in.remaining()];
        in.get(in.position(), bytes);
        if (command.data() == ScsiCommand.Data.BLOCKS_IN) {
            int blockBytes = BLOCK_BYTES[lun];
            long wanted = Math.min(limit, command.length(fields) * blockBytes);
            Check.that(bytes.length == wanted, () -> bytes.length + " bytes instead of " + wanted);
            Check.that(
                    Arrays.equals(
                            bytes,
                            VOLUMES.get(lun).bytes(command.lba(fields) * blockBytes, bytes.length)),
                    () -> "reads what is not there: " + hex(cdb));
            return;
        }
        Check.that(
                bytes.length <= command.length(fields) && bytes.length <= 1 << 16,
                () -> "more than ALLOCATION LENGTH: " + hex(cdb));
        boolean withToken =
                command == ScsiCommand.RECEIVE_ROD_TOKEN_INFORMATION
                        && bytes.length >= TOKEN_ANSWER_OFFSET + TOKEN_BYTES;
        if (withToken) {
            token =
                    Arrays.copyOfRange(
                            bytes, TOKEN_ANSWER_OFFSET, TOKEN_ANSWER_OFFSET + TOKEN_BYTES);
        }
    }

    /** Who may change what: what writes, what it was sent to, and not if it was refused. */
    private static void mayChange(
            byte[] cdb, int lun, @Nullable CommandOutcome outcome, int[] before, int[] after) {
        ScsiCommand command = ScsiCommand.of(ByteBuffer.wrap(cdb));
        boolean copies =
                command == ScsiCommand.EXTENDED_COPY_LID1
                        || command == ScsiCommand.WRITE_USING_TOKEN;
        Check.that(
                copies || (command != null && command.gate() == ScsiCommand.Gate.WRITABLE),
                () -> "no command that writes has written: " + hex(cdb));
        Check.that(
                before[READ_ONLY_LUN] == after[READ_ONLY_LUN],
                () -> "the write protected unit is written: " + hex(cdb));
        for (int i = 0; i < before.length; i++) {
            int unit = i;
            Check.that(
                    before[i] == after[i] || i == lun || command == ScsiCommand.EXTENDED_COPY_LID1,
                    () -> "another unit, %d, is written: %s".formatted(unit, hex(cdb)));
        }
        boolean refused =
                outcome instanceof CommandOutcome.Status
                        || (outcome instanceof CommandOutcome.CheckCondition(byte[] sense)
                                && isRefusal(sense));
        Check.that(!refused || copies, () -> "refused, and has written: " + hex(cdb));
    }

    private static boolean isRefusal(byte[] sense) {
        int key = sense[(sense[0] & 0x7f) >= 0x72 ? 1 : 2] & 0x0f;
        return key == ILLEGAL_REQUEST || key == 0x06 || key == 0x0e;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static final class KeptState implements StateStore {
        private byte[] state = new byte[0];

        @Override
        public boolean isLasting() {
            return true;
        }

        @Override
        public byte[] load() {
            return state.clone();
        }

        @Override
        public void save(byte[] newState) {
            Check.that(newState.length <= 1 << 20, () -> "a state of " + newState.length);
            state = newState.clone();
        }
    }

    private static final class Gauge implements SpaceGauge {
        @Override
        public long freeBytes() {
            return 1L << 30;
        }

        @Override
        public long usedBytes() {
            return 0;
        }
    }
}
