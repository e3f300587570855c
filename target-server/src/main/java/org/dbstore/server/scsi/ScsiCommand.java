package org.dbstore.server.scsi;

import static org.dbstore.server.scsi.ScsiCommand.Conflict.BY_RESERVE;
import static org.dbstore.server.scsi.ScsiCommand.Conflict.NO_CONFLICT;
import static org.dbstore.server.scsi.ScsiCommand.Conflict.OF_READ;
import static org.dbstore.server.scsi.ScsiCommand.Conflict.OF_RESERVE;
import static org.dbstore.server.scsi.ScsiCommand.Conflict.OF_STOP;
import static org.dbstore.server.scsi.ScsiCommand.Conflict.OF_WRITE;
import static org.dbstore.server.scsi.ScsiCommand.Data.BLOCKS_IN;
import static org.dbstore.server.scsi.ScsiCommand.Data.BLOCKS_OUT;
import static org.dbstore.server.scsi.ScsiCommand.Data.COMPARED_OUT;
import static org.dbstore.server.scsi.ScsiCommand.Data.LIST_OUT;
import static org.dbstore.server.scsi.ScsiCommand.Data.NO_DATA;
import static org.dbstore.server.scsi.ScsiCommand.Data.PAIRS_OUT;
import static org.dbstore.server.scsi.ScsiCommand.Data.PATTERN_OUT;
import static org.dbstore.server.scsi.ScsiCommand.Data.REPLY;
import static org.dbstore.server.scsi.ScsiCommand.Gate.OPEN;
import static org.dbstore.server.scsi.ScsiCommand.Gate.UNIT;
import static org.dbstore.server.scsi.ScsiCommand.Gate.WRITABLE;
import static org.dbstore.server.scsi.ScsiCommand.Length.BYTE_13;
import static org.dbstore.server.scsi.ScsiCommand.Length.BYTE_4;
import static org.dbstore.server.scsi.ScsiCommand.Length.BYTE_4_ZERO_IS_256;
import static org.dbstore.server.scsi.ScsiCommand.Length.EIGHT;
import static org.dbstore.server.scsi.ScsiCommand.Length.INT_10;
import static org.dbstore.server.scsi.ScsiCommand.Length.INT_5;
import static org.dbstore.server.scsi.ScsiCommand.Length.INT_6;
import static org.dbstore.server.scsi.ScsiCommand.Length.NO_LENGTH;
import static org.dbstore.server.scsi.ScsiCommand.Length.SHORT_12;
import static org.dbstore.server.scsi.ScsiCommand.Length.SHORT_3;
import static org.dbstore.server.scsi.ScsiCommand.Length.SHORT_7;
import static org.dbstore.server.scsi.ScsiCommand.Range.ATOMIC;
import static org.dbstore.server.scsi.ScsiCommand.Range.BLOCKS;
import static org.dbstore.server.scsi.ScsiCommand.Range.COMPARED;
import static org.dbstore.server.scsi.ScsiCommand.Range.NO_BLOCKS;
import static org.dbstore.server.scsi.ScsiCommand.Range.SAME;
import static org.dbstore.server.scsi.ScsiCommand.Range.START;
import static org.dbstore.server.scsi.ScsiCommand.Range.TRANSFER;
import static org.dbstore.server.scsi.ScsiCommand.Wait.ALWAYS;
import static org.dbstore.server.scsi.ScsiCommand.Wait.AS_WRITES_DO;
import static org.dbstore.server.scsi.ScsiCommand.Wait.LONG;
import static org.dbstore.server.scsi.ScsiCommand.Wait.NEVER;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The commands the target supports, one row each: what is the same kind of fact for every command
 * stands here, the behaviour in its handler. The gate checks by this table, and REPORT SUPPORTED
 * OPERATION CODES answers from it.
 *
 * <p>The usage mask is the CDB USAGE DATA of SPC-4, "REPORT SUPPORTED OPERATION CODES": a 1 bit is
 * evaluated (or, for GROUP NUMBER and FUA_NV, allowed), a 0 bit has to be 0 in the CDB received. So
 * the mask alone refuses protection information (RDPROTECT, WRPROTECT, VRPROTECT) and ANCHOR. In
 * the CONTROL byte, NACA is evaluated: it is refused.
 */
