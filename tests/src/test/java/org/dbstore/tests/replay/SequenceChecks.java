package org.dbstore.tests.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.TestServer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the words of an expectation say of the data that came with GOOD. */
final class SequenceChecks {
    private static final int EXTENT_BLOCKS = 2048;
    private static final int LAST_LBA = (int) (TestServer.VOLUME_BYTES / 512) - 1;

    private SequenceChecks() {}

    static void check(SequenceRow row, ScsiAnswer answer) {
        ByteBuffer data = ByteBuffer.wrap(answer.data());
        switch (row.command().replace(" ", "").substring(0, 6)) {
            case "A00000" -> reportLuns(row, answer, data);
            case "120000", "122000" -> inquiry(row, data);
            case "120100" -> pages(answer.data());
            case "120180" -> serialNumber(answer.data());
            case "120183" -> identification(answer.data());
            case "1201B0" -> blockLimits(data);
            case "1201B1" -> {
                assertEquals(0x3c, data.getShort(2), "page length");
                assertEquals(1, data.getShort(4), "rotation: none");
            }
            case "1201B2" -> {
                assertTrue(data.getShort(2) >= 4, "page length");
                assertEquals(0xe4, data.get(5) & 0xff, "LBPU, LBPWS, LBPWS10, LBPRZ");
                assertEquals(0x02, data.get(6) & 0xff, "thin");
            }
            case "12018F" -> {
                assertEquals(0, data.getShort(4), "first descriptor");
                assertEquals(0x20, data.getShort(6), "its length");
            }
            case "4D000C" -> resources(data);
            case "5E0000" -> keys(row, data);
            case "5E0100" -> {
                assertEquals(16, data.getInt(4), "additional length");
                assertEquals(5, data.get(21), "type");
            }
            case "A30A00" -> assertEquals(12, data.getInt(0), "one group of one port");
            case "A32A00" -> {
                assertEquals(16, data.getInt(0), "one group of one port");
                assertEquals(0x10, data.get(4) & 0x70, "extended header");
            }
            case "840300" -> {
                assertEquals(1, data.get(4), "SNLID");
                assertTrue(data.getShort(8) >= 2 && data.getShort(10) >= 1, "descriptors");
                assertEquals(0x02e4, data.getShort(44) & 0xffff, "types of descriptors");
            }
            case "250000" -> assertEquals(LAST_LBA, data.getInt(0), "last LBA");
            case "9E1000" -> readCapacity16(row, data);
            case "9E1200" -> blockStatus(row, data);
            case "1A003F" -> modePages(row, data);
            case "1A0008" -> {
                assertEquals(0x88, data.get(4 + data.get(3)) & 0xff, "page 08 with PS");
                assertEquals(0x12, data.get(5 + data.get(3)), "page length");
            }
            case "1A080A" -> {
                assertEquals(0, data.get(3), "no block descriptor");
                assertEquals(0x0a, data.get(4) & 0x3f, "page 0A");
            }
            case "A30C01" -> assertEquals(3, data.get(1) & 0x07, "supported");
            case "280000" ->
                    assertEquals(row.allocationBytes(), answer.data().length, "bytes read");
            default -> assertEquals(0, answer.data().length, "data-in");
        }
    }

    private static void resources(ByteBuffer data) {
        assertEquals(0x0c, data.get(0), "page");
        assertEquals(1, data.getShort(4), "available resources");
        assertTrue(data.getInt(8) > 0, "some are");
        assertEquals(2, data.getShort(16), "used resources");
    }

    private static void keys(SequenceRow row, ByteBuffer data) {
        boolean afterPreemption = row.expectation().startsWith("B's key");
        assertEquals(8, data.getInt(4), "one key");
        assertEquals(afterPreemption ? 0xaabbccddeeff0011L : 0x1122334455667788L, data.getLong(8));
    }

    private static void reportLuns(SequenceRow row, ScsiAnswer answer, ByteBuffer data) {
        int listBytes = data.getInt(0);
        boolean esx = row.sequence().startsWith("E");
        assertEquals(esx ? 8 : 16, listBytes, "LUN list length");
        assertEquals(esx ? 1L << 48 : 0, data.getLong(8), "first LUN");
        assertEquals(
                row.allocationBytes() - 8 - listBytes, answer.underflowBytes(), "residual with U");
    }

