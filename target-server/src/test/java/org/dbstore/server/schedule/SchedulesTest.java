package org.dbstore.server.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Store;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.ScheduleConfig.VolumePattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Goal: snapshots come when they are due, and only those that are too many go. */
class SchedulesTest {
    private static final long MIB = 1 << 20;

    @TempDir Path folder;
    private Path file;
    private BlockStore store;
    private volatile Instant now = Instant.parse("2026-01-30T10:07:00Z"); // a Friday
    private int groups;
    private final List<SnapshotRequest> asked = new ArrayList<>();
    private Schedules schedules = new Schedules(() -> now);

    /** Refuses what a test wants refused; "" of a volume stands for any. */
    private final Map<String, BackendException> failures = new HashMap<>();

    @BeforeEach
    void aDeviceOfThreeVolumes() throws BackendException {
        file = folder.resolve("main.dbs");
        BlockStore.initialize(file, 100 * MIB, false);
        store = BlockStore.open(file, new OpenOptions(OpenOptions.Io.BUFFERED, false));
        for (String name : List.of("vm1", "vm2", "other")) {
            store.createVolume(name, MIB);
        }
    }

    @AfterEach
    void closeDevice() throws BackendException {
        schedules.close();
        store.close();
    }

    @Test
    void everyQuarterOfAnHourOneIsTakenAndEightAreKept() throws Exception {
        update(rule("quarter", "15m", 8, "vm1"));
        go(Duration.ofHours(3));
        assertEquals(
                Set.of(
                        "quarter-20260130T1115Z",
                        "quarter-20260130T1130Z",
                        "quarter-20260130T1145Z",
                        "quarter-20260130T1200Z",
                        "quarter-20260130T1215Z",
                        "quarter-20260130T1230Z",
                        "quarter-20260130T1245Z",
                        "quarter-20260130T1300Z"),
                names("vm1"));
        assertEquals(Set.of(), names("vm2"));
        RuleState state = state();
        assertEquals(8, state.kept());
        assertEquals(Instant.parse("2026-01-30T13:15:00Z"), state.nextRun());
        assertEquals(Optional.of(Instant.parse("2026-01-30T13:00:00Z")), state.lastRun());
        assertEquals(0, state.missedRuns());
        assertEquals(List.of(), state.lastErrors());
    }

    @Test
    void aDailyRuleRunsAtItsTimeAndAWeeklyOneOnMondays() throws Exception {
        update(
                new ScheduleConfig(
                        "daily",
                        Duration.ofDays(1),
                        Optional.of(LocalTime.of(2, 30)),
                        9,
                        "daily",
                        List.of(new VolumePattern("main", "vm1"))),
                rule("weekly", "7d", 9, "vm2"));
        go(Duration.ofDays(5));
        assertEquals(
                Set.of(
                        "daily-20260131T0230Z",
                        "daily-20260201T0230Z",
                        "daily-20260202T0230Z",
                        "daily-20260203T0230Z",
                        "daily-20260204T0230Z"),
                names("vm1"));
        assertEquals(Set.of("weekly-20260202T0000Z"), names("vm2"));
    }

    @Test
    void theVolumesOfADeviceAreFrozenTogether() throws Exception {
        update(rule("all", "1h", 2, "vm*"));
        go(Duration.ofHours(1));
        assertEquals(List.of("vm1", "vm2"), asked.stream().map(SnapshotRequest::volume).toList());
        assertEquals(1, groups);
        assertEquals(Set.of(), names("other"));
    }

    @Test
    void onlySnapshotsOfTheRuleAreDeleted() throws Exception {
        store.createSnapshot("vm1", "mine");
        update(rule("hourly", "1h", 1, "vm1"), rule("half", "30m", 2, "vm1"));
        go(Duration.ofHours(4));
        assertEquals(
                Set.of(
                        "mine",
                        "hourly-20260130T1400Z",
                        "half-20260130T1330Z",
                        "half-20260130T1400Z"),
                names("vm1"));
    }

    @Test
    void aSnapshotThatWasRenamedIsStillTheRules() throws Exception {
        update(rule("hourly", "1h", 1, "vm1"));
        go(Duration.ofHours(1));
        store.renameSnapshot(store.snapshotId("vm1", "hourly-20260130T1100Z"), "before the update");
        go(Duration.ofHours(1));
        assertEquals(Set.of("hourly-20260130T1200Z"), names("vm1"));
    }

    @Test
    void twoRulesWithOnePrefixDoNotGetInEachOthersWay() throws Exception {
        var volumes = List.of(new VolumePattern("main", "vm1"));
        update(
                new ScheduleConfig("a", Duration.ofHours(1), Optional.empty(), 1, "auto", volumes),
                new ScheduleConfig("b", Duration.ofHours(1), Optional.empty(), 2, "auto", volumes));
        go(Duration.ofHours(2));
        assertEquals(
                Set.of("auto-20260130T1100Z-2", "auto-20260130T1200Z", "auto-20260130T1200Z-2"),
                names("vm1"));
    }

