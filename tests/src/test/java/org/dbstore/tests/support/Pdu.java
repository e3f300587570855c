package org.dbstore.tests.support;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * One iSCSI PDU, every byte of it open to be set (RFC 7143, "iSCSI PDU Formats"): a test may build
 * what no initiator should send.
 */
public final class Pdu {
    /** Length of the basic header segment. */
    public static final int HEADER_BYTES = 48;

    public static final int NOP_OUT = 0x00;
    public static final int SCSI_COMMAND = 0x01;
    public static final int TASK_MANAGEMENT = 0x02;
    public static final int LOGIN = 0x03;
    public static final int TEXT = 0x04;
    public static final int DATA_OUT = 0x05;
    public static final int LOGOUT = 0x06;
    public static final int NOP_IN = 0x20;
    public static final int SCSI_RESPONSE = 0x21;
    public static final int TASK_MANAGEMENT_RESPONSE = 0x22;
    public static final int LOGIN_RESPONSE = 0x23;
    public static final int TEXT_RESPONSE = 0x24;
    public static final int DATA_IN = 0x25;
    public static final int LOGOUT_RESPONSE = 0x26;
    public static final int R2T = 0x31;
    public static final int ASYNC_MESSAGE = 0x32;
    public static final int REJECT = 0x3f;

    /** Added to an opcode: not to be counted in CmdSN. */
    public static final int IMMEDIATE = 0x40;

    /** A task tag that names no task. */
    public static final int NO_TAG = 0xffffffff;

    private final ByteBuffer header;
    private byte[] ahs = new byte[0];
    private byte[] data = new byte[0];
    private int declaredDataBytes = -1;

    private Pdu(byte[] header) {
        this.header = ByteBuffer.wrap(header);
    }

    /** A request, all zero but the opcode and the F bit. */
    public static Pdu request(int opcode) {
        return new Pdu(new byte[HEADER_BYTES]).put8(0, opcode).put8(1, 0x80);
    }

    /** What was received. */
    static Pdu received(byte[] header, byte[] data) {
        return new Pdu(header).data(data);
    }

    public Pdu put8(int offset, int value) {
        header.put(offset, (byte) value);
        return this;
    }

    public Pdu put16(int offset, int value) {
        header.putShort(offset, (short) value);
        return this;
    }

    public Pdu put32(int offset, int value) {
        header.putInt(offset, value);
        return this;
    }

    public Pdu put(int offset, byte[] bytes) {
        header.put(offset, bytes);
        return this;
    }

    public Pdu put(int offset, String hex) {
        return put(offset, HexFormat.of().parseHex(hex));
    }

    /** The LUN field, for a number of 0..255. */
    public Pdu lun(int lun) {
        return put8(9, lun);
    }

    public Pdu taskTag(int tag) {
        return put32(16, tag);
    }

    public Pdu data(byte[] bytes) {
        data = bytes;
        return this;
    }

    /** Text keys, each {@code key=value}, each ended by NUL. */
    public Pdu text(List<String> keys) {
        return data(keysToBytes(keys));
    }

    /** Additional header segments; a multiple of four bytes, at most 1020. */
    public Pdu ahs(byte[] bytes) {
        ahs = bytes;
        return this;
    }

    /** Declares another DataSegmentLength than the data have. */
    public Pdu declareDataBytes(int bytes) {
        declaredDataBytes = bytes;
        return this;
    }

    /** All bytes as sent, with lengths filled in and the data padded, without digests. */
    public byte[] wire() {
        return wire(false, false);
    }

    /** All bytes as sent, with digests as negotiated. */
    public byte[] wire(boolean headerDigest, boolean dataDigest) {
        int declared = declaredDataBytes >= 0 ? declaredDataBytes : data.length;
        header.putInt(4, declared);
        header.put(4, (byte) (ahs.length / 4));
        byte[] paddedData = Arrays.copyOf(data, padded(data.length));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header.array());
        all.writeBytes(ahs);
        if (headerDigest) {
            all.writeBytes(digest(all.toByteArray()));
        }
        all.writeBytes(paddedData);
        if (dataDigest && data.length > 0) {
            all.writeBytes(digest(paddedData));
        }
        return all.toByteArray();
    }

    /** CRC32C as it stands on the wire. */
    public static byte[] digest(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }

    public int opcode() {
        return get8(0) & 0x3f;
    }

    public boolean isFinal() {
        return (get8(1) & 0x80) != 0;
    }

    public int get8(int offset) {
        return header.get(offset) & 0xff;
    }

    public int get16(int offset) {
        return header.getShort(offset) & 0xffff;
    }

    public int get32(int offset) {
        return header.getInt(offset);
    }

    public byte[] data() {
        return data;
    }

    public int taskTag() {
        return get32(16);
    }

    public int statusSequenceNumber() {
        return get32(24);
    }

    public int expectedCommandSequenceNumber() {
        return get32(28);
    }

    public int maxCommandSequenceNumber() {
        return get32(32);
    }

    /** Status class and detail of a login response, such as 0x020B. */
    public int loginStatus() {
        return get16(36);
    }

    /** Reason of a Reject. */
    public int rejectReason() {
        return get8(2);
    }

    /** The data as text keys, in order; a doubled key is an error. */
    public Map<String, String> textKeys() {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String entry : textEntries()) {
            int equals = entry.indexOf('=');
            if (equals < 1
                    || keys.put(entry.substring(0, equals), entry.substring(equals + 1)) != null) {
                throw new AssertionError("bad or doubled key: " + entry);
            }
        }
        return keys;
    }

    /** The data as text entries, in order; SendTargets answers repeat their keys. */
    public List<String> textEntries() {
        if (data.length > 0 && data[data.length - 1] != 0) {
            throw new AssertionError("text that does not end in NUL: " + this);
        }
        List<String> entries = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == 0) {
                entries.add(new String(data, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return entries;
    }

    /** Text keys as they go on the wire. */
    public static byte[] keysToBytes(List<String> keys) {
        StringBuilder text = new StringBuilder();
        keys.forEach(key -> text.append(key).append('\0'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Next multiple of four. */
    static int padded(int bytes) {
        return (bytes + 3) & ~3;
    }

    @Override
    public String toString() {
        return "PDU %s, %d bytes of data"
                .formatted(HexFormat.ofDelimiter(" ").formatHex(header.array()), data.length);
    }
}
