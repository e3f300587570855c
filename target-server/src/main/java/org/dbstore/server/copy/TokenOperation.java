package org.dbstore.server.copy;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.BackgroundWork;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.CopyLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.command.BackendSense;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * POPULATE TOKEN and WRITE USING TOKEN (SBC-3).
 *
 * <pre>
 * POPULATE TOKEN                         WRITE USING TOKEN
 * byte 0..1   length of what follows     byte 0..1     length of what follows
 * byte 2      RTV, IMMED                 byte 2        DEL_TKN, IMMED
 * byte 4..7   INACTIVITY TIMEOUT         byte 8..15    OFFSET INTO ROD, in blocks
 * byte 8..11  ROD TYPE, with RTV         byte 16..527  the token
 * byte 14..15 length of the ranges       byte 534..535 length of the ranges
 * byte 16..   ranges                     byte 536..    ranges
 * range       8 bytes LBA, 4 bytes number of blocks, 4 reserved
 * </pre>
 */
final class TokenOperation {
    private static final int IMMED = 0x01;
    private static final int RTV = 0x02;
    private static final int DEL_TKN = 0x02;
    private static final int TOKEN = 16;
    private static final int POPULATE_RANGES = 16;
    private static final int WRITE_RANGES = 536;
    private static final int RANGE_BYTES = 16;
    private static final int POPULATE_ACTION = 0x10;
    private static final int WRITE_ACTION = 0x11;
    private static final int LIST_IDENTIFIER = 6;

    private static final int DONE = 0x01;
    private static final int FAILED = 0x02;
    private static final int IN_BACKGROUND = 0x12;
    private static final int TERMINATED = 0x60;

    /**
     * What became of an operation, for RECEIVE ROD TOKEN INFORMATION.
     *
     * @param serviceAction 10h or 11h
     * @param status COPY OPERATION STATUS
     * @param blocks transferred
     * @param sense of a failure; may be empty
     * @param token that was made; may be empty
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Result(int serviceAction, int status, long blocks, byte[] sense, byte[] token) {}

    private final CopyManager manager;
    private final ScsiTask task;
    private final Medium medium;
    private final CopyDevices devices;
    private final ByteBuffer list;
    private final List<RodTokens.Range> ranges = new ArrayList<>();
    private long bytes;

    /** Asked between pieces: false ends the copy, which was aborted. */
    private BooleanSupplier goesOn;

    TokenOperation(CopyManager manager, ScsiTask task, Medium medium, CopyDevices devices) {
        this.manager = manager;
        this.task = task;
        this.medium = medium;
        this.devices = devices;
        this.list = task.dataOut().slice();
        this.goesOn = () -> !task.isAborted();
    }

    /** Executes POPULATE TOKEN: takes no longer than the answer. */
    CommandOutcome populate() {
        if (ScsiCommand.POPULATE_TOKEN.length(task.cdb()) == 0) {
            return CommandOutcome.Good.GOOD;
        }
        CheckCondition wrong = parseRanges(POPULATE_RANGES);
        if (wrong != null) {
            return wrong;
        }
        int type = list.getInt(8);
        if ((list.get(2) & RTV) != 0 && type != 0 && type != RodTokens.CHANGE_VULNERABLE) {
            return Sense.invalidParameter(8);
        }
        long seconds = Integer.toUnsignedLong(list.getInt(4));
        if (seconds > CopyLimits.TOKEN_SECONDS_MAX) {
            return Sense.invalidParameter(4);
        }
        byte[] token =
                manager.tokens()
                        .create(
                                medium,
                                List.copyOf(ranges),
                                seconds == 0 ? CopyLimits.TOKEN_SECONDS_DEFAULT : (int) seconds);
        keep(new Result(POPULATE_ACTION, DONE, medium.wholeBlocks(bytes), new byte[0], token));
        return CommandOutcome.Good.GOOD;
    }

    /** Executes WRITE USING TOKEN; with IMMED it goes on after its answer. */
    CommandOutcome write() {
        if (ScsiCommand.WRITE_USING_TOKEN.length(task.cdb()) == 0) {
            return CommandOutcome.Good.GOOD;
        }
        CheckCondition wrong = parseRanges(WRITE_RANGES);
        if (wrong != null) {
            return wrong;
        }
        byte[] name = new byte[RodTokens.BYTES];
        list.get(TOKEN, name);
        RodTokens.Token token = manager.tokens().find(name);
        Medium source = token == null ? null : token.medium();
        if (token == null || (source != null && !devices.sees(source))) {
            return Sense.of(SenseCode.INVALID_TOKEN_UNKNOWN);
        }
        long offset = list.getLong(8);
        boolean fits =
                source == null
                        || (offset >= 0
                                && offset <= medium.wholeBlocks(token.bytes())
                                && medium.bytes(offset) <= token.bytes());
        if (!fits) {
            return Sense.invalidParameter(8);
        }
        if (source != null && devices.refusal(source, false) != null) {
            return Sense.of(SenseCode.THIRD_PARTY_DEVICE_FAILURE);
        }
        boolean deletes = (list.get(2) & DEL_TKN) != 0;
        boolean immediate = (list.get(2) & IMMED) != 0;
        // The parameter list is gone once the command is answered: what it says is in fields now.
        CopyManager.ListKey key = key();
        if (!immediate) {
            return transfer(key, token, name, medium.bytes(offset), deletes);
        }
        keep(key, new Result(WRITE_ACTION, IN_BACKGROUND, 0, new byte[0], new byte[0]));
        BackgroundWork.Work work = medium.background().begin(task.nexus());
        goesOn = () -> !task.isAborted() && !work.isStopped();
        return new CommandOutcome.GoodAhead(() -> {
            try {
                transfer(key, token, name, medium.bytes(offset), deletes);
            } finally {
                medium.background().end(work);
            }
        });
    }

