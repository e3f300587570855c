package org.dbstore.server.lun;

import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** What a CDB is held against its row of {@link ScsiCommand} and the unit for. */
final class CdbCheck {
    private static final int NACA = 0x04;
    private static final int NACA_BIT = 2;
    private static final int NDOB = 0x01;
    private static final int BYTCHK_MASK = 0x06;
    private static final int BYTCHK_BIT = 2;
    private static final int BYTCHK_ALL = 0x02;
    private static final int BYTCHK_RESERVED = 0x04;
    private static final int BYTCHK_ONE_BLOCK = 0x06;

    private CdbCheck() {}

    /**
     * Checks that no bit is set which the row does not know.
     *
     * @return INVALID FIELD IN CDB, pointing at the leftmost such bit; null if there is none
     */
    static @Nullable CheckCondition mask(ByteBuffer cdb, ScsiCommand command) {
        int bytes = command.cdbBytes();
        for (int i = 1; i < bytes; i++) {
            int unknown = Byte.toUnsignedInt(cdb.get(i)) & ~command.usage(i);
            if (i == 1 && bytes == 6) {
                unknown &= 0x1f; // SCSI-2 had the LUN in bits 7..5, and ESXi still puts it there
            }
            if (unknown != 0) {
                return Sense.invalidCdbField(i, 31 - Integer.numberOfLeadingZeros(unknown));
            }
        }
        return (cdb.get(bytes - 1) & NACA) == 0 ? null : Sense.invalidCdbField(bytes - 1, NACA_BIT);
    }

    /**
     * Checks a command against a unit: write protection, range, and the rules of its data-out.
     *
     * @return why it is refused; null if it is not
     */
    static @Nullable CheckCondition unit(ScsiTask task, ScsiCommand command, Medium medium) {
        if (command.gate() == ScsiCommand.Gate.WRITABLE && medium.isReadOnly()) {
            return Sense.of(
                    medium.isSoftwareProtected()
                            ? SenseCode.LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED
                            : SenseCode.WRITE_PROTECTED);
        }
        CheckCondition refusal = range(task.cdb(), command, medium);
        return refusal != null ? refusal : data(task, command, medium);
    }

    private static @Nullable CheckCondition range(
            ByteBuffer cdb, ScsiCommand command, Medium medium) {
        if (command.range() == ScsiCommand.Range.NO_BLOCKS) {
            return null;
        }
        long lba = command.lba(cdb);
        long count = command.range() == ScsiCommand.Range.START ? 1 : command.length(cdb);
        if (!medium.holds(lba, count)) {
            return outOfRange(lba, medium);
        }
        boolean tooMany =
                switch (command.range()) {
                    case NO_BLOCKS, START, BLOCKS -> false;
                    case TRANSFER -> medium.bytes(count) > BlockLimits.TRANSFER_BYTES_MAX;
                    case COMPARED -> count > BlockLimits.COMPARE_BLOCKS_MAX;
                    case ATOMIC -> count > medium.atomicBlocksMax();
                    case SAME -> count == 0 || count > BlockLimits.WRITE_SAME_BLOCKS_MAX;
                };
        return tooMany ? Sense.invalidCdbField(command.lengthPosition()) : null;
    }

    /** INFORMATION is the first block that is not there. */
    private static CheckCondition outOfRange(long lba, Medium medium) {
        long blocks = medium.blockCount();
        return Sense.of(
                SenseCode.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE,
                Long.compareUnsigned(lba, blocks) < 0 ? blocks : lba);
    }

    private static @Nullable CheckCondition data(
            ScsiTask task, ScsiCommand command, Medium medium) {
        ByteBuffer cdb = task.cdb();
        return switch (command.data()) {
            case NO_DATA, REPLY, BLOCKS_IN -> null;
            case BLOCKS_OUT ->
                    command.range() == ScsiCommand.Range.ATOMIC
                                    && task.dataOutOfferedBytes()
                                            < dataOutBytes(cdb, command, medium)
                            ? Sense.of(SenseCode.INVALID_FIELD_IN_CDB)
                            : null;
            case LIST_OUT ->
                    command.length(cdb) <= BlockLimits.LIST_BYTES_MAX
                            ? null
                            : Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
            case COMPARED_OUT ->
                    switch (cdb.get(1) & BYTCHK_MASK) {
                        case BYTCHK_ONE_BLOCK -> exactly(task, command, medium);
                        case BYTCHK_RESERVED -> Sense.invalidCdbField(1, BYTCHK_BIT);
                        default -> null;
                    };
            case PAIRS_OUT, PATTERN_OUT -> exactly(task, command, medium);
        };
    }

    /** One block stands for many, or each half for itself: which must not be in doubt. */
    private static @Nullable CheckCondition exactly(
            ScsiTask task, ScsiCommand command, Medium medium) {
        int wanted = dataOutBytes(task.cdb(), command, medium);
        boolean none = wanted == 0 && command.data() != ScsiCommand.Data.PAIRS_OUT;
        return none || task.dataOutOfferedBytes() == wanted
                ? null
                : Sense.of(SenseCode.INVALID_FIELD_IN_CDB);
    }

    /**
     * Data-out by the CDB, which has passed {@link #unit}.
     *
     * @return 0..{@link BlockLimits#TRANSFER_BYTES_MAX}
     */
    static int dataOutBytes(ByteBuffer cdb, ScsiCommand command, Medium medium) {
        return switch (command.data()) {
            case NO_DATA, REPLY, BLOCKS_IN -> 0;
            case BLOCKS_OUT -> (int) medium.bytes(command.length(cdb));
            case PAIRS_OUT -> 2 * (int) medium.bytes(command.length(cdb));
            case LIST_OUT -> (int) command.length(cdb);
            case PATTERN_OUT ->
                    command == ScsiCommand.WRITE_SAME_16 && (cdb.get(1) & NDOB) != 0
                            ? 0
                            : medium.blockBytes();
            case COMPARED_OUT ->
                    switch (cdb.get(1) & BYTCHK_MASK) {
                        case BYTCHK_ALL -> (int) medium.bytes(command.length(cdb));
                        case BYTCHK_ONE_BLOCK -> command.length(cdb) == 0 ? 0 : medium.blockBytes();
                        default -> 0;
                    };
        };
    }

    /**
     * Most data-in the command may produce.
     *
     * @return 0..{@link BlockLimits#TRANSFER_BYTES_MAX}
     */
    static int dataInBytes(ScsiTask task, ScsiCommand command, Medium medium) {
        return switch (command.data()) {
            case NO_DATA, BLOCKS_OUT, PAIRS_OUT, LIST_OUT, PATTERN_OUT, COMPARED_OUT -> 0;
            case REPLY -> replyBytes(task, command);
            case BLOCKS_IN ->
                    (int)
                            Math.min(
                                    medium.bytes(command.length(task.cdb())),
                                    task.dataInLimitBytes());
        };
    }

    /** Most data-in of an answer that is cut to the ALLOCATION LENGTH. */
    static int replyBytes(ScsiTask task, ScsiCommand command) {
        long taken = Math.min(command.length(task.cdb()), task.dataInLimitBytes());
        return (int) Math.min(taken, BlockLimits.REPLY_BYTES_MAX);
    }
}
