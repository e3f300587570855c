package org.dbstore.server.scsi.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.dbstore.server.lun.Bench;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;
import java.util.List;

/** Goal: MODE SELECT changes what can be changed, all or nothing, and what is saved stays. */
class ModeSelectCommandTest {
    private static final String WRITE = "2a000000000000000100";
    private static final String REST_OF_CACHING = "00".repeat(17);
    private static final String CACHE_ON = "081204" + REST_OF_CACHING;
    private static final String CACHE_OFF = "081200" + REST_OF_CACHING;

    private final MemoryStore store = new MemoryStore();
    private Bench bench = new Bench(Bench.SIZE_BYTES, 512, true, false, store);

    private static FakeTask select(int flags, String list) {
        byte[] bytes = HexFormat.of().parseHex(list.replace(" ", ""));
        return FakeTask.cdb(String.format("15%02x0000%02x00", flags, bytes.length)).sending(bytes);
    }

    private static String control(int senseFormat, int protection) {
        return String.format("0a0a%02x10%02x4000000000%s", 0x20 | senseFormat, protection, "0000");
    }

    private String caching(int pageControl) {
        return bench.hex(FakeTask.cdb(String.format("1a08%02x00ff00", pageControl << 6 | 8)))
                .substring(8, 14);
    }

    @Test
    void cacheGoesOffAfterItWasWritten() {
        bench.good(select(0x10, "00000000" + CACHE_OFF));
        assertEquals(List.of("flush"), bench.volume.calls);
        assertFalse(store.kept.length > 0);
        assertEquals(List.of("881200", "881204", "881204", "881204"), states());
        bench.good(FakeTask.cdb(WRITE).sending(new byte[512]));
        assertEquals("commit", bench.volume.calls.getLast());
    }

    private List<String> states() {
        return List.of(caching(0), caching(1), caching(2), caching(3));
    }

    @Test
    void savedValuesOutlastTheServer() {
        bench.good(select(0x11, "00000000" + CACHE_OFF));
        bench = new Bench(Bench.SIZE_BYTES, 512, true, false, store);
        assertEquals(List.of("881200", "881204", "881204", "881200"), states());
    }

    @Test
    void withoutAStoreTheCacheCannotBeChangedAndNothingSaved() {
        bench = new Bench(Bench.SIZE_BYTES, 512, false, false);
        assertEquals("05/24/00", bench.check(select(0x11, "00000000" + CACHE_OFF)));
        assertEquals("05/26/00", bench.check(select(0x10, "00000000" + CACHE_ON)));
    }

    @Test
    void savingThatFailsChangesNothing() {
        store.fails = true;
        assertEquals("03/0c/00", bench.check(select(0x11, "00000000" + CACHE_OFF)));
        assertEquals("881204", caching(0));
    }

    @Test
    void softwareWriteProtectionRefusesWrites() {
        bench.good(select(0x10, "00000000" + control(0, 8)));
        assertEquals("07/27/02", bench.check(FakeTask.cdb(WRITE).sending(new byte[512])));
        assertEquals("90", bench.hex(FakeTask.cdb("1a080a000400")).substring(4, 6), "WP, DPOFUA");
        bench.good(select(0x10, "00000000" + control(0, 0)));
        bench.good(FakeTask.cdb(WRITE).sending(new byte[512]));
    }

    @Test
    void descriptorSenseOnRequest() {
        bench.good(select(0x10, "00000000" + control(4, 0)));
        assertEquals(
                "7205240000000008" + "0206" + "0000" + "cc0001" + "00",
                sense(FakeTask.cdb("9e1f")));
        assertEquals(
                "720e1d000000000c" + "000a" + "8000" + "0000000000000003",
                sense(FakeTask.cdb("2f020000000000000100").sending(differing(3))));
        bench.good(select(0x10, "00000000" + control(4, 8)));
        assertEquals("7207270200000000", sense(FakeTask.cdb(WRITE)));
    }

    private static byte[] differing(int at) {
        byte[] data = new byte[512];
        data[at] = 1;
        return data;
    }

    private String sense(FakeTask task) {
        return HexFormat.of().formatHex(bench.sense(task));
    }

    @Test
    void theOthersHearOfAChangeButNotOfNone() {
        bench.unit.nexusEstablished(FakeTask.NEXUS_A);
        bench.unit.nexusEstablished(FakeTask.NEXUS_B);
        bench.check(FakeTask.cdb("000000000000"));
        bench.check(FakeTask.cdb("000000000000").by(FakeTask.NEXUS_B));
        bench.good(select(0x10, "00000000" + CACHE_ON));
        bench.good(FakeTask.cdb("000000000000").by(FakeTask.NEXUS_B));
        bench.good(select(0x10, "00000000" + CACHE_OFF));
        bench.good(FakeTask.cdb("000000000000"));
        assertEquals("06/2a/01", bench.check(FakeTask.cdb("000000000000").by(FakeTask.NEXUS_B)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "00000000 0812000000000000000000000000000000000001", // a parameter that is fixed
        "00000000 0811000000000000000000000000000000000000", // length of a page
        "00000000 0912000000000000000000000000000000000000", // no such page
        "00000000 3f12000000000000000000000000000000000000", // all pages is no page
        "00000000 481200000000000000000000000000000000000000", // subpage format
        "00010000 0000", // medium type
        "00000004 00000000", // block descriptor of a wrong length
        "00000008 00000001 00000200", // another number of blocks
        "00000008 00000000 00001000" // another block length
    })
    void whatCannotBeIsAnInvalidParameter(String list) {
        assertEquals("05/26/00", bench.check(select(0x10, list)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"000000", "00000008 00000000", "00000000 0812", "00000000 08"})
    void aListThatIsCutIsRefused(String list) {
        assertEquals("05/1a/00", bench.check(select(0x10, list)));
    }

    @Test
    void nothingToSelectIsNoError() {
        bench.good(select(0x10, ""));
        bench.good(select(0x10, "00000008 00000000 00000200"));
        assertEquals("05/24/00", bench.check(select(0x00, "00000000" + CACHE_OFF)));
    }

    @Test
    void tenBytesDoTheSame() {
        byte[] list = HexFormat.of().parseHex("0000000000000000" + CACHE_OFF);
        bench.good(FakeTask.cdb("55100000000000001c00").sending(list));
        assertEquals("881200", caching(0));
        byte[] longDescriptor =
                HexFormat.of()
                        .parseHex(
                                "0000000001000010"
                                        + String.format("%016x", Bench.SIZE_BYTES / 512)
                                        + "00000000"
                                        + "00000200"
                                        + CACHE_ON);
        bench.good(FakeTask.cdb("55100000000000002c00").sending(longDescriptor));
        assertEquals("881204", caching(0));
    }
}
