package org.dbstore.server.schedule;

import org.dbstore.backend.Store;
import org.dbstore.config.ScheduleConfig;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes snapshots by the clock and deletes the old ones. A thread looks at the clock every second,
 * so that sleep and a clock that is set are noticed; runs are one after the other.
 */
public final class Schedules implements AutoCloseable {
    private static final long LOOK_NANOS = 1_000_000_000;

    private final InstantSource clock;
    private final OpenDevices devices = new OpenDevices();
    private final Thread thread;
    private volatile List<Rule> rules = List.of();
    private volatile boolean closed;
    private boolean begun;

    /** Without a thread: tests call {@link #tick}. */
    Schedules(InstantSource clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("dbs-schedules").unstarted(this::watch);
    }

    /**
     * Begins without rules.
     *
     * @param clock that the rules go by
     */
    public static Schedules start(InstantSource clock) {
        Schedules schedules = new Schedules(clock);
        schedules.thread.start();
        return schedules;
    }

    /**
     * Goes by these rules from now on; no other device is used any more when it returns. Those of
     * the first call make up for a run that was missed before the start; one that is new or
     * different later begins at its next due time. Snapshots of a rule that has gone stay.
     *
     * @param next all rules; their names are unique
     * @param stores the open devices, by name
     */
    public synchronized void update(
            List<ScheduleConfig> next, Map<String, ? extends Store> stores) {
        Optional<Instant> since = begun ? Optional.of(clock.instant()) : Optional.empty();
        begun = true;
        List<Rule> old = rules;
        List<Rule> updated = new ArrayList<>();
        for (ScheduleConfig config : next) {
            updated.add(
                    old.stream()
                            .filter(rule -> rule.config().equals(config))
                            .findFirst()
                            .orElseGet(() -> new Rule(config, devices, since)));
        }
        old.stream().filter(rule -> !updated.contains(rule)).forEach(Rule::retire);
        devices.replace(stores);
        rules = List.copyOf(updated);
    }

    /** How the rules are doing, in their order. */
    public List<RuleState> state() {
        Instant now = clock.instant();
        return rules.stream().map(rule -> rule.state(now)).toList();
    }

    /** Ends it, and waits until no device is used any more. */
    @Override
    public void close() {
        closed = true;
        rules.forEach(Rule::retire);
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the shutdown", e);
        }
    }

    /** Runs what is due. */
    void tick() {
        for (Rule rule : rules) {
            rule.tick(clock.instant());
        }
    }

    private void watch() {
        while (!closed) {
            tick();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
