package org.dbstore.server.metrics;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All that is counted, and the text in which Prometheus reads it. Safe for all threads.
 *
 * <p>What sessions count is theirs until they end; then it goes to their initiator, whose numbers
 * only grow. What a LUN has counted goes with its mapping.
 */
public final class Metrics implements AutoCloseable {
    /** Most initiators remembered after their sessions have ended; beyond, they share one name. */
    private static final int INITIATORS_MAX = 4096;

    private static final String OTHER_INITIATORS = "other";

    private final Set<SessionMeter> sessions = ConcurrentHashMap.newKeySet();
    private final Set<UnitMeter> units = ConcurrentHashMap.newKeySet();

    /** What ended sessions have counted, by initiator; guarded by this, as their end is. */
    private final Map<String, Tally> ended = new HashMap<>();

    private final Supplier<List<DeviceFigures>> devices;
    private final Supplier<Set<String>> missingDevices;
    private final LongSupplier missingLuns;
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RateHistory rates = new RateHistory(this);
    private final SlowCommands slow = new SlowCommands();
    private final JvmGcMetrics garbage = new JvmGcMetrics();

    /**
     * Begins to count.
     *
     * @param devices asked at each scrape
     * @param missingDevices names of those that could not be opened; asked as well
     * @param missingLuns how many are configured and not served; asked as well
     */
    public Metrics(
            Supplier<List<DeviceFigures>> devices,
            Supplier<Set<String>> missingDevices,
            LongSupplier missingLuns) {
        this.devices = devices;
        this.missingDevices = missingDevices;
        this.missingLuns = missingLuns;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        garbage.bindTo(registry);
    }

    /**
     * A session begins.
     *
     * @param guard whose monitor is held whenever something is recorded for it
     */
    public SessionMeter open(SessionMeter.Labels labels, Object guard) {
        SessionMeter meter = new SessionMeter(labels, guard, slow);
        sessions.add(meter);
        return meter;
    }

    /** A session has ended, and counts nothing any more. */
    public synchronized void close(SessionMeter meter) {
        if (!sessions.remove(meter)) {
            return;
        }
        meter.close();
        String initiator = meter.labels().initiator();
        boolean known = ended.containsKey(initiator) || ended.size() < INITIATORS_MAX;
        ended.computeIfAbsent(known ? initiator : OTHER_INITIATORS, name -> new Tally(false, false))
                .addAll(meter.total());
    }

    /** A LUN is mapped. */
    public UnitMeter open(UnitMeter.Labels labels) {
        UnitMeter meter = new UnitMeter(labels);
        units.add(meter);
        return meter;
    }

    /** A LUN is gone. */
    public void close(UnitMeter meter) {
        units.remove(meter);
    }

    /** The text that Prometheus reads (exposition format 0.0.4). */
    public String scrape() {
        return new Exposition(this).text() + registry.scrape();
    }

    /** What goes on at present; the first answer after a pause has no numbers yet. */
    public Rates rates() {
        return rates.at(System.nanoTime());
    }

    /**
     * From now on commands are logged that take so long.
     *
     * @param millis 0 = none
     */
    public void logSlowCommands(long millis) {
        slow.setThreshold(millis);
    }

    /**
     * The last commands of a session, the oldest first.
     *
     * @param handle TSIH
     * @return empty if there is no such session
     */
    public Optional<List<CommandLog.Entry>> commands(int handle) {
        return session(handle).map(SessionMeter::commands);
    }

    /**
     * The last commands of a session as a capture file (libpcap).
     *
     * @param handle TSIH
     * @return empty if there is no such session
     */
    public Optional<byte[]> capture(int handle) {
        return session(handle).map(meter -> Pcap.write(meter.labels(), meter.commands()));
    }

    private Optional<SessionMeter> session(int handle) {
        return sessions.stream().filter(meter -> meter.labels().handle() == handle).findFirst();
    }

    @Override
    public void close() {
        slow.close();
        garbage.close();
        registry.close();
    }

    Collection<SessionMeter> sessions() {
        return List.copyOf(sessions);
    }

    Collection<UnitMeter> units() {
        return List.copyOf(units);
    }

    /** What each initiator has had done, with all sessions it has or had. */
    synchronized Map<String, Tally> initiators() {
        Map<String, Tally> all = new HashMap<>();
        ended.forEach((name, tally) -> all.put(name, Tally.sum(false, List.of(tally))));
        for (SessionMeter meter : sessions) {
            all.computeIfAbsent(meter.labels().initiator(), name -> new Tally(false, false))
                    .addAll(meter.total());
        }
        return all;
    }

    List<DeviceFigures> devices() {
        return devices.get();
    }

    Set<String> missingDevices() {
        return missingDevices.get();
    }

    long missingLuns() {
        return missingLuns.getAsLong();
    }
}
