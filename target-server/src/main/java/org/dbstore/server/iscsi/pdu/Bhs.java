package org.dbstore.server.iscsi.pdu;

import java.nio.ByteBuffer;

/**
 * The basic header segment (RFC 7143, section 11.2.1): fields by absolute index in a buffer.
 *
 * <pre>
 *  0  .I opcode | flags | opcode-specific
 *  4  TotalAHSLength (words) | DataSegmentLength (3 bytes)
 *  8  LUN, or opcode-specific
 * 16  Initiator Task Tag
 * 20  Target Transfer Tag / Expected Data Transfer Length / ...
 * 24  CmdSN / StatSN
 * 28  ExpStatSN / ExpCmdSN
 * 32  CDB / MaxCmdSN ...
 * </pre>
 *
 * Every method takes the index of the header's first byte; nothing is allocated.
 */
public final class Bhs {
    /** Length of the basic header segment in bytes. */
    public static final int BYTES = 48;

    /** The tag that stands for "none". */
    public static final int RESERVED_TAG = 0xffffffff;

    /** FINAL bit of byte 1. */
    public static final int FINAL = 0x80;

    /** CONTINUE bit of byte 1 in text and login PDUs. */
    public static final int CONTINUE = 0x40;

    // Initiator opcodes.
    public static final int NOP_OUT = 0x00;
    public static final int SCSI_COMMAND = 0x01;
    public static final int TASK_MANAGEMENT_REQUEST = 0x02;
    public static final int LOGIN_REQUEST = 0x03;
    public static final int TEXT_REQUEST = 0x04;
    public static final int DATA_OUT = 0x05;
    public static final int LOGOUT_REQUEST = 0x06;
    public static final int SNACK_REQUEST = 0x10;

    // Target opcodes that are written here; the others come from jSCSI.
    public static final int SCSI_RESPONSE = 0x21;
    public static final int DATA_IN = 0x25;
    public static final int READY_TO_TRANSFER = 0x31;
    public static final int ASYNCHRONOUS_MESSAGE = 0x32;
    public static final int REJECT = 0x3f;

    private static final int IMMEDIATE = 0x40;

    private Bhs() {}

    public static int opcode(ByteBuffer buffer, int at) {
        return buffer.get(at) & 0x3f;
    }

    public static boolean isImmediate(ByteBuffer buffer, int at) {
        return (buffer.get(at) & IMMEDIATE) != 0;
    }

    public static int flags(ByteBuffer buffer, int at) {
        return buffer.get(at + 1) & 0xff;
    }

    public static boolean isFinal(ByteBuffer buffer, int at) {
        return (buffer.get(at + 1) & FINAL) != 0;
    }

    /** Length of the additional header segments in bytes, 0..1020. */
    public static int ahsBytes(ByteBuffer buffer, int at) {
        return (buffer.get(at + 4) & 0xff) * 4;
    }

    /** Length of the data segment in bytes without padding, 0..2^24-1. */
    public static int dataBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 4) & 0xffffff;
    }

    public static long lun(ByteBuffer buffer, int at) {
        return buffer.getLong(at + 8);
    }

    public static int initiatorTaskTag(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 16);
    }

    /** Target transfer tag; in a task management request the referenced task tag. */
    public static int targetTransferTag(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 20);
    }

    /** Expected data transfer length of a SCSI command, 0..2^32-1. */
    public static long expectedDataBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 20) & 0xffffffffL;
    }

    public static int commandSequenceNumber(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 24);
    }

    /** DataSN of a Data-Out. */
    public static int dataSequenceNumber(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 36);
    }

    /** Buffer offset of a Data-Out, 0..2^32-1. */
    public static long bufferOffset(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 40) & 0xffffffffL;
    }

    /** Bytes that fill a data segment up to a multiple of four. */
    public static int padding(int dataBytes) {
        return -dataBytes & 3;
    }

    /**
     * Compares sequence numbers by serial number arithmetic (RFC 1982).
     *
     * @return below 0, 0 or above 0 as {@code a} comes before, is, or comes after {@code b}
     */
    public static int compareSerial(int a, int b) {
        return a - b;
    }

    /** Writes the first 24 bytes of a target PDU; the rest of the 48 is zeroed. */
    public static void begin(
            ByteBuffer header, int opcode, int flags, int dataBytes, long lun, int taskTag) {
        header.putInt(0, opcode << 24 | flags << 16);
        header.putInt(4, dataBytes);
        header.putLong(8, lun);
        header.putInt(16, taskTag);
        header.putInt(20, RESERVED_TAG);
        header.putLong(24, 0);
        header.putLong(32, 0);
        header.putLong(40, 0);
    }
}
