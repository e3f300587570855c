package org.dbstore.server.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/** Goal: what is counted is told completely, once, and under the right names. */
class MetricsTest {
    private static final long MILLI = 1_000_000;
    private static final String TARGET = "iqn.2026-01.org.example:t";

    private final Metrics metrics = new Metrics(List::of, Set::of, () -> 0);
    private final UnitMeter unit = metrics.open(new UnitMeter.Labels(TARGET, 3, "main", "v", ""));

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void aCommandIsToldForItsLunSessionInitiatorAndDevice() {
        SessionMeter session = session(7, "iqn.2026-01.org.example:a");
        session.sent(FakeCommand.read(0, 8, 1, 1 + MILLI).of(Kind.READ, unit), 1 + 2 * MILLI);
        String text = metrics.scrape();
        assertLine(text, "dbs_lun_commands_total", "lun=\"3\"", "kind=\"read\"", " 1");
        assertLine(text, "dbs_lun_bytes_total", "kind=\"read\"", " 4096");
        assertLine(text, "dbs_session_commands_total", "session=\"7\"", "kind=\"read\"", " 1");
        assertLine(text, "dbs_initiator_commands_total", "example:a", "kind=\"read\"", " 1");
        assertLine(text, "dbs_device_commands_total", "device=\"main\"", "\"read\"", " 1");
        assertLine(text, "dbs_lun_latency_seconds_sum", "kind=\"read\"", " 0.002");
        assertLine(text, "dbs_lun_latency_seconds_bucket", "le=\"0.003\"", " 1");
        assertLine(text, "dbs_lun_latency_seconds_bucket", "le=\"0.001\"", " 0");
        assertLine(text, "dbs_lun_stage_seconds_sum", "stage=\"engine\"", " 0.001");
        assertLine(text, "dbs_device_stage_seconds_sum", "stage=\"send\"", " 0.001");
        assertLine(text, "dbs_sessions", " 1");
        assertTrue(text.contains("jvm_memory_used_bytes"), "the process tells of itself");
    }

