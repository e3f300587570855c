package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.lun.CommandDispatcher.Admission.Refused;
import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.MemoryVolume;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.TargetPortGroups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Goal: REPORT and SET TARGET PORT GROUPS, what is served in which state, and who is told of a
 * change, are as SPC-4, "Asymmetric logical unit access", has them.
 */
class AsymmetricAccessTest {
    private static final AccessState OPTIMIZED = AccessState.ACTIVE_OPTIMIZED;
    private static final AccessState NON_OPTIMIZED = AccessState.ACTIVE_NON_OPTIMIZED;
    private static final AccessState STANDBY = AccessState.STANDBY;
    private static final AccessState UNAVAILABLE = AccessState.UNAVAILABLE;

    private static final String READY = "000000000000";
    private static final String REPORT = "a30a000000000000ffff0000";
    private static final String TARGET = "iqn.2026-01.org.dbstore:t";

    /** They come through group 1. */
    private static final Nexus NEAR = FakeTask.NEXUS_A;

    private static final Nexus NEAR_TOO = FakeTask.NEXUS_B;
    private static final Nexus FAR = new Nexus("iqn.2026-01.org.example:a", 1, TARGET, 2);
    private static final Nexus OF_ANOTHER_TARGET =
            new Nexus("iqn.2026-01.org.example:a", 1, TARGET + "2", 2);

    /** What SPC-4 wants in the standby state, and READ CAPACITY: operation codes. */
    private static final Set<String> IN_STANDBY =
            Set.of("4d", "15", "55", "1a", "5a", "1c", "1d", "5e", "5f", "25", "9e10");

    private static final Set<String> ALWAYS = Set.of("12", "a0", "03", "a30a", "a40a");

    private final Bench bench = new Bench();

    @Test
    void groupsOfAllPortsAreReported() {
        String groups = "000f000100000001" + "00000001" + "000f000200000001" + "00000002";
        assertEquals("00000018" + groups, bench.hex(FakeTask.cdb(REPORT)));
        assertEquals(
                "0000001c" + "10000000" + groups,
                bench.hex(FakeTask.cdb("a32a000000000000ffff0000")));
    }

    @Test
    void theGroupThatIsConfiguredToBeBetterIsPreferred() {
        assertEquals(
                "00000018"
                        + "800f00010000000100000001" // PREF
                        + "010f00020000000100000002",
                report(luns(groups(OPTIMIZED, NON_OPTIMIZED, false))));
    }

    @Test
    void noneIsPreferredWhereInitiatorsChoose() {
        var groups = groups(OPTIMIZED, NON_OPTIMIZED, true);
        LunMap luns = luns(groups);
        assertEquals(
                "00000018" + "000f00010000000100000001" + "010f00020000000100000002", report(luns));
        groups.set(Map.of(1, NON_OPTIMIZED, 2, OPTIMIZED));
        assertEquals(
                "00000018"
                        + "010f00010001000100000001" // STATUS CODE: by SET TARGET PORT GROUPS
                        + "000f00020001000100000002",
                report(luns));
    }

    @Test
    void aChangeIsToldToAllNexusesOfTheTargetButTheOneThatMadeIt() {
        var another =
                Bench.unit(
                        new MemoryVolume(1 << 20),
                        new LogicalUnit.Settings(512, 4096, false, new UUID(1, 2)));
        var units = new TreeMap<>(Map.of(0, bench.unit, 1, another));
        LunMap target = new LunMap(units, bench.portGroups);
        // The nexus that makes the change sees one of the two units, by a map of its own.
        LunMap view = target.view(new TreeMap<>(Map.of(0, bench.unit)));
        List<Nexus> nexuses = List.of(NEAR, NEAR_TOO, FAR, OF_ANOTHER_TARGET);
        for (Nexus nexus : nexuses) {
            for (LogicalUnit unit : List.of(bench.unit, another)) {
                unit.nexusEstablished(nexus);
                unit.attentions().take(nexus);
            }
        }
        assertEquals(
                CommandOutcome.Good.GOOD, bench.run(set("00000000" + "02000002").by(NEAR), view));
        assertEquals(List.of(), told(bench.unit, NEAR));
        assertEquals(List.of("06/2a/06"), told(bench.unit, NEAR_TOO));
        assertEquals(List.of("06/2a/06"), told(bench.unit, FAR));
        assertEquals(List.of(), told(bench.unit, OF_ANOTHER_TARGET));
        assertEquals(List.of("06/2a/06"), told(another, NEAR), "it said so to the other unit");
        assertEquals(List.of("06/2a/06"), told(another, FAR));
        assertEquals("06/2a/06", bench.check(FakeTask.cdb(READY).by(FAR)));
        assertEquals("02/04/0b", bench.check(FakeTask.cdb(READY).by(FAR)));
    }