    @Test
    void ofTheRunsMissedWhileTheServerWasDownOneIsMadeUpFor() throws Exception {
        update(rule("hourly", "1h", 9, "vm1"));
        go(Duration.ofHours(1));
        now = now.plus(Duration.ofHours(5)); // 16:07
        schedules.close();
        schedules = new Schedules(() -> now);
        update(rule("hourly", "1h", 9, "vm1"));
        schedules.tick();
        schedules.tick();
        assertEquals(Set.of("hourly-20260130T1100Z", "hourly-20260130T1607Z"), names("vm1"));
        assertEquals(4, state().missedRuns());
        go(Duration.ofHours(1));
        assertTrue(names("vm1").contains("hourly-20260130T1700Z"));
    }

    @Test
    void aRestartWithinThePeriodTakesNoSecondOne() throws Exception {
        update(rule("hourly", "1h", 9, "vm1"));
        go(Duration.ofHours(1));
        schedules.close();
        schedules = new Schedules(() -> now);
        update(rule("hourly", "1h", 9, "vm1"));
        schedules.tick();
        assertEquals(Set.of("hourly-20260130T1100Z"), names("vm1"));
        assertEquals(0, state().missedRuns());
    }

    @Test
    void aRuleThatNeverRanBeginsAtItsNextDueTime() throws Exception {
        update(rule("hourly", "1h", 9, "vm1"));
        schedules.tick();
        assertEquals(Set.of(), names("vm1"));
    }

    @Test
    void afterSleepOneRunIsMadeUpForAndTheRestCounted() throws Exception {
        update(rule("quarter", "15m", 9, "vm1"));
        schedules.tick();
        now = now.plus(Duration.ofHours(2));
        schedules.tick();
        assertEquals(Set.of("quarter-20260130T1207Z"), names("vm1"));
        assertEquals(7, state().missedRuns());
    }

    @Test
    void aClockThatGoesBackALittleTakesNothingTwice() throws Exception {
        update(rule("hourly", "1h", 9, "vm1"));
        go(Duration.ofMinutes(54)); // 11:01
        now = now.minus(Duration.ofMinutes(10));
        go(Duration.ofMinutes(20));
        assertEquals(Set.of("hourly-20260130T1100Z"), names("vm1"));
    }

    @Test
    void aClockThatWasYearsAheadStopsNothing() throws Exception {
        Instant right = now;
        update(rule("hourly", "1h", 2, "vm1"));
        schedules.tick();
        now = Instant.parse("2036-01-30T10:07:00Z");
        schedules.tick();
        assertEquals(Set.of("hourly-20360130T1007Z"), names("vm1"));
        now = right;
        go(Duration.ofHours(1));
        assertEquals(Set.of("hourly-20360130T1007Z", "hourly-20260130T1100Z"), names("vm1"));
        go(Duration.ofHours(1));
        // The oldest goes, whatever its name says.
        assertEquals(Set.of("hourly-20260130T1100Z", "hourly-20260130T1200Z"), names("vm1"));
        // Nor does it after a restart.
        schedules.close();
        schedules = new Schedules(() -> now);
        update(rule("hourly", "1h", 2, "vm1"));
        go(Duration.ofHours(1));
        assertEquals(Set.of("hourly-20260130T1200Z", "hourly-20260130T1300Z"), names("vm1"));
    }

    @Test
    void aSnapshotInUseStaysUntilItIsNot() throws Exception {
        update(rule("hourly", "1h", 1, "vm1"));
        go(Duration.ofHours(1));
        int id = store.snapshotId("vm1", "hourly-20260130T1100Z");
        var open = store.openSnapshot(id);
        go(Duration.ofHours(2));
        assertEquals(Set.of("hourly-20260130T1100Z", "hourly-20260130T1300Z"), names("vm1"));
        assertEquals(2, state().kept());
        assertEquals(1, state().undeletable().size());
        assertTrue(
                state().undeletable()
                        .getFirst()
                        .startsWith("main/vm1@hourly-20260130T1100Z: snapshot " + id),
                state().undeletable().toString());
        store.release(open);
        go(Duration.ofHours(1));
        assertEquals(Set.of("hourly-20260130T1400Z"), names("vm1"));
        assertEquals(List.of(), state().undeletable());
    }

    @Test
    void aFullDeviceIsSaidAndTheNextRunComes() throws Exception {
        failures.put("", new BackendException(BackendError.NO_SPACE, "the device is full"));
        update(rule("hourly", "1h", 3, "vm*"));
        go(Duration.ofHours(1));
        assertEquals(List.of("device main: the device is full"), state().lastErrors());
        assertEquals(1, asked.size() / 2, "it is not tried one by one");
        failures.clear();
        go(Duration.ofHours(1));
        assertEquals(Set.of("hourly-20260130T1200Z"), names("vm1"));
        assertEquals(List.of(), state().lastErrors());
    }

