package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.Status;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.MemoryStore;
import org.dbstore.server.scsi.MemoryVolume;
import org.dbstore.server.scsi.Nexus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Goal: registrations and persistent reservations do what SPC-4 says, seen from outside. */
class PersistentReservationsTest {
    private static final Nexus A = FakeTask.NEXUS_A;
    private static final Nexus B = FakeTask.NEXUS_B;
    private static final Nexus C =
            new Nexus("iqn.2026-01.org.example:c", 0x80123456789aL, A.targetName(), 2);

    private static final long KEY_A = 0xaaaaL;
    private static final long KEY_B = 0xbbbbL;
    private static final long KEY_C = 0xccccL;

    private static final int REGISTER = 0;
    private static final int RESERVE = 1;
    private static final int RELEASE = 2;
    private static final int CLEAR = 3;
    private static final int PREEMPT = 4;
    private static final int PREEMPT_AND_ABORT = 5;
    private static final int REGISTER_AND_IGNORE = 6;
    private static final int REGISTER_AND_MOVE = 7;

    private static final int WRITE_EXCLUSIVE = 1;
    private static final int EXCLUSIVE_ACCESS = 3;
    private static final int WRITE_EXCLUSIVE_RO = 5;
    private static final int WRITE_EXCLUSIVE_AR = 7;

    private static final String READ = "28000000000000000100";
    private static final String WRITE = "2a000000000000000100";
    private static final String READY = "000000000000";

    private static final int ALL_TG_PT = 4;
    private static final int SPEC_I_PT = 8;
    private static final int APTPL = 1;

    private final MemoryStore store = new MemoryStore();
    private final CommandDispatcher dispatcher =
            new CommandDispatcher(Runnable::run, Runnable::run);
    private LunMap luns;

    @BeforeEach
    void startServer() throws Exception {
        var settings = new LogicalUnit.Settings(512, 4096, false, Bench.IDENTITY);
        var unit =
                new LogicalUnit(new MemoryVolume(Bench.SIZE_BYTES), settings, store, Bench.GAUGE);
        luns = new LunMap(new TreeMap<>(Map.of(0, unit)), List.of(1, 2));
        for (Nexus each : List.of(A, B, C)) {
            unit.nexusEstablished(each);
            run(FakeTask.cdb(READY).by(each));
        }
    }

    private @Nullable CommandOutcome run(FakeTask task) {
        switch (dispatcher.admit(task, luns)) {
            case CommandDispatcher.Admission.Refused(var outcome) -> task.complete(outcome);
            case CommandDispatcher.Admission.Admitted admitted -> {
                task.collect(admitted.dataOutBytes(), admitted.dataInBytes());
                dispatcher.execute(task, luns, admitted);
            }
        }
        return task.outcome();
    }

