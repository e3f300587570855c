package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.Nexus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Goal: INQUIRY data, byte for byte. */
class InquiryCommandTest {
    private static final String SERIAL = "6024442dd611f604c184f1992a1ac865";

    private final Bench bench = new Bench();

    @Test
    void standardData() {
        assertEquals(
                "00"
                        + "00"
                        + "06"
                        + "12"
                        + "5b"
                        + "38" // TPGS: implicit and explicit, 3PC
                        + "10" // MULTIP: two ports
                        + "02"
                        + ascii("DBS     ")
                        + ascii("DBS VOLUME      ")
                        + ascii("0.1 ")
                        + "00".repeat(22)
                        + "00a0"
                        + "0960"
                        + "0460"
                        + "04c0"
                        + "00".repeat(30),
                bench.hex(FakeTask.cdb("12000000ff00")));
    }

    @Test
    void supportedPagesAscend() {
        assertEquals("0000000a" + "0080838687888fb0b1b2", bench.hex(FakeTask.cdb("12010000ff00")));
    }

    @Test
    void unitSerialNumber() {
        assertEquals("00800020" + ascii(SERIAL), bench.hex(FakeTask.cdb("12018000ff00")));
    }

    @Test
    void deviceIdentification() {
        assertEquals(
                "00830078"
                        + "01030010"
                        + SERIAL // NAA, binary, logical unit
                        + "02010028"
                        + ascii("DBS     " + SERIAL) // T10 vendor, ASCII
                        + "51940004"
                        + "00000001" // relative target port, iSCSI
                        + "51950004"
                        + "00000001" // target port group
                        + "53980024"
                        + ascii("iqn.2026-01.org.dbstore:t,t,0x0001")
                        + "0000",
                bench.hex(FakeTask.cdb("12018300ff00")));
    }

    @Test
    void deviceIdentificationNamesThePortOfTheNexus() {
        var nexus = new Nexus("iqn.2026-01.org.example:a", 1, "iqn.2026-01.org.dbstore:t", 0xabcd);
        String page = bench.hex(FakeTask.cdb("12018300ff00").by(nexus));
        assertEquals("01030010" + SERIAL, page.substring(8, 48), "the unit is the same");
        assertEquals("51940004" + "0000abcd" + "51950004" + "0000abcd", page.substring(136, 168));
        assertEquals(ascii(",t,0xabcd"), page.substring(226, 244));
    }

    @Test
    void copyLimitsBeginWithThoseOfTokens() {
        assertEquals(
                "008f0058"
                        + "00000020"
                        + "000000000000" // vendor specific
                        + "0100"
                        + "0000003c"
                        + "0000001e"
                        + "0000000000080000"
                        + "0000000000020000"
                        + "0001000c"
                        + "0a"
                        + "8303001011"
                        + "8403000307"
                        + "00"
                        + "00040018"
                        + "00000000"
                        + "0008"
                        + "0040"
                        + "00000800"
                        + "00".repeat(12)
                        + "00080004"
                        + "0202e4"
                        + "00",
                bench.hex(FakeTask.cdb("12018f00ff00")));
    }

    @Test
    void modePagesAreSharedByAll() {
        assertEquals("00870004" + "3fff0000", bench.hex(FakeTask.cdb("12018700ff00")));
    }

    @Test
    void portsAreNamed() {
        String port = "00000001" + "00000000" + "00000028" + "53980024";
        String page = bench.hex(FakeTask.cdb("12018800ff00"));
        assertEquals("00880068" + port, page.substring(0, 40));
        assertEquals(ascii("iqn.2026-01.org.dbstore:t,t,0x0001"), page.substring(40, 108));
        assertEquals("00000002", page.substring(112, 120));
        assertTrue(page.endsWith(ascii(",t,0x0002") + "0000"), page);
    }

    @Test
    void extendedInquiryTellsOfAVolatileCache() {
        assertEquals(
                "0086003c" + "00" + "07" + "00" + "00".repeat(57),
                bench.hex(FakeTask.cdb("12018600ff00")));
        assertEquals(
                "0086003c" + "00" + "07" + "01" + "00".repeat(57),
                new Bench(Bench.SIZE_BYTES, 512, true, false).hex(FakeTask.cdb("12018600ff00")));
    }

    @Test
    void blockLimitsOf512() {
        assertEquals(
                "00b0003c"
                        + "01"
                        + "80"
                        + "0008"
                        + "00004000"
                        + "00000800"
                        + "00000000"
                        + "00100000"
                        + "00000100"
                        + "00000800"
                        + "80000000"
                        + "0000000000008000"
                        + "00000800"
                        + "00".repeat(16),
                bench.hex(FakeTask.cdb("1201b000ff00")));
    }

    @Test
    void blockLimitsOf4096() {
        assertEquals(
                "00b0003c"
                        + "01"
                        + "80"
                        + "0001"
                        + "00000800"
                        + "00000100"
                        + "00000000"
                        + "00100000"
                        + "00000100"
                        + "00000100"
                        + "80000000"
                        + "0000000000008000"
                        + "00000100"
                        + "00".repeat(16),
                bench4096().hex(FakeTask.cdb("1201b000ff00")));
    }

    @Test
    void characteristicsSayThatNothingRotates() {
        assertEquals(
                "00b1003c" + "00010040" + "00".repeat(56), bench.hex(FakeTask.cdb("1201b100ff00")));
    }

    @Test
    void provisioningIsThin() {
        assertEquals("00b20004" + "0be40200", bench.hex(FakeTask.cdb("1201b200ff00")));
        assertEquals("00b20004" + "08e40200", bench4096().hex(FakeTask.cdb("1201b200ff00")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"120080006000", "1201b3006000", "12018100ff00", "1201ff006000"})
    void pageNotSupportedOrWithoutEvpdIsRefused(String cdb) {
        byte[] sense = bench.sense(FakeTask.cdb(cdb));
        assertEquals(0x24, sense[12]);
        assertEquals(2, sense[17]);
    }

    @ParameterizedTest(name = "allocation {0}, limit {1}: {2} of {3}")
    @CsvSource({
        "0, 1000, 0, 0",
        "1, 1000, 1, 1",
        "95, 1000, 95, 95",
        "96, 1000, 96, 96",
        "97, 1000, 96, 96",
        "65535, 1000000, 96, 96",
        "96, 36, 36, 96",
        "96, 0, 0, 96"
    })
    void dataIsCutToAllocationAndLimit(int allocation, long limit, int sent, long length) {
        var outcome =
                bench.dataIn(
                        FakeTask.cdb(String.format("120000%04x00", allocation)).taking(limit),
                        bench.luns);
        assertEquals(sent, outcome.data().remaining());
        assertEquals(length, outcome.lengthBytes());
        assertEquals(
                bench.hex(FakeTask.cdb("120000006000")).substring(0, 2 * sent),
                HexFormat.of().formatHex(Bench.bytes(outcome.data())));
    }

    @Test
    void snapshotHasTheSameProductAsItsVolume() {
        Bench snapshot = new Bench(Bench.SIZE_BYTES, 512, false, true);
        assertEquals(
                Arrays.toString(bench.data(FakeTask.cdb("120000006000"))),
                Arrays.toString(snapshot.data(FakeTask.cdb("120000006000"))));
    }

    private static Bench bench4096() {
        return new Bench(Bench.SIZE_BYTES, 4096, false, false);
    }

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}