    @Test
    void oneBadVolumeDoesNotCostTheOthersTheirSnapshots() throws Exception {
        failures.put("vm1", new BackendException(BackendError.CORRUPT, "vm1 is damaged"));
        update(rule("hourly", "1h", 3, "*"));
        go(Duration.ofHours(1));
        assertEquals(Set.of(), names("vm1"));
        assertEquals(Set.of("hourly-20260130T1100Z"), names("vm2"));
        assertEquals(Set.of("hourly-20260130T1100Z"), names("other"));
        assertEquals(
                List.of(
                        "device main: the volumes were not frozen at one instant, but one after the"
                                + " other: vm1 is damaged",
                        "volume main/vm1: vm1 is damaged"),
                state().lastErrors());
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        update(rule("lost", "1h", 3, "nothing*"));
        go(Duration.ofHours(1));
        assertEquals(List.of("device main has none of its volumes"), state().lastErrors());
        schedules.update(List.of(rule("lost", "1h", 3, "nothing*")), Map.of());
        go(Duration.ofHours(1));
        assertEquals(List.of("device main: device main is not open"), state().lastErrors());
    }

    @Test
    void aRuleThatChangesBeginsAtItsNextDueTimeAndOneThatGoesLeavesItsSnapshots() throws Exception {
        update(rule("hourly", "1h", 9, "vm1"), rule("half", "30m", 9, "vm2"));
        go(Duration.ofHours(1)); // 11:07
        assertEquals(2, names("vm2").size());
        update(rule("hourly", "5m", 9, "vm1"));
        schedules.tick();
        assertEquals(Set.of("hourly-20260130T1100Z"), names("vm1"));
        go(Duration.ofMinutes(4));
        assertEquals(Set.of("hourly-20260130T1100Z", "hourly-20260130T1110Z"), names("vm1"));
        assertEquals(2, names("vm2").size());
        assertEquals(1, schedules.state().size());
    }

    @Test
    void aRuleThatStaysGoesOnAcrossAChangeOfOthers() throws Exception {
        update(rule("hourly", "1h", 9, "vm1"));
        go(Duration.ofHours(1));
        update(rule("hourly", "1h", 9, "vm1"), rule("half", "30m", 9, "vm2"));
        assertEquals(1, schedules.state().getFirst().kept());
    }

    @Test
    void theThreadRunsWhatIsDue() throws Exception {
        schedules.close();
        now = Instant.parse("2026-01-30T10:59:59Z");
        schedules = Schedules.start(() -> now);
        schedules.update(List.of(), Map.of());
        update(rule("hourly", "1h", 9, "vm1"));
        now = Instant.parse("2026-01-30T11:00:00Z");
        for (int i = 0; i < 1000 && schedules.state().getFirst().lastRun().isEmpty(); i++) {
            Thread.sleep(10);
        }
        assertEquals(Set.of("hourly-20260130T1100Z"), names("vm1"));
    }

    private void update(ScheduleConfig... rules) {
        schedules.update(List.of(rules), Map.of("main", watched()));
    }

    private RuleState state() {
        return schedules.state().getFirst();
    }

    /** Lets time pass, minute by minute, up to the minute. */
    private void go(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            schedules.tick();
            now = now.plus(Duration.ofMinutes(1));
        }
        schedules.tick();
    }

    private static ScheduleConfig rule(String name, String every, int keep, String volumes) {
        return new ScheduleConfig(
                name,
                Duration.parse(
                        every.endsWith("d") ? "P" + every.toUpperCase(Locale.ROOT) : "PT" + every),
                Optional.empty(),
                keep,
                name,
                List.of(new VolumePattern("main", volumes)));
    }

    private Set<String> names(String volume) throws BackendException {
        Set<String> names = new TreeSet<>();
        for (SnapshotInfo snapshot : store.snapshots(volume)) {
            snapshot.name().ifPresent(names::add);
        }
        return names;
    }

    /** The device, that notes and refuses. */
    private Store watched() {
        return (Store)
                Proxy.newProxyInstance(
                        Store.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("createSnapshots")) {
                                refuse((List<?>) arguments[0]);
                            }
                            try {
                                return method.invoke(store, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private void refuse(List<?> requests) throws BackendException {
        groups++;
        for (Object each : requests) {
            asked.add((SnapshotRequest) each);
        }
        for (Object each : requests) {
            String volume = ((SnapshotRequest) each).volume();
            BackendException failure = failures.getOrDefault(volume, failures.get(""));
            if (failure != null) {
                throw failure;
            }
        }
    }
}