    private static String words(@Nullable CommandOutcome outcome) {
        return switch (outcome) {
            case CommandOutcome.Good good -> "GOOD";
            case CommandOutcome.DataIn in -> HexFormat.of().formatHex(Bench.bytes(in.data()));
            case CommandOutcome.CheckCondition(byte[] sense) ->
                    String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]);
            case CommandOutcome.Status status ->
                    status.equals(Status.RESERVATION_CONFLICT) ? "CONFLICT" : status.toString();
            case CommandOutcome.Deferred deferred -> "deferred";
            case CommandOutcome.GoodAhead ahead -> "no end of a task";
            case null -> "pending";
        };
    }

    private String ask(Nexus who, String cdb) {
        byte[] data = cdb.equals(WRITE) ? new byte[512] : new byte[0];
        String answer = words(run(FakeTask.cdb(cdb).by(who).sending(data)));
        return cdb.equals(READ) && answer.length() == 1024 ? "GOOD" : answer;
    }

    private String out(Nexus who, int action, int type, long key, long actionKey, int flags) {
        return out(who, action, type, key, actionKey, flags, new byte[0]);
    }

    private String out(
            Nexus who, int action, int type, long key, long actionKey, int flags, byte[] more) {
        ByteBuffer list = ByteBuffer.allocate(24 + more.length).putLong(key).putLong(actionKey);
        list.put(20, (byte) flags).put(24, more);
        return outList(who, action, type, list.array());
    }

    private String outList(Nexus who, int action, int type, byte[] list) {
        String cdb = String.format("5f%02x%02x0000%08x00", action, type, list.length);
        return words(run(FakeTask.cdb(cdb).by(who).sending(list)));
    }

    private void good(Nexus who, int action, int type, long key, long actionKey) {
        assertEquals("GOOD", out(who, action, type, key, actionKey, 0));
    }

    private void registerAll() {
        good(A, REGISTER, 0, 0, KEY_A);
        good(B, REGISTER, 0, 0, KEY_B);
    }

    private String in(int action) {
        return ask(A, String.format("5e%02x00000000000fff00", action));
    }

    private static String key(long key) {
        return String.format("%016x", key);
    }

    private String reservation() {
        return in(1).substring(8);
    }

    private static String held(long key, int type) {
        return "00000010" + key(key) + "00000000" + "00" + String.format("%02x", type) + "0000";
    }

    private static byte[] transportIds(String... names) {
        ByteBuffer ids = ByteBuffer.allocate(4096).position(4);
        for (String name : names) {
            int length = Math.max(20, (name.length() / 4 + 1) * 4);
            ids.put((byte) (name.contains(",i,") ? 0x45 : 0x05)).put((byte) 0);
            ids.putShort((short) length);
            int at = ids.position();
            ids.put(name.getBytes(StandardCharsets.US_ASCII)).position(at + length);
        }
        byte[] bytes = new byte[ids.position()];
        ids.putInt(0, bytes.length - 4).get(0, bytes);
        return bytes;
    }

    @Test
    void keysAreReadInOrderOfRegistrationWithTheGeneration() {
        registerAll();
        assertEquals("00000002" + "00000010" + key(KEY_A) + key(KEY_B), in(0));
    }

    @Test
    void registeringWithAWrongKeyConflicts() {
        assertEquals("CONFLICT", out(A, REGISTER, 0, 1, KEY_A, 0));
        good(A, REGISTER, 0, 0, KEY_A);
        assertEquals("CONFLICT", out(A, REGISTER, 0, 0, KEY_B, 0));
        good(A, REGISTER, 0, KEY_A, KEY_B);
        assertEquals("00000002" + "00000008" + key(KEY_B), in(0));
    }

    @Test
    void registerAndIgnoreNeedsNoKey() {
        good(A, REGISTER_AND_IGNORE, 0, 99, KEY_A);
        good(A, REGISTER_AND_IGNORE, 0, 98, KEY_B);
        assertEquals("00000002" + "00000008" + key(KEY_B), in(0));
    }

    @Test
    void unregisteringWhatIsNotRegisteredChangesNothing() {
        good(A, REGISTER, 0, 0, 0);
        assertEquals("00000000" + "00000000", in(0));
    }

    @Test
    void reservingNeedsARegistration() {
        assertEquals("CONFLICT", out(A, RESERVE, WRITE_EXCLUSIVE, 0, 0, 0));
        good(A, REGISTER, 0, 0, KEY_A);
        assertEquals("CONFLICT", out(A, RESERVE, WRITE_EXCLUSIVE, KEY_B, 0, 0));
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        assertEquals(held(KEY_A, WRITE_EXCLUSIVE), reservation());
    }

    @Test
    void reservingTwiceIsFineInTheSameTypeOnly() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        assertEquals("CONFLICT", out(A, RESERVE, EXCLUSIVE_ACCESS, KEY_A, 0, 0));
        assertEquals("CONFLICT", out(B, RESERVE, WRITE_EXCLUSIVE, KEY_B, 0, 0));
    }

    @ParameterizedTest(name = "type {0}: registered {1}/{2}, unregistered {3}/{4}")
    @CsvSource({
        "1, GOOD, CONFLICT, GOOD, CONFLICT",
        "3, CONFLICT, CONFLICT, CONFLICT, CONFLICT",
        "5, GOOD, GOOD, GOOD, CONFLICT",
        "6, GOOD, GOOD, CONFLICT, CONFLICT",
        "7, GOOD, GOOD, GOOD, CONFLICT",
        "8, GOOD, GOOD, CONFLICT, CONFLICT"
    })
    void eachTypeLetsThroughWhatItShould(
            int type, String readB, String writeB, String readC, String writeC) {
        registerAll();
        good(A, RESERVE, type, KEY_A, 0);
        assertEquals(
                List.of("GOOD", "GOOD", readB, writeB, readC, writeC),
                List.of(
                        ask(A, READ),
                        ask(A, WRITE),
                        ask(B, READ),
                        ask(B, WRITE),
                        ask(C, READ),
                        ask(C, WRITE)));
        assertEquals("GOOD", ask(C, READY));
    }

    @Test
    void onlyTheHolderReleasesAndInTheRightType() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        good(B, RELEASE, WRITE_EXCLUSIVE, KEY_B, 0);
        assertEquals(held(KEY_A, WRITE_EXCLUSIVE), reservation());
        assertEquals("05/26/04", out(A, RELEASE, EXCLUSIVE_ACCESS, KEY_A, 0, 0));
        good(A, RELEASE, WRITE_EXCLUSIVE, KEY_A, 0);
        assertEquals("00000000", reservation());
        assertEquals("GOOD", ask(B, READY));
    }

    @Test
    void theEndOfASharedReservationIsToldToWhoSharedIt() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE_RO, KEY_A, 0);
        good(A, RELEASE, WRITE_EXCLUSIVE_RO, KEY_A, 0);
        assertEquals("06/2a/04", ask(B, READY));
        assertEquals("GOOD", ask(A, READY));
        assertEquals("GOOD", ask(C, READY));
    }

    @Test
    void theHoldersUnregistrationEndsItsReservation() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE_RO, KEY_A, 0);
        good(A, REGISTER, 0, KEY_A, 0);
        assertEquals("06/2a/04", ask(B, READY));
        assertEquals("00000000", reservation());
    }

    @Test
    void aReservationOfAllRegistrantsLastsUntilTheLastHasGone() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE_AR, KEY_A, 0);
        good(A, REGISTER, 0, KEY_A, 0);
        assertEquals(held(0, WRITE_EXCLUSIVE_AR), reservation());
        good(B, REGISTER, 0, KEY_B, 0);
        assertEquals("00000000", reservation());
    }

    @Test
    void clearEndsAllAndTellsTheOthers() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        good(B, CLEAR, 0, KEY_B, 0);
        assertEquals("06/2a/03", ask(A, READY));
        assertEquals("GOOD", ask(B, READY));
        assertEquals("00000003" + "00000000", in(0));
    }

    @Test
    void preemptTakesTheReservationAndTheRegistration() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE_RO, KEY_A, 0);
        good(B, PREEMPT, WRITE_EXCLUSIVE_RO, KEY_B, KEY_A);
        assertEquals("06/2a/05", ask(A, READY));
        assertEquals("00000003" + "00000008" + key(KEY_B), in(0));
        assertEquals(held(KEY_B, WRITE_EXCLUSIVE_RO), reservation());
        assertEquals("CONFLICT", ask(A, WRITE));
    }

    @Test
    void preemptOfAnotherKeyLeavesTheReservation() {
        registerAll();
        good(C, REGISTER, 0, 0, KEY_C);
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        good(B, PREEMPT, EXCLUSIVE_ACCESS, KEY_B, KEY_C);
        assertEquals("06/2a/05", ask(C, READY));
        assertEquals(held(KEY_A, WRITE_EXCLUSIVE), reservation());
    }

    @Test
    void preemptThatChangesTheTypeTellsTheRest() {
        registerAll();
        good(C, REGISTER, 0, 0, KEY_C);
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        good(B, PREEMPT, EXCLUSIVE_ACCESS, KEY_B, KEY_A);
        assertEquals("06/2a/05", ask(A, READY));
        assertEquals("06/2a/04", ask(C, READY));
        assertEquals(held(KEY_B, EXCLUSIVE_ACCESS), reservation());
    }

    @Test
    void preemptOfAKeyNobodyHasConflicts() {
        registerAll();
        assertEquals("CONFLICT", out(A, PREEMPT, WRITE_EXCLUSIVE, KEY_A, 77, 0));
        assertEquals("05/26/00", out(A, PREEMPT, WRITE_EXCLUSIVE, KEY_A, 0, 0));
    }

    @Test
    void preemptOfAllRegistrantsByKeyZero() {
        registerAll();
        good(C, REGISTER, 0, 0, KEY_C);
        good(A, RESERVE, WRITE_EXCLUSIVE_AR, KEY_A, 0);
        good(B, PREEMPT, WRITE_EXCLUSIVE, KEY_B, 0);
        assertEquals("06/2a/05", ask(A, READY));
        assertEquals("06/2a/05", ask(C, READY));
        assertEquals(held(KEY_B, WRITE_EXCLUSIVE), reservation());
    }

    @Test
    void preemptAndAbortWaitsForTheTasksOfTheVictim() {
        List<Runnable> whenAborted = new ArrayList<>();
        List<Set<Nexus>> victims = new ArrayList<>();
        dispatcher.abortsThrough((unit, nexuses, except, done) -> {
            victims.add(nexuses);
            whenAborted.add(done);
        });
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        ByteBuffer list = ByteBuffer.allocate(24).putLong(KEY_B).putLong(KEY_A);
        FakeTask task = FakeTask.cdb("5f050100000000001800").by(B).sending(list.array());
        assertNull(run(task));
        assertEquals(List.of(Set.of(A)), victims);
        whenAborted.getFirst().run();
        assertSame(CommandOutcome.Good.GOOD, task.outcome());
        assertEquals("06/2a/05", ask(A, READY));
    }

    @Test
    void preemptAndAbortWithoutTasksEndsAtOnce() {
        registerAll();
        good(B, PREEMPT_AND_ABORT, WRITE_EXCLUSIVE, KEY_B, KEY_A);
        assertEquals("06/2a/05", ask(A, READY));
    }

    @Test
    void registerAndMoveGivesTheReservationAway() {
        good(A, REGISTER, 0, 0, KEY_A);
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        assertEquals("GOOD", move(KEY_A, KEY_C, 2, 2, C.initiatorName() + ",i,0x80123456789a"));
        assertEquals(held(KEY_C, WRITE_EXCLUSIVE), reservation());
        assertEquals("00000002" + "00000008" + key(KEY_C), in(0));
        assertEquals("GOOD", ask(C, WRITE));
        assertEquals("CONFLICT", ask(A, WRITE));
    }

    private String move(long key, long newKey, int flags, int port, String name) {
        byte[] id = transportIds(name);
        ByteBuffer list = ByteBuffer.allocate(20 + id.length).putLong(key).putLong(newKey);
        list.put(17, (byte) flags).putShort(18, (short) port).put(20, id);
        return outList(A, REGISTER_AND_MOVE, 0, list.array());
    }

    @Test
    void registerAndMoveRefusesWhatCannotBe() {
        String c = C.initiatorName() + ",i,0x80123456789a";
        good(A, REGISTER, 0, 0, KEY_A);
        assertEquals("05/24/00", move(KEY_A, KEY_C, 0, 1, c));
        good(A, RESERVE, WRITE_EXCLUSIVE_AR, KEY_A, 0);
        assertEquals("CONFLICT", move(KEY_A, KEY_C, 0, 1, c));
        good(A, RELEASE, WRITE_EXCLUSIVE_AR, KEY_A, 0);
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        assertEquals("CONFLICT", move(KEY_B, KEY_C, 0, 1, c));
        assertEquals("05/26/00", move(KEY_A, 0, 0, 1, c));
        assertEquals("05/26/00", move(KEY_A, KEY_C, 0, 9, c));
        assertEquals("05/26/00", move(KEY_A, KEY_C, 0, 1, C.initiatorName()));
        assertEquals("05/26/00", move(KEY_A, KEY_C, 0, 1, A.initiatorName() + ",i,0x400001370000"));
    }

    @Test
    void namedInitiatorsAreRegisteredWithTheOneThatNamesThem() {
        byte[] named = transportIds(B.initiatorName(), C.initiatorName() + ",i,0x80123456789a");
        assertEquals("GOOD", out(A, REGISTER, 0, 0, KEY_A, SPEC_I_PT, named));
        assertEquals("00000001" + "00000018" + key(KEY_A) + key(KEY_A) + key(KEY_A), in(0));
        good(B, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
    }

    @Test
    void aBrokenTransportIdRegistersNobody() {
        byte[] unknown = transportIds("iqn.2026-01.org.example:unknown");
        assertEquals("05/26/00", out(A, REGISTER, 0, 0, KEY_A, SPEC_I_PT, unknown));
        byte[] cut = transportIds(B.initiatorName());
        cut[3]++;
        assertEquals("05/1a/00", out(A, REGISTER, 0, 0, KEY_A, SPEC_I_PT, cut));
        assertEquals("05/26/00", out(A, REGISTER_AND_IGNORE, 0, 0, KEY_A, SPEC_I_PT, unknown));
        assertEquals("00000000" + "00000000", in(0));
    }

    @Test
    void allTargetPortsRegistersWithEachOfThem() {
        assertEquals("GOOD", out(A, REGISTER, 0, 0, KEY_A, ALL_TG_PT));
        Nexus otherPort = new Nexus(A.initiatorName(), A.isid(), A.targetName(), 2);
        good(otherPort, RESERVE, EXCLUSIVE_ACCESS, KEY_A, 0);
        assertEquals(held(KEY_A, EXCLUSIVE_ACCESS), reservation());
    }

    @Test
    void fullStatusNamesEachPort() {
        registerAll();
        good(A, RESERVE, WRITE_EXCLUSIVE, KEY_A, 0);
        byte[] data = HexFormat.of().parseHex(in(3));
        ByteBuffer status = ByteBuffer.wrap(data);
        assertEquals(data.length - 8, status.getInt(4));
        assertEquals(KEY_A, status.getLong(8));
        assertEquals(1, status.get(20), "R_HOLDER");
        assertEquals(WRITE_EXCLUSIVE, status.get(21));
        assertEquals(1, status.getShort(26), "relative target port");
        int idBytes = status.getInt(28);
        assertEquals(0x45, status.get(32));
        assertEquals(idBytes, 4 + status.getShort(34));
        String name = new String(data, 36, idBytes - 4, StandardCharsets.US_ASCII);
        assertTrue(name.startsWith(A.initiatorName() + ",i,0x400001370000\0"), name);
        int second = 32 + idBytes;
        assertEquals(KEY_B, status.getLong(second));
        assertEquals(0, status.getShort(second + 12), "no holder, no type");
    }

    @Test
    void capabilitiesTellTheTypesAndWhetherRegistrationsLast() {
        assertEquals("00080d80ea010000", in(2));
        assertEquals("GOOD", out(A, REGISTER, 0, 0, KEY_A, APTPL));
        assertEquals("00080d81ea010000", in(2));
    }

    @Test
    void withAptplAllIsThereAfterARestartButTheGeneration() throws Exception {
        assertEquals("GOOD", out(A, REGISTER, 0, 0, KEY_A, APTPL));
        assertEquals("GOOD", out(B, REGISTER, 0, 0, KEY_B, APTPL));
        good(A, RESERVE, EXCLUSIVE_ACCESS, KEY_A, 0);
        startServer();
        assertEquals("00000000" + "00000010" + key(KEY_A) + key(KEY_B), in(0));
        assertEquals(held(KEY_A, EXCLUSIVE_ACCESS), reservation());
        assertEquals("CONFLICT", ask(B, READ));
    }

    @Test
    void withoutAptplNothingIsThereAfterARestart() throws Exception {
        assertEquals("GOOD", out(A, REGISTER, 0, 0, KEY_A, APTPL));
        good(A, REGISTER, 0, KEY_A, KEY_A);
        startServer();
        assertEquals("00000000" + "00000000", in(0));
    }

    @Test
    void whatCannotBeKeptIsNotGranted() throws Exception {
        store.fails = true;
        assertEquals("03/0c/00", out(A, REGISTER, 0, 0, KEY_A, APTPL));
        assertEquals("00000000" + "00000000", in(0));
    }

    @Test
    void keptStateThatIsDamagedIsNotTakenForNone() {
        assertEquals("GOOD", out(A, REGISTER, 0, 0, KEY_A, APTPL));
        store.kept[20] ^= 1;
        BackendException e = assertThrows(BackendException.class, this::startServer);
        assertEquals(BackendError.CORRUPT, e.error());
    }

    @Test
    void aStoreThatKeepsNothingRefusesAptpl() {
        var bench = new Bench();
        byte[] list = ByteBuffer.allocate(24).putLong(8, KEY_A).put(20, (byte) 1).array();
        assertEquals("05/26/00", bench.check(FakeTask.cdb("5f000000000000001800").sending(list)));
        assertArrayEquals(
                HexFormat.of().parseHex("00080c80ea010000"),
                bench.data(FakeTask.cdb("5e020000000000ffff00")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, 23, 25})
    void aListOfAnotherLengthIsRefused(int length) {
        assertEquals("05/1a/00", outList(A, REGISTER, 0, new byte[length]));
    }

    @ParameterizedTest
    @CsvSource({"0", "2", "4", "9", "15", "17"})
    void aScopeOrTypeThatDoesNotExistIsRefused(int scopeAndType) {
        good(A, REGISTER, 0, 0, KEY_A);
        assertEquals("05/24/00", out(A, RESERVE, scopeAndType, KEY_A, 0, 0));
    }

    @Test
    void thereIsALimitToRegistrations() {
        for (int i = 0; i < 128; i++) {
            Nexus each = new Nexus(A.initiatorName(), i, A.targetName(), 1);
            good(each, REGISTER, 0, 0, KEY_A);
        }
        assertEquals("05/55/04", out(B, REGISTER, 0, 0, KEY_B, 0));
    }

    @Test
    void reserveKeepsOthersFromAllButAFewCommands() {
        assertEquals("GOOD", ask(A, "160000000000"));
        assertEquals("GOOD", ask(A, WRITE));
        assertEquals("CONFLICT", ask(B, READ));
        assertEquals("CONFLICT", ask(B, READY));
        assertEquals("CONFLICT", ask(B, "160000000000"));
        assertEquals("GOOD", ask(B, "170000000000"));
        assertEquals("CONFLICT", ask(B, WRITE));
        assertTrue(ask(B, "1200000024 00".replace(" ", "")).startsWith("0000"));
        assertEquals("GOOD", ask(A, "170000000000"));
        assertEquals("GOOD", ask(B, WRITE));
    }

    @Test
    void reserveEndsWithTheNexusOrAReset() {
        LogicalUnit unit = luns.units().iterator().next();
        assertEquals("GOOD", ask(A, "56000000000000000000"));
        unit.nexusLost(A);
        assertEquals("GOOD", ask(B, WRITE));
        assertEquals("GOOD", ask(A, "56000000000000000000"));
        unit.reset();
        assertEquals("06/29/03", ask(B, WRITE));
        assertEquals("GOOD", ask(B, WRITE));
    }

    @Test
    void reserveAndRegistrationsExcludeEachOther() {
        assertEquals("GOOD", ask(A, "160000000000"));
        assertEquals("CONFLICT", out(A, REGISTER, 0, 0, KEY_A, 0));
        assertEquals("GOOD", ask(A, "170000000000"));
        good(A, REGISTER, 0, 0, KEY_A);
        assertEquals("CONFLICT", ask(A, "160000000000"));
        assertEquals("CONFLICT", ask(B, "160000000000"));
    }

    @Test
    void registrationsOutlastTheSessionAndAReset() {
        good(A, REGISTER, 0, 0, KEY_A);
        good(A, RESERVE, EXCLUSIVE_ACCESS, KEY_A, 0);
        LogicalUnit unit = luns.units().iterator().next();
        unit.nexusLost(A);
        unit.nexusEstablished(A);
        unit.reset();
        assertEquals("06/29/03", ask(A, READY));
        assertEquals("GOOD", ask(A, WRITE));
        assertEquals("06/29/03", ask(B, WRITE));
        assertEquals("CONFLICT", ask(B, WRITE));
    }
}