    private CopyManager.ListKey key() {
        return new CopyManager.ListKey(
                task.nexus(), medium, Integer.toUnsignedLong(task.cdb().getInt(LIST_IDENTIFIER)));
    }

    private void keep(Result result) {
        keep(key(), result);
    }

    private void keep(CopyManager.ListKey key, Result result) {
        manager.keep(key, result);
    }

    private @Nullable CheckCondition parseRanges(int first) {
        if (list.capacity() < first) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        int length = Short.toUnsignedInt(list.getShort(first - 2));
        if (first + length > list.capacity()) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        if (Short.toUnsignedInt(list.getShort(0)) < first + length - 2
                || length < RANGE_BYTES
                || length / RANGE_BYTES > CopyLimits.RANGES_MAX) {
            return Sense.invalidParameter(first - 2);
        }
        for (int at = first; at + RANGE_BYTES <= first + length; at += RANGE_BYTES) {
            long lba = list.getLong(at);
            long blocks = Integer.toUnsignedLong(list.getInt(at + 8));
            if (!medium.holds(lba, blocks)) {
                return Sense.of(SenseCode.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, lba);
            }
            if (blocks > 0) {
                ranges.add(new RodTokens.Range(medium.bytes(lba), medium.bytes(blocks)));
            }
            bytes += medium.bytes(blocks);
            if (bytes > CopyLimits.TOKEN_BYTES_MAX) {
                return Sense.invalidParameter(at + 8);
            }
        }
        return null;
    }

    /** Copies, and keeps what became of it whatever that is. */
    private CommandOutcome transfer(
            CopyManager.ListKey key,
            RodTokens.Token token,
            byte[] name,
            long offset,
            boolean deletes) {
        long[] done = new long[1];
        CheckCondition failure = Sense.of(SenseCode.INTERNAL_TARGET_FAILURE);
        try {
            failure = transfer(token, offset, done);
        } finally {
            int failed = goesOn.getAsBoolean() ? FAILED : TERMINATED;
            keep(
                    key,
                    new Result(
                            WRITE_ACTION,
                            failure == null ? DONE : failed,
                            medium.wholeBlocks(done[0]),
                            failure == null ? new byte[0] : failure.sense(),
                            new byte[0]));
            if (deletes) {
                manager.tokens().delete(name);
            }
        }
        return failure == null ? CommandOutcome.Good.GOOD : failure;
    }

    /**
     * Copies range by range; ends early where the token has no more, or when it is aborted.
     *
     * @param done gets how many bytes were copied
     * @return null if all were
     */
    private @Nullable CheckCondition transfer(RodTokens.Token token, long offset, long[] done) {
        boolean uncommitted = false;
        try {
            for (RodTokens.Range target : ranges) {
                if (!goesOn.getAsBoolean()) {
                    break;
                }
                CopyEngine.Progress progress =
                        token.medium() == null
                                ? zeroes(target)
                                : fill(token, offset + done[0], target);
                uncommitted |= progress.uncommitted();
                done[0] += progress.bytes();
                if (progress.bytes() < target.bytes()) {
                    break;
                }
            }
            CopyEngine.settle(medium, uncommitted);
        } catch (BackendException e) {
            return BackendSense.ofWrite(e);
        } catch (IndexOutOfBoundsException e) { // one of the volumes has become smaller
            return Sense.of(SenseCode.COPY_ABORTED, medium.wholeBlocks(done[0]));
        }
        long blocks = medium.wholeBlocks(done[0]);
        if (done[0] < bytes && !goesOn.getAsBoolean()) {
            return Sense.of(SenseCode.COMMAND_ABORTED, blocks);
        }
        if (!token.isIntact()) {
            return Sense.of(SenseCode.INVALID_TOKEN_REVOKED, blocks);
        }
        // The token may stand for less than was asked for: INFORMATION tells how far it went.
        return done[0] < bytes ? Sense.of(SenseCode.COPY_ABORTED, blocks) : null;
    }

    private CopyEngine.Progress zeroes(RodTokens.Range target) throws BackendException {
        boolean uncommitted = CopyEngine.zero(medium, target.offset(), target.bytes());
        return new CopyEngine.Progress(target.bytes(), uncommitted);
    }

    /** Fills a range with what the token has from an offset on. */
    private CopyEngine.Progress fill(RodTokens.Token token, long offset, RodTokens.Range target)
            throws BackendException {
        Medium source = token.medium();
        if (source == null) {
            throw new IllegalStateException("a token of zeroes has no source");
        }
        long done = 0;
        boolean uncommitted = false;
        long skip = offset;
        for (RodTokens.Range range : token.ranges()) {
            if (skip >= range.bytes()) {
                skip -= range.bytes();
                continue;
            }
            long piece = Math.min(range.bytes() - skip, target.bytes() - done);
            CopyEngine.Progress progress =
                    CopyEngine.copy(
                            source,
                            range.offset() + skip,
                            medium,
                            target.offset() + done,
                            piece,
                            () -> token.isIntact() && goesOn.getAsBoolean());
            uncommitted |= progress.uncommitted();
            done += progress.bytes();
            skip = 0;
            if (done == target.bytes() || progress.bytes() < piece) {
                break;
            }
        }
        return new CopyEngine.Progress(done, uncommitted);
    }
}