    @Test
    void settingTheStateThatIsThereIsNoChange() {
        bench.unit.nexusEstablished(NEAR_TOO);
        bench.unit.attentions().take(NEAR_TOO);
        bench.good(set("00000000" + "00000001" + "00000002").by(NEAR));
        bench.good(set("00000000").by(NEAR));
        bench.good(FakeTask.cdb("a40a00000000000000000000").by(NEAR));
        assertEquals(List.of(), told(bench.unit, NEAR_TOO));
        assertEquals(
                "00000018" + "000f00010000000100000001" + "000f00020000000100000002",
                bench.hex(FakeTask.cdb(REPORT)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no such group,                  00000000 01000001 01000003,          05/26/00, 10",
        "no group 0,                     00000000 01000000,                   05/26/00, 6",
        "logical block dependent,        00000000 01000001 04000002,          05/26/00, 8",
        "offline,                        00000000 01000001 0e000002,          05/26/00, 8",
        "transitioning,                  00000000 0f000001,                   05/26/00, 4",
        "one group in two states,        00000000 01000001 02000001,          05/26/00, 10",
        "half a header,                  0000,                                05/24/00, 6",
        "a descriptor that is cut short, 00000000 01000001 0100,              05/24/00, 6"
    })
    void aListWithAFaultChangesNothing(String fault, String list, String expected, int pointer) {
        String text = list.replace(" ", "");
        assertEquals(expected, bench.check(set(text)), fault);
        assertEquals(pointer, bench.sense(set(text))[17], "field pointer");
        assertEquals(
                "00000018" + "000f00010000000100000001" + "000f00020000000100000002",
                bench.hex(FakeTask.cdb(REPORT)));
    }

    @Test
    void aListOfWhichNotAllCameIsRefused() {
        assertEquals(
                "05/1a/00",
                bench.check(
                        FakeTask.cdb("a40a00000000000000080000")
                                .sending(HexFormat.of().parseHex("00000000"))));
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void inStandbyAUnitIsLookedAtAndReservedButNotUsed(ScsiCommand command) {
        boolean served = isIn(IN_STANDBY, command) || isIn(ALWAYS, command);
        LunMap luns = luns(groups(NON_OPTIMIZED, STANDBY, true));
        assertEquals(served ? "" : "02/04/0b", inaccessible(command, FAR, luns));
        assertEquals("", inaccessible(command, NEAR, luns), "through the other group");
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void inUnavailableNextToNothingIsServed(ScsiCommand command) {
        LunMap luns = luns(groups(OPTIMIZED, UNAVAILABLE, true));
        assertEquals(isIn(ALWAYS, command) ? "" : "02/04/0c", inaccessible(command, FAR, luns));
        assertEquals("", inaccessible(command, NEAR, luns), "through the other group");
    }

    @Test
    void aGroupThatIsNotServedCanBeSetThroughItself() {
        LunMap luns = luns(groups(OPTIMIZED, UNAVAILABLE, true));
        assertEquals("02/04/0c", inaccessible(ScsiCommand.READ_10, FAR, luns));
        assertEquals(
                CommandOutcome.Good.GOOD, bench.run(set("00000000" + "00000002").by(FAR), luns));
        assertEquals("", inaccessible(ScsiCommand.READ_10, FAR, luns));
    }

    @Test
    void throughAnUnavailablePortInquirySaysThatNoDeviceIsConnected() {
        LunMap luns = luns(groups(STANDBY, UNAVAILABLE, true));
        for (String inquiry : List.of("12000000ff00", "12018300ff00")) {
            assertEquals(0x20, firstByte(FakeTask.cdb(inquiry).by(FAR), luns));
            assertEquals(0x00, firstByte(FakeTask.cdb(inquiry).by(NEAR), luns));
        }
        assertEquals(0x7f, firstByte(FakeTask.cdb("12000000ff00").by(FAR).lun(9), luns));
    }

    @Test
    void whereInitiatorsMayNotSetStatesThereIsNoSuchCommand() {
        LunMap luns = luns(groups(OPTIMIZED, STANDBY, false));
        byte[] sense = sense(set("00000000" + "00000002"), luns);
        assertEquals("05/24/00", text(sense));
        assertEquals((byte) 0xcc, sense[15], "SKSV, C/D, BPV, bit 4: the service action");
        assertEquals(1, sense[17]);
        var all = bench.dataIn(FakeTask.cdb("a30c000000000000ffff0000"), luns);
        String opcodes = HexFormat.of().formatHex(Bench.bytes(all.data()));
        assertFalse(opcodes.contains("a400000a0001000c"), "in the list of commands");
        assertTrue(opcodes.contains("a400000f0001000c"), "SET TIMESTAMP is");
        var one = bench.dataIn(FakeTask.cdb("a30c03a4000a0000ffff0000"), luns);
        assertEquals("00010000", HexFormat.of().formatHex(Bench.bytes(one.data())));
        var inquiry = bench.dataIn(FakeTask.cdb("12000000ff00"), luns);
        assertEquals(0x18, Bench.bytes(inquiry.data())[5], "TPGS: implicit, 3PC");
    }

    @Test
    void whatInitiatorsHaveSetStaysUntilItIsConfiguredOtherwise() {
        var groups = groups(OPTIMIZED, STANDBY, true);
        groups.set(Map.of(2, NON_OPTIMIZED));
        var alike = groups(OPTIMIZED, STANDBY, true);
        assertSame(groups, groups.followedBy(alike));
        var other = groups(NON_OPTIMIZED, NON_OPTIMIZED, true);
        assertSame(other, groups.followedBy(other));
        assertFalse(groups.hasSameStates(other));
        assertEquals(
                "00000018"
                        + "010f00010002000100000001" // by the configuration
                        + "010f00020001000100000002", // as SET TARGET PORT GROUPS left it
                report(luns(other)));
    }

    private static TargetPortGroups groups(AccessState one, AccessState two, boolean settable) {
        return new TargetPortGroups(Map.of(1, one, 2, two), settable);
    }

    private LunMap luns(TargetPortGroups groups) {
        return new LunMap(new TreeMap<>(Map.of(0, bench.unit)), groups);
    }

    private static FakeTask set(String list) {
        byte[] bytes = HexFormat.of().parseHex(list);
        return FakeTask.cdb("a40a00000000%08x0000".formatted(bytes.length)).sending(bytes);
    }

    private String report(LunMap luns) {
        return HexFormat.of()
                .formatHex(Bench.bytes(bench.dataIn(FakeTask.cdb(REPORT), luns).data()));
    }

    private int firstByte(FakeTask task, LunMap luns) {
        return Bench.bytes(bench.dataIn(task, luns).data())[0];
    }

    /** Why the gate does not let a command through for the state of its port; "" if it does. */
    private String inaccessible(ScsiCommand command, Nexus nexus, LunMap luns) {
        FakeTask task = FakeTask.cdb("").by(nexus);
        task.cdb().put(0, (byte) command.operationCode());
        task.cdb().put(1, (byte) command.serviceAction());
        String code =
                bench.admit(task, luns)
                                instanceof Refused(CommandOutcome.CheckCondition(byte[] sense))
                        ? text(sense)
                        : "";
        return code.startsWith("02/04/") ? code : "";
    }

    private byte[] sense(FakeTask task, LunMap luns) {
        return bench.run(task, luns) instanceof CommandOutcome.CheckCondition(byte[] sense)
                ? sense
                : new byte[18];
    }

    private static String text(byte[] sense) {
        return String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]);
    }

    private static List<String> told(LogicalUnit unit, Nexus nexus) {
        return unit.pendingAttentions(nexus).stream()
                .map(code -> "%02x/%02x/%02x".formatted(code.key(), code.asc(), code.ascq()))
                .toList();
    }

    private static boolean isIn(Set<String> codes, ScsiCommand command) {
        String code = "%02x".formatted(command.operationCode());
        return codes.contains(code)
                || codes.contains(code + "%02x".formatted(command.serviceAction()));
    }
}