    private static void inquiry(SequenceRow row, ByteBuffer data) {
        int peripheral = data.get(0) & 0xff;
        if (row.sequence().equals("E1") && row.lun() == 0) {
            assertTrue(List.of(0x7f, 0x20).contains(peripheral), "no LUN 0: " + peripheral);
            return;
        }
        assertEquals(0, peripheral, "a disk that is there");
        assertTrue(List.of(4, 5, 6).contains((int) data.get(2)), "version " + data.get(2));
        assertEquals(0x12, data.get(3) & 0x1f, "HISUP, response data format 2");
        if (row.allocationBytes() > 36) {
            assertEquals(data.limit() - 5, data.get(4) & 0xff, "additional length");
            assertTrue(hasVersionDescriptor(data, 0x0960), "version descriptor of iSCSI");
        }
    }

    private static boolean hasVersionDescriptor(ByteBuffer data, int descriptor) {
        for (int offset = 58; offset + 2 <= Math.min(data.limit(), 74); offset += 2) {
            if (data.getShort(offset) == descriptor) {
                return true;
            }
        }
        return false;
    }

    private static void pages(byte[] data) {
        if (data.length == 4) {
            assertTrue(data[3] > 0, "true length beyond the allocation");
            return;
        }
        for (int i = 5; i < data.length; i++) {
            assertTrue((data[i] & 0xff) > (data[i - 1] & 0xff), "ascending");
        }
        String list = new String(data, 4, data.length - 4, StandardCharsets.ISO_8859_1);
        for (char page : new char[] {0x00, 0x80, 0x83, 0x8f, 0xb0, 0xb1, 0xb2}) {
            assertTrue(list.indexOf(page) >= 0, "page %02X is not listed".formatted((int) page));
        }
    }

    private static void serialNumber(byte[] data) {
        assertTrue(data.length > 4, "a serial number");
        for (int i = 4; i < data.length; i++) {
            assertTrue(data[i] >= 0x20 && data[i] < 0x7f, "ASCII");
        }
    }

    /** At least one binary NAA-6 designator of the logical unit. */
    private static void identification(byte[] data) {
        for (int i = 4; i + 4 <= data.length; i += 4 + (data[i + 3] & 0xff)) {
            boolean binary = (data[i] & 0x0f) == 1;
            boolean naaOfUnit = (data[i + 1] & 0x3f) == 3;
            if (binary && naaOfUnit && (data[i + 4] & 0xf0) == 0x60) {
                assertEquals(16, data[i + 3], "length of an NAA-6 identifier");
                return;
            }
        }
        throw new AssertionError("no NAA-6 identifier");
    }

    private static void blockLimits(ByteBuffer data) {
        assertEquals(0x3c, data.getShort(2), "page length");
        assertTrue(data.getInt(20) != 0, "MAXIMUM UNMAP LBA COUNT");
        assertTrue(data.getInt(24) != 0, "MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT");
        assertEquals(EXTENT_BLOCKS, data.getInt(28), "OPTIMAL UNMAP GRANULARITY");
        assertEquals(0x80000000, data.getInt(32), "UGAVALID, alignment 0");
    }

    private static void readCapacity16(SequenceRow row, ByteBuffer data) {
        assertEquals(row.allocationBytes(), data.limit(), "as many bytes as there is room for");
        assertEquals(LAST_LBA, data.getLong(0), "last LBA");
        assertEquals(512, data.getInt(8), "block length");
        if (data.limit() >= 16) {
            assertEquals(0x03, data.get(13) & 0x0f, "8 logical blocks in a physical one");
            assertEquals(0xc0, data.get(14) & 0xff, "LBPME, LBPRZ, aligned at 0");
        }
    }

    private static void blockStatus(SequenceRow row, ByteBuffer data) {
        long lba = ByteBuffer.wrap(row.cdb()).getLong(2);
        assertEquals(lba, data.getLong(8), "LBA of the first descriptor");
        if (lba == 0x800) {
            assertEquals(1, data.get(20) & 0x0f, "deallocated");
        }
        long next = lba;
        for (int i = 8; i + 16 <= data.limit(); i += 16) {
            int blocks = data.getInt(i + 8);
            assertEquals(next, data.getLong(i), "contiguous");
            next += Integer.toUnsignedLong(blocks);
            assertTrue(blocks % EXTENT_BLOCKS == 0 || i + 16 == data.limit(), "slabs: " + blocks);
        }
    }

    private static void modePages(SequenceRow row, ByteBuffer data) {
        boolean writeProtected = row.sequence().equals("W6");
        assertEquals(writeProtected ? 0x80 : 0, data.get(2) & 0x80, "WP");
        StringBuilder pages = new StringBuilder();
        for (int i = 4 + data.get(3); i + 2 <= data.limit(); i += 2 + (data.get(i + 1) & 0xff)) {
            pages.append("%02X ".formatted(data.get(i) & 0x3f));
        }
        for (String page : List.of("08", "0A", "1C")) {
            assertTrue(pages.toString().contains(page), page + " is missing in " + pages);
        }
    }
}
