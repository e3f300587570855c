package org.dbstore.tests.support;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Command descriptor blocks. */
public final class Cdb {
    private Cdb() {}

    /** From hex digits, with or without spaces. */
    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    public static byte[] testUnitReady() {
        return new byte[6];
    }

    public static byte[] inquiry(int allocation) {
        return hex("1200 00%04x00".formatted(allocation));
    }

    /** INQUIRY of a vital product data page. */
    public static byte[] vitalProductData(int page, int allocation) {
        return hex("1201%02x%04x00".formatted(page, allocation));
    }

    public static byte[] reportLuns(int allocation) {
        return ByteBuffer.allocate(12).put((byte) 0xa0).putInt(6, allocation).array();
    }

    public static byte[] readCapacity16() {
        return ByteBuffer.allocate(16).put((byte) 0x9e).put((byte) 0x10).putInt(10, 32).array();
    }

    public static byte[] read10(long lba, int blocks) {
        return tenBytes(0x28, lba, blocks);
    }

    public static byte[] write10(long lba, int blocks) {
        return tenBytes(0x2a, lba, blocks);
    }

    public static byte[] read16(long lba, int blocks) {
        return sixteenBytes(0x88, lba, blocks);
    }

    public static byte[] write16(long lba, int blocks) {
        return sixteenBytes(0x8a, lba, blocks);
    }

    public static byte[] writeSame16(long lba, int blocks) {
        return sixteenBytes(0x93, lba, blocks);
    }

    /** SYNCHRONIZE CACHE (10) of the whole unit. */
    public static byte[] synchronizeCache10() {
        return tenBytes(0x35, 0, 0);
    }

    public static byte[] unmap(int parameterBytes) {
        return hex("42000000000000%04x00".formatted(parameterBytes));
    }

    private static byte[] tenBytes(int opcode, long lba, int blocks) {
        return ByteBuffer.allocate(10)
                .put((byte) opcode)
                .putInt(2, (int) lba)
                .putShort(7, (short) blocks)
                .array();
    }

    private static byte[] sixteenBytes(int opcode, long lba, int blocks) {
        return ByteBuffer.allocate(16)
                .put((byte) opcode)
                .putLong(2, lba)
                .putInt(10, blocks)
                .array();
    }
}