    @Test
    void failuresAreToldBySenseKeyOrStatus() {
        SessionMeter session = session(7, "iqn.2026-01.org.example:a");
        session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, unit).fails(2, 0x031100), 3);
        session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, unit).fails(0x28, 0), 3);
        session.aborted(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, unit));
        String text = metrics.scrape();
        assertLine(text, "dbs_lun_failures_total", "failure=\"medium_error\"", " 1");
        assertLine(text, "dbs_lun_failures_total", "failure=\"task_set_full\"", " 1");
        assertLine(text, "dbs_session_failures_total", "failure=\"aborted\"", " 1");
    }

    @Test
    void whatASessionDidStaysWithItsInitiatorWhenItHasEnded() {
        SessionMeter first = session(7, "iqn.2026-01.org.example:a");
        first.sent(FakeCommand.read(0, 1, 1, 2), 3);
        metrics.close(first);
        metrics.close(first);
        SessionMeter second = session(8, "iqn.2026-01.org.example:a");
        second.sent(FakeCommand.read(0, 1, 1, 2), 3);
        String text = metrics.scrape();
        assertLine(text, "dbs_initiator_commands_total", "kind=\"read\"", " 2");
        assertFalse(text.contains("session=\"7\""));
    }

    @Test
    void manySessionsAtOneLunAndThoseThatCameAndWentAreAllCounted() {
        for (int i = 1; i <= 30; i++) {
            SessionMeter session = session(i, "iqn.2026-01.org.example:a");
            session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, unit), 3);
            if (i % 3 == 0) {
                metrics.close(session);
                session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, unit), 3);
            }
        }
        assertEquals(40, unit.total().commands(Kind.READ));
    }

    @Test
    void anotherUnitUnderTheSameNumberIsCountedForItself() {
        UnitMeter other = metrics.open(new UnitMeter.Labels(TARGET, 3, "main", "w", ""));
        SessionMeter session = session(1, "iqn.2026-01.org.example:a");
        session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, unit), 3);
        session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, other), 3);
        session.sent(FakeCommand.read(0, 1, 1, 2).of(Kind.READ, other), 3);
        assertEquals(1, unit.total().commands(Kind.READ));
        assertEquals(2, other.total().commands(Kind.READ));
    }

    @Test
    void aLunThatIsGoneIsToldNoMore() {
        metrics.close(unit);
        assertFalse(metrics.scrape().contains("dbs_lun_"));
    }

    @Test
    void theStagesOfACommandAddUpToItsTime() {
        FakeCommand command = FakeCommand.read(0, 8, 100, 1000);
        command.collectedNanos = 200;
        command.throttledNanos = 250;
        command.admittedNanos = 450;
        command.begunNanos = 500;
        command.changedNanos = 700;
        CommandTimes times = command.times(1100);
        assertArrayEquals(new long[] {100, 200, 50, 200, 300, 100}, times.stageNanos);
        assertEquals(1000, times.totalNanos);
        command.collectedNanos = 480;
        times.of(command, 1100);
        assertEquals(180, times.nanos(Stage.RECEIVE), "data asked for after the wait");
        assertEquals(20, times.nanos(Stage.QUEUE));
    }

    @Test
    void aThousandLunsAreScrapedInTwoTenthsOfASecond() {
        SessionMeter session = session(7, "iqn.2026-01.org.example:a");
        for (int i = 0; i < 1000; i++) {
            UnitMeter each =
                    metrics.open(new UnitMeter.Labels(TARGET + i, i % 256, "main", "v" + i, ""));
            session.sent(FakeCommand.read(0, 8, 1, 1 + MILLI).of(Kind.READ, each), MILLI);
            session.sent(FakeCommand.read(0, 8, 1, 1 + MILLI).of(Kind.WRITE, each), MILLI);
        }
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long began = System.nanoTime();
            assertTrue(metrics.scrape().length() > 1 << 20);
            best = Math.min(best, System.nanoTime() - began);
        }
        assertTrue(best < 200 * MILLI, best / MILLI + " ms");
    }

    @Test
    void ratesAreThoseOfTheLastSecond() {
        SessionMeter session = session(7, "iqn.2026-01.org.example:a");
        RateHistory history = new RateHistory(metrics);
        session.sent(FakeCommand.read(0, 8, 1, 2).of(Kind.READ, unit), 50 * MILLI);
        assertEquals(0, history.at(0).intervalMillis(), "nothing to compare with");
        for (int i = 0; i < 500; i++) {
            session.sent(FakeCommand.read(0, 8, 1, 2).of(Kind.READ, unit), 1 + MILLI);
        }
        Rates rates = history.at(2000 * MILLI);
        assertEquals(2000, rates.intervalMillis());
        Rates.Load load = rates.luns().getFirst().load();
        assertEquals(250, load.reads());
        assertEquals(250 * 4096, load.readBytes());
        assertEquals(1000, load.meanMicros());
        assertTrue(load.p99Micros() > 700 && load.p99Micros() <= 1000, load.toString());
        assertEquals(load, rates.sessions().getFirst().load());
        assertEquals(rates, history.at(2300 * MILLI), "so soon the answer is the same");
        assertEquals(0, history.at(4000 * MILLI).luns().getFirst().load().reads());
        assertEquals(0, history.at(60_000 * MILLI).intervalMillis(), "what was kept is too old");
    }

    private SessionMeter session(int handle, String initiator) {
        return metrics.open(
                new SessionMeter.Labels(
                        handle,
                        initiator,
                        TARGET,
                        new InetSocketAddress("10.0.0.1", 51000),
                        new InetSocketAddress("10.0.0.2", 3260)),
                this);
    }

    private static void assertLine(String text, String name, String... parts) {
        boolean found =
                text.lines()
                        .filter(line -> line.startsWith(name))
                        .anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
        assertTrue(
                found,
                name
                        + " "
                        + List.of(parts)
                        + " in\n"
                        + text.lines().filter(l -> l.startsWith(name)).toList());
    }
}