public enum ScsiCommand {
    /** TEST UNIT READY (SPC-4). */
    TEST_UNIT_READY(0x00, UNIT, BY_RESERVE, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "000000000004"),
    /** REQUEST SENSE (SPC-4). */
    REQUEST_SENSE(0x03, OPEN, NO_CONFLICT, REPLY, BYTE_4, NO_BLOCKS, NEVER, "03010000ff04"),
    /** READ(6) (SBC-3). */
    READ_6(0x08, UNIT, OF_READ, BLOCKS_IN, BYTE_4_ZERO_IS_256, TRANSFER, NEVER, "081fffffff04"),
    /** WRITE(6) (SBC-3). */
    WRITE_6(
            0x0a,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            BYTE_4_ZERO_IS_256,
            TRANSFER,
            AS_WRITES_DO,
            "0a1fffffff04"),
    /** INQUIRY (SPC-4). */
    INQUIRY(0x12, OPEN, NO_CONFLICT, REPLY, SHORT_3, NO_BLOCKS, NEVER, "1201ffffff04"),
    /** MODE SELECT(6) (SPC-4). */
    MODE_SELECT_6(0x15, UNIT, OF_WRITE, LIST_OUT, BYTE_4, NO_BLOCKS, ALWAYS, "15110000ff04"),
    /** RESERVE(6) (SPC-2). */
    RESERVE_6(0x16, UNIT, OF_RESERVE, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "160000000004"),
    /** RELEASE(6) (SPC-2). */
    RELEASE_6(0x17, UNIT, NO_CONFLICT, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "170000000004"),
    /** MODE SENSE(6) (SPC-4). */
    MODE_SENSE_6(0x1a, UNIT, OF_READ, REPLY, BYTE_4, NO_BLOCKS, NEVER, "1a08ffffff04"),
    /** START STOP UNIT (SBC-3). */
    START_STOP_UNIT(0x1b, UNIT, OF_STOP, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "1b01000ff704"),
    /** RECEIVE DIAGNOSTIC RESULTS (SPC-4). */
    RECEIVE_DIAGNOSTIC_RESULTS(
            0x1c, UNIT, OF_READ, REPLY, SHORT_3, NO_BLOCKS, NEVER, "1c01ffffff04"),
    /** SEND DIAGNOSTIC (SPC-4). */
    SEND_DIAGNOSTIC(0x1d, UNIT, OF_WRITE, LIST_OUT, SHORT_3, NO_BLOCKS, ALWAYS, "1df700ffff04"),
    /** PREVENT ALLOW MEDIUM REMOVAL (SPC-4). */
    PREVENT_ALLOW_MEDIUM_REMOVAL(
            0x1e, UNIT, OF_STOP, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "1e0000000304"),
    /** READ CAPACITY(10) (SBC-3). */
    READ_CAPACITY_10(
            0x25, UNIT, NO_CONFLICT, REPLY, EIGHT, NO_BLOCKS, NEVER, "2500ffffffff00000104"),
    /** READ(10) (SBC-3). */
    READ_10(0x28, UNIT, OF_READ, BLOCKS_IN, SHORT_7, TRANSFER, NEVER, "281affffffff1fffff04"),
    /** WRITE(10) (SBC-3). */
    WRITE_10(
            0x2a,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            SHORT_7,
            TRANSFER,
            AS_WRITES_DO,
            "2a1affffffff1fffff04"),
    /** WRITE AND VERIFY(10) (SBC-3). */
    WRITE_AND_VERIFY_10(
            0x2e,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            SHORT_7,
            TRANSFER,
            ALWAYS,
            "2e12ffffffff1fffff04"),
    /** VERIFY(10) (SBC-3). */
    VERIFY_10(0x2f, UNIT, OF_READ, COMPARED_OUT, SHORT_7, TRANSFER, ALWAYS, "2f16ffffffff1fffff04"),
    /** PRE-FETCH(10) (SBC-3). */
    PRE_FETCH_10(0x34, UNIT, OF_READ, NO_DATA, SHORT_7, BLOCKS, NEVER, "3402ffffffff1fffff04"),
    /** SYNCHRONIZE CACHE(10) (SBC-3). */
    SYNCHRONIZE_CACHE_10(
            0x35, UNIT, OF_WRITE, NO_DATA, SHORT_7, BLOCKS, NEVER, "3506ffffffff1fffff04"),
    /** READ DEFECT DATA(10) (SBC-3). */
    READ_DEFECT_DATA_10(
            0x37, UNIT, OF_READ, REPLY, SHORT_7, NO_BLOCKS, NEVER, "37001f00000000ffff04"),
    /** WRITE SAME(10) (SBC-3). */
    WRITE_SAME_10(
            0x41, WRITABLE, OF_WRITE, PATTERN_OUT, SHORT_7, SAME, ALWAYS, "4108ffffffff1fffff04"),
    /** UNMAP (SBC-3). */
    UNMAP(0x42, WRITABLE, OF_WRITE, LIST_OUT, SHORT_7, NO_BLOCKS, ALWAYS, "4200000000001fffff04"),
    /** RESERVE(10) (SPC-2). */
    RESERVE_10(
            0x56, UNIT, OF_RESERVE, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "56000000000000000004"),
    /** RELEASE(10) (SPC-2). */
    RELEASE_10(
            0x57, UNIT, NO_CONFLICT, NO_DATA, NO_LENGTH, NO_BLOCKS, NEVER, "57000000000000000004"),
    /** SANITIZE, OVERWRITE (SBC-3). */
    SANITIZE_OVERWRITE(
            0x48,
            0x01,
            WRITABLE,
            OF_WRITE,
            LIST_OUT,
            SHORT_7,
            NO_BLOCKS,
            LONG,
            "48a10000000000ffff04"),
    /** SANITIZE, BLOCK ERASE (SBC-3). */
    SANITIZE_BLOCK_ERASE(
            0x48,
            0x02,
            WRITABLE,
            OF_WRITE,
            LIST_OUT,
            SHORT_7,
            NO_BLOCKS,
            LONG,
            "48a20000000000ffff04"),
    /** SANITIZE, EXIT FAILURE MODE (SBC-3). */
    SANITIZE_EXIT_FAILURE_MODE(
            0x48,
            0x1f,
            WRITABLE,
            OF_WRITE,
            LIST_OUT,
            SHORT_7,
            NO_BLOCKS,
            ALWAYS,
            "48bf0000000000ffff04"),
    /** LOG SENSE (SPC-4). */
    LOG_SENSE(0x4d, UNIT, NO_CONFLICT, REPLY, SHORT_7, NO_BLOCKS, ALWAYS, "4d00ffff00ffffffff04"),
    /** MODE SELECT(10) (SPC-4). */
    MODE_SELECT_10(
            0x55, UNIT, OF_WRITE, LIST_OUT, SHORT_7, NO_BLOCKS, ALWAYS, "55110000000000ffff04"),
    /** MODE SENSE(10) (SPC-4). */
    MODE_SENSE_10(0x5a, UNIT, OF_READ, REPLY, SHORT_7, NO_BLOCKS, NEVER, "5a18ffff000000ffff04"),
    /** PERSISTENT RESERVE IN, READ KEYS (SPC-4). */
    PERSISTENT_RESERVE_IN_READ_KEYS(
            0x5e, 0x00, UNIT, BY_RESERVE, REPLY, SHORT_7, NO_BLOCKS, NEVER, "5e000000000000ffff04"),
    /** PERSISTENT RESERVE IN, READ RESERVATION (SPC-4). */
    PERSISTENT_RESERVE_IN_READ_RESERVATION(
            0x5e, 0x01, UNIT, BY_RESERVE, REPLY, SHORT_7, NO_BLOCKS, NEVER, "5e010000000000ffff04"),
    /** PERSISTENT RESERVE IN, REPORT CAPABILITIES (SPC-4). */
    PERSISTENT_RESERVE_IN_REPORT_CAPABILITIES(
            0x5e, 0x02, UNIT, BY_RESERVE, REPLY, SHORT_7, NO_BLOCKS, NEVER, "5e020000000000ffff04"),
    /** PERSISTENT RESERVE IN, READ FULL STATUS (SPC-4). */
    PERSISTENT_RESERVE_IN_READ_FULL_STATUS(
            0x5e, 0x03, UNIT, BY_RESERVE, REPLY, SHORT_7, NO_BLOCKS, NEVER, "5e030000000000ffff04"),
    /** PERSISTENT RESERVE OUT, REGISTER (SPC-4). */
    PERSISTENT_RESERVE_OUT_REGISTER(
            0x5f,
            0x00,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f00ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, RESERVE (SPC-4). */
    PERSISTENT_RESERVE_OUT_RESERVE(
            0x5f,
            0x01,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f01ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, RELEASE (SPC-4). */
    PERSISTENT_RESERVE_OUT_RELEASE(
            0x5f,
            0x02,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f02ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, CLEAR (SPC-4). */
    PERSISTENT_RESERVE_OUT_CLEAR(
            0x5f,
            0x03,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f03ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, PREEMPT (SPC-4). */
    PERSISTENT_RESERVE_OUT_PREEMPT(
            0x5f,
            0x04,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f04ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, PREEMPT AND ABORT (SPC-4). */
    PERSISTENT_RESERVE_OUT_PREEMPT_AND_ABORT(
            0x5f,
            0x05,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f05ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, REGISTER AND IGNORE EXISTING KEY (SPC-4). */
    PERSISTENT_RESERVE_OUT_REGISTER_AND_IGNORE_EXISTING_KEY(
            0x5f,
            0x06,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f06ff0000ffffffff04"),
    /** PERSISTENT RESERVE OUT, REGISTER AND MOVE (SPC-4). */
    PERSISTENT_RESERVE_OUT_REGISTER_AND_MOVE(
            0x5f,
            0x07,
            UNIT,
            BY_RESERVE,
            LIST_OUT,
            INT_5,
            NO_BLOCKS,
            ALWAYS,
            "5f07ff0000ffffffff04"),
    /** EXTENDED COPY(LID1) (SPC-4). */
    EXTENDED_COPY_LID1(
            0x83,
            0x00,
            UNIT,
            OF_WRITE,
            LIST_OUT,
            INT_10,
            NO_BLOCKS,
            LONG,
            "83000000000000000000ffffffff0004"),
    /** POPULATE TOKEN (SBC-3). */
    POPULATE_TOKEN(
            0x83,
            0x10,
            UNIT,
            OF_READ,
            LIST_OUT,
            INT_10,
            NO_BLOCKS,
            ALWAYS,
            "831000000000ffffffffffffffff1f04"),
    /** WRITE USING TOKEN (SBC-3). */
    WRITE_USING_TOKEN(
            0x83,
            0x11,
            WRITABLE,
            OF_WRITE,
            LIST_OUT,
            INT_10,
            NO_BLOCKS,
            LONG,
            "831100000000ffffffffffffffff1f04"),
    /** RECEIVE COPY STATUS(LID1) (SPC-4). */
    RECEIVE_COPY_STATUS_LID1(
            0x84,
            0x00,
            UNIT,
            OF_WRITE,
            REPLY,
            INT_10,
            NO_BLOCKS,
            NEVER,
            "8400ff00000000000000ffffffff0004"),
    /** RECEIVE COPY RESULTS, OPERATING PARAMETERS (SPC-4). */
    RECEIVE_COPY_OPERATING_PARAMETERS(
            0x84,
            0x03,
            UNIT,
            OF_WRITE,
            REPLY,
            INT_10,
            NO_BLOCKS,
            NEVER,
            "8403ff00000000000000ffffffff0004"),
    /** RECEIVE ROD TOKEN INFORMATION (SPC-4). */
    RECEIVE_ROD_TOKEN_INFORMATION(
            0x84,
            0x07,
            UNIT,
            OF_WRITE,
            REPLY,
            INT_10,
            NO_BLOCKS,
            NEVER,
            "8407ffffffff00000000ffffffff0004"),
    /** READ(16) (SBC-3). */
    READ_16(
            0x88,
            UNIT,
            OF_READ,
            BLOCKS_IN,
            INT_10,
            TRANSFER,
            NEVER,
            "881affffffffffffffffffffffff1f04"),
    /** COMPARE AND WRITE (SBC-3). */
    COMPARE_AND_WRITE(
            0x89,
            WRITABLE,
            OF_WRITE,
            PAIRS_OUT,
            BYTE_13,
            COMPARED,
            ALWAYS,
            "891affffffffffffffff000000ff1f04"),
    /** WRITE(16) (SBC-3). */
    WRITE_16(
            0x8a,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            INT_10,
            TRANSFER,
            AS_WRITES_DO,
            "8a1affffffffffffffffffffffff1f04"),
    /** ORWRITE(16) (SBC-3). */
    ORWRITE_16(
            0x8b,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            INT_10,
            TRANSFER,
            ALWAYS,
            "8b1affffffffffffffffffffffff1f04"),
    /** WRITE AND VERIFY(16) (SBC-3). */
    WRITE_AND_VERIFY_16(
            0x8e,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            INT_10,
            TRANSFER,
            ALWAYS,
            "8e12ffffffffffffffffffffffff1f04"),
    /** VERIFY(16) (SBC-3). */
    VERIFY_16(
            0x8f,
            UNIT,
            OF_READ,
            COMPARED_OUT,
            INT_10,
            TRANSFER,
            ALWAYS,
            "8f16ffffffffffffffffffffffff1f04"),
    /** PRE-FETCH(16) (SBC-3). */
    PRE_FETCH_16(
            0x90,
            UNIT,
            OF_READ,
            NO_DATA,
            INT_10,
            BLOCKS,
            NEVER,
            "9002ffffffffffffffffffffffff1f04"),
    /** SYNCHRONIZE CACHE(16) (SBC-3). */
    SYNCHRONIZE_CACHE_16(
            0x91,
            UNIT,
            OF_WRITE,
            NO_DATA,
            INT_10,
            BLOCKS,
            NEVER,
            "9106ffffffffffffffffffffffff1f04"),
    /** WRITE SAME(16) (SBC-3). */
    WRITE_SAME_16(
            0x93,
            WRITABLE,
            OF_WRITE,
            PATTERN_OUT,
            INT_10,
            SAME,
            ALWAYS,
            "9309ffffffffffffffffffffffff1f04"),
    /** WRITE ATOMIC(16) (SBC-4); ATOMIC BOUNDARY is 0. */
    WRITE_ATOMIC_16(
            0x9c,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            SHORT_12,
            ATOMIC,
            ALWAYS,
            "9c18ffffffffffffffff0000ffff1f04"),
    /** READ CAPACITY(16) (SBC-3). */
    READ_CAPACITY_16(
            0x9e,
            0x10,
            UNIT,
            NO_CONFLICT,
            REPLY,
            INT_10,
            NO_BLOCKS,
            NEVER,
            "9e10ffffffffffffffffffffffff0104"),
    /** GET LBA STATUS (SBC-3). */
    GET_LBA_STATUS(
            0x9e,
            0x12,
            UNIT,
            OF_READ,
            REPLY,
            INT_10,
            START,
            NEVER,
            "9e12ffffffffffffffffffffffff0004"),
    /** REPORT LUNS (SPC-4). */
    REPORT_LUNS(
            0xa0, OPEN, NO_CONFLICT, REPLY, INT_6, NO_BLOCKS, NEVER, "a000ff000000ffffffff0004"),
    /** REPORT TARGET PORT GROUPS (SPC-4). */
    REPORT_TARGET_PORT_GROUPS(
            0xa3,
            0x0a,
            UNIT,
            NO_CONFLICT,
            REPLY,
            INT_6,
            NO_BLOCKS,
            NEVER,
            "a3ea00000000ffffffff0004"),
    /** REPORT SUPPORTED OPERATION CODES (SPC-4). */
    REPORT_SUPPORTED_OPERATION_CODES(
            0xa3, 0x0c, UNIT, OF_READ, REPLY, INT_6, NO_BLOCKS, NEVER, "a30c87ffffffffffffff0004"),
    /** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4). */
    REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS(
            0xa3, 0x0d, UNIT, OF_READ, REPLY, INT_6, NO_BLOCKS, NEVER, "a30d80000000ffffffff0004"),
    /** REPORT TIMESTAMP (SPC-4). */
    REPORT_TIMESTAMP(
            0xa3,
            0x0f,
            UNIT,
            NO_CONFLICT,
            REPLY,
            INT_6,
            NO_BLOCKS,
            NEVER,
            "a30f00000000ffffffff0004"),
    /** SET TARGET PORT GROUPS (SPC-4); only of a target that lets initiators do it. */
    SET_TARGET_PORT_GROUPS(
            0xa4,
            0x0a,
            UNIT,
            OF_WRITE,
            LIST_OUT,
            INT_6,
            NO_BLOCKS,
            NEVER,
            "a40a00000000ffffffff0004"),
    /** SET TIMESTAMP (SPC-4). */
    SET_TIMESTAMP(
            0xa4,
            0x0f,
            UNIT,
            OF_WRITE,
            LIST_OUT,
            INT_6,
            NO_BLOCKS,
            NEVER,
            "a40f00000000ffffffff0004"),
    /** READ(12) (SBC-3). */
    READ_12(0xa8, UNIT, OF_READ, BLOCKS_IN, INT_6, TRANSFER, NEVER, "a81affffffffffffffff1f04"),
    /** WRITE(12) (SBC-3). */
    WRITE_12(
            0xaa,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            INT_6,
            TRANSFER,
            AS_WRITES_DO,
            "aa1affffffffffffffff1f04"),
    /** WRITE AND VERIFY(12) (SBC-3). */
    WRITE_AND_VERIFY_12(
            0xae,
            WRITABLE,
            OF_WRITE,
            BLOCKS_OUT,
            INT_6,
            TRANSFER,
            ALWAYS,
            "ae12ffffffffffffffff1f04"),
    /** VERIFY(12) (SBC-3). */
    VERIFY_12(
            0xaf, UNIT, OF_READ, COMPARED_OUT, INT_6, TRANSFER, ALWAYS, "af16ffffffffffffffff1f04"),
    /** READ DEFECT DATA(12) (SBC-3). */
    READ_DEFECT_DATA_12(
            0xb7, UNIT, OF_READ, REPLY, INT_6, NO_BLOCKS, NEVER, "b71fffffffffffffffff0004");

    /** In which state of the logical unit the command is let through. */
    public enum Gate {
        /** Always: even with a unit attention pending, even if no such unit is mapped. */
        OPEN,
        /** If the unit is mapped and no attention is pending. */
        UNIT,
        /** As {@link #UNIT}, and if the unit is not write protected. */
        WRITABLE
    }

    /**
     * Which reservations of others it meets (SPC-4 and SBC-3, "Commands allowed in the presence of
     * various reservations"; SPC-2 for RESERVE).
     */
    public enum Conflict {
        /** None. */
        NO_CONFLICT,
        /** RESERVE only. */
        BY_RESERVE,
        /** Registrations too: it is RESERVE itself. */
        OF_RESERVE,
        /** RESERVE and Exclusive Access: it reads. */
        OF_READ,
        /** All: it changes something. */
        OF_WRITE,
        /** As {@link #OF_WRITE}, unless the CDB only starts the unit or allows removal. */
        OF_STOP
    }

    /** What moves in the data phase, and by which rule of the CDB. */
    public enum Data {
        /** Nothing. */
        NO_DATA,
        /** In: an answer, cut to the ALLOCATION LENGTH. */
        REPLY,
        /** In: the blocks of the range. */
        BLOCKS_IN,
        /** Out: the blocks of the range. */
        BLOCKS_OUT,
        /** Out: the blocks of the range twice, to compare and to write. */
        PAIRS_OUT,
        /** Out: by BYTCHK nothing, the blocks of the range, or one block. */
        COMPARED_OUT,
        /** Out: one block, unless NDOB. */
        PATTERN_OUT,
        /** Out: a parameter list of PARAMETER LIST LENGTH. */
        LIST_OUT
    }

    /** Where the allocation, parameter list or transfer length or the number of blocks stands. */
    public enum Length {
        /** Nowhere. */
        NO_LENGTH(0),
        /** 8 bytes by definition: READ CAPACITY(10). */
        EIGHT(0),
        /** Byte 4. */
        BYTE_4(4),
        /** Byte 4, and 0 means 256 blocks: READ(6), WRITE(6). */
        BYTE_4_ZERO_IS_256(4),
        /** Byte 13. */
        BYTE_13(13),
        /** Bytes 3..4. */
        SHORT_3(3),
        /** Bytes 7..8. */
        SHORT_7(7),
        /** Bytes 12..13. */
        SHORT_12(12),
        /** Bytes 5..8. */
        INT_5(5),
        /** Bytes 6..9. */
        INT_6(6),
        /** Bytes 10..13. */
        INT_10(10);

        private final int position;

        Length(int position) {
            this.position = position;
        }

        private long read(ByteBuffer cdb) {
            return switch (this) {
                case NO_LENGTH -> 0;
                case EIGHT -> 8;
                case BYTE_4, BYTE_13 -> Byte.toUnsignedLong(cdb.get(position));
                case BYTE_4_ZERO_IS_256 -> (Byte.toUnsignedLong(cdb.get(position)) - 1 & 0xff) + 1;
                case SHORT_3, SHORT_7, SHORT_12 -> Short.toUnsignedLong(cdb.getShort(position));
                case INT_5, INT_6, INT_10 -> Integer.toUnsignedLong(cdb.getInt(position));
            };
        }
    }

    /** Which blocks the CDB names, and how many it may name. */
    public enum Range {
        /** None. */
        NO_BLOCKS,
        /** Those from the LBA on; it has to exist. */
        START,
        /** LBA and number of blocks. */
        BLOCKS,
        /** LBA and number, at most {@link BlockLimits#TRANSFER_BYTES_MAX}. */
        TRANSFER,
        /** LBA and number, at most {@link BlockLimits#COMPARE_BLOCKS_MAX}. */
        COMPARED,
        /** LBA and number, at most {@link Medium#atomicBlocksMax}; all data has to come. */
        ATOMIC,
        /** LBA and number, 1..{@link BlockLimits#WRITE_SAME_BLOCKS_MAX} (WSNZ=1). */
        SAME
    }

    /** Whether the command may wait for the medium, or take long, in the thread that runs it. */
    public enum Wait {
        /** No: it answers from memory, or goes on in the pool by itself. */
        NEVER,
        /** As the volume says of its writes. */
        AS_WRITES_DO,
        /** Yes. */
        ALWAYS,
        /** Yes, and it may move gigabytes. */
        LONG
    }

    private static final int NO_SERVICE_ACTION = -1;
    private static final int SERVICE_ACTION_MASK = 0x1f;
    private static final ScsiCommand[] BY_OPCODE = new ScsiCommand[256];
    private static final ScsiCommand[][] BY_SERVICE_ACTION = new ScsiCommand[256][];

    static {
        for (ScsiCommand command : values()) {
            if (command.hasServiceAction()) {
                if (BY_SERVICE_ACTION[command.operationCode] == null) {
                    BY_SERVICE_ACTION[command.operationCode] =
                            new ScsiCommand[SERVICE_ACTION_MASK + 1];
                }
                BY_SERVICE_ACTION[command.operationCode][command.serviceAction] = command;
            } else {
                BY_OPCODE[command.operationCode] = command;
            }
        }
    }

    private final int operationCode;
    private final int serviceAction;
    private final Gate gate;
    private final Conflict conflict;
    private final Data data;
    private final Length length;
    private final Range range;
    private final Wait wait;

    @SuppressWarnings("ImmutableEnumChecker") // never written, never handed out
    private final byte[] usage;

    ScsiCommand(
            int operationCode,
            Gate gate,
            Conflict conflict,
            Data data,
            Length length,
            Range range,
            Wait wait,
            String usage) {
        this(operationCode, NO_SERVICE_ACTION, gate, conflict, data, length, range, wait, usage);
    }

    ScsiCommand(
            int operationCode,
            int serviceAction,
            Gate gate,
            Conflict conflict,
            Data data,
            Length length,
            Range range,
            Wait wait,
            String usage) {
        this.operationCode = operationCode;
        this.serviceAction = serviceAction;
        this.gate = gate;
        this.conflict = conflict;
        this.data = data;
        this.length = length;
        this.range = range;
        this.wait = wait;
        this.usage = HexFormat.of().parseHex(usage);
    }

    /**
     * Finds the row of a CDB.
     *
     * @param cdb absolute access
     * @return null if the operation code, or its service action, is not supported
     */
    public static @Nullable ScsiCommand of(ByteBuffer cdb) {
        return of(Byte.toUnsignedInt(cdb.get(0)), cdb.get(1) & SERVICE_ACTION_MASK);
    }

    /**
     * Finds a row.
     *
     * @param operationCode 8 bits
     * @param serviceAction ignored for an operation code without service actions
     * @return null if not supported
     */
    public static @Nullable ScsiCommand of(int operationCode, int serviceAction) {
        ScsiCommand command = BY_OPCODE[operationCode];
        if (command != null) {
            return command;
        }
        ScsiCommand[] rows = BY_SERVICE_ACTION[operationCode];
        return rows == null || serviceAction > SERVICE_ACTION_MASK ? null : rows[serviceAction];
    }

    /**
     * Tells whether an operation code stands for several commands, told apart by service action.
     *
     * @param operationCode 8 bits
     * @return true if at least one of them is supported
     */
    public static boolean hasServiceActions(int operationCode) {
        return BY_SERVICE_ACTION[operationCode] != null;
    }

    /** The OPERATION CODE, 8 bits. */
    public int operationCode() {
        return operationCode;
    }

    /** Tells whether a SERVICE ACTION is part of the command's name. */
    public boolean hasServiceAction() {
        return serviceAction != NO_SERVICE_ACTION;
    }

    /** The SERVICE ACTION, 5 bits; 0 if there is none. */
    public int serviceAction() {
        return hasServiceAction() ? serviceAction : 0;
    }

    /** When it is let through. */
    public Gate gate() {
        return gate;
    }

    /** Which reservations it meets. */
    public Conflict conflict() {
        return conflict;
    }

    /** What its data phase moves. */
    public Data data() {
        return data;
    }

    /** Which blocks it names. */
    public Range range() {
        return range;
    }

    /** Whether it may wait. */
    public Wait waits() {
        return wait;
    }

    /** Length of the CDB: 6, 10, 12 or 16 bytes. */
    public int cdbBytes() {
        return usage.length;
    }

    /**
     * Returns a byte of the usage mask.
     *
     * @param index 0..{@link #cdbBytes} - 1
     * @return 8 bits, unsigned
     */
    public int usage(int index) {
        return Byte.toUnsignedInt(usage[index]);
    }

    /**
     * Decodes the LOGICAL BLOCK ADDRESS.
     *
     * @param cdb absolute access
     * @return unsigned: 21 bits in a 6-byte CDB, 32 bits in 10 and 12, 64 bits in 16
     */
    public long lba(ByteBuffer cdb) {
        return switch (usage.length) {
            case 6 -> cdb.getInt(0) & 0x1f_ffffL;
            case 16 -> cdb.getLong(2);
            default -> Integer.toUnsignedLong(cdb.getInt(2));
        };
    }

    /**
     * Decodes the allocation, parameter list or transfer length, or the number of blocks.
     *
     * @param cdb absolute access
     * @return bytes or blocks, by {@link #data} and {@link #range}; 0..2^32 - 1
     */
    public long length(ByteBuffer cdb) {
        return length.read(cdb);
    }

    /** First byte of the field that {@link #length} decodes, for the field pointer of sense. */
    public int lengthPosition() {
        return length.position;
    }
}
