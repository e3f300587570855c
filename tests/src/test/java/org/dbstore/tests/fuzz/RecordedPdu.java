package org.dbstore.tests.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** A PDU of an initiator, to be sent again: as it was, or bent. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record RecordedPdu(byte[] header, byte[] ahs, byte[] data) {
    static final int HEADER_BYTES = 48;

    static final int SCSI_COMMAND = 0x01;
    static final int LOGIN = 0x03;
    static final int TEXT = 0x04;
    static final int DATA_OUT = 0x05;
    static final int NOP_OUT = 0x00;

    /** Cuts a PDU off the front of a stream, whose digests are dropped. */
    static RecordedPdu read(ByteBuffer stream, boolean headerDigest, boolean dataDigest) {
        byte[] header = new byte[HEADER_BYTES];
        stream.get(header);
        byte[] ahs = new byte[(header[4] & 0xff) * 4];
        stream.get(ahs);
        skip(stream, headerDigest ? 4 : 0);
        byte[] data = new byte[ByteBuffer.wrap(header).getInt(4) & 0xffffff];
        stream.get(data);
        skip(stream, -data.length & 3);
        skip(stream, dataDigest && data.length > 0 ? 4 : 0);
        return new RecordedPdu(header, ahs, data);
    }

    private static void skip(ByteBuffer stream, int bytes) {
        stream.position(stream.position() + bytes);
    }

    int opcode() {
        return header[0] & 0x3f;
    }

    /** True if the initiator waits for something before it goes on. */
    boolean isAnswered() {
        boolean last = (header[1] & 0x80) != 0;
        return switch (opcode()) {
            case SCSI_COMMAND, DATA_OUT -> last;
            case NOP_OUT -> ByteBuffer.wrap(header).getInt(16) != -1;
            default -> true;
        };
    }

    RecordedPdu copy() {
        return new RecordedPdu(header.clone(), ahs.clone(), data.clone());
    }

    /** The same with other data, whose length the header tells. */
    RecordedPdu withData(byte[] other) {
        byte[] changed = header.clone();
        changed[5] = (byte) (other.length >> 16);
        changed[6] = (byte) (other.length >> 8);
        changed[7] = (byte) other.length;
        return new RecordedPdu(changed, ahs, other);
    }

    /** Puts a field of four bytes into the header. */
    void put32(int offset, int value) {
        ByteBuffer.wrap(header).putInt(offset, value);
    }

    /** As it goes over the wire, whatever the header says of its lengths. */
    byte[] wire(boolean headerDigest, boolean dataDigest) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header);
        all.writeBytes(ahs);
        if (headerDigest) {
            all.writeBytes(digest(all.toByteArray()));
        }
        byte[] padded = Arrays.copyOf(data, (data.length + 3) & ~3);
        all.writeBytes(padded);
        if (dataDigest && data.length > 0) {
            all.writeBytes(digest(padded));
        }
        return all.toByteArray();
    }

    private static byte[] digest(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }
}
