package org.dbstore.server.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects data points by metric. */
final class Families {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Of our classes each third is told: 1, 3, 10, 30 µs and so on. */
    private static final int CLASSES_PER_BUCKET = 3;

    private final Map<String, Family> byName = new TreeMap<>();

    /** Names and values of labels, in pairs. */
    record Names(Labels labels) {
        static final Names NONE = new Names(Labels.EMPTY);

        Names(String... pairs) {
            this(Labels.of(pairs));
        }

        Names with(String name, String value) {
            return new Names(labels.add(name, value));
        }
    }

    private enum Type {
        COUNTER,
        GAUGE,
        SUMMARY,
        HISTOGRAM
    }

    private record Family(Type type, MetricMetadata metadata, List<Object> points) {
        private <T> List<T> points(Class<T> each) {
            return points.stream().map(each::cast).toList();
        }
    }

    void counter(String name, String help, Names names, double value) {
        add(Type.COUNTER, name, help, new CounterDataPointSnapshot(value, names.labels(), null, 0));
    }

    void gauge(String name, String help, Names names, double value) {
        add(Type.GAUGE, name, help, new GaugeDataPointSnapshot(value, names.labels(), null));
    }

    void summary(String name, String help, Names names, long count, long nanos) {
        add(
                Type.SUMMARY,
                name,
                help,
                new SummaryDataPointSnapshot(
                        count,
                        nanos / NANOS_PER_SECOND,
                        Quantiles.EMPTY,
                        names.labels(),
                        io.prometheus.metrics.model.snapshots.Exemplars.EMPTY,
                        0));
    }

    /**
     * A histogram.
     *
     * @param classes as {@link LatencyBuckets} has them
     */
    void histogram(String name, String help, Names names, long[] classes, long nanos) {
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        long count = 0;
        for (int i = 0; i < LatencyBuckets.COUNT; i++) {
            count += classes[i];
            boolean last = i == LatencyBuckets.COUNT - 1;
            if (last || i % CLASSES_PER_BUCKET == 0) {
                bounds.add(
                        last
                                ? Double.POSITIVE_INFINITY
                                : LatencyBuckets.bound(i) / NANOS_PER_SECOND);
                counts.add(count);
                count = 0;
            }
        }
        add(
                Type.HISTOGRAM,
                name,
                help,
                new HistogramDataPointSnapshot(
                        ClassicHistogramBuckets.of(bounds, counts),
                        nanos / NANOS_PER_SECOND,
                        names.labels(),
                        io.prometheus.metrics.model.snapshots.Exemplars.EMPTY,
                        0));
    }

    private void add(Type type, String name, String help, Object point) {
        byName.computeIfAbsent(
                        name,
                        key -> new Family(type, new MetricMetadata(key, help), new ArrayList<>()))
                .points()
                .add(point);
    }

    MetricSnapshots snapshots() {
        MetricSnapshot[] all =
                byName.values().stream().map(Families::snapshot).toArray(MetricSnapshot[]::new);
        return new MetricSnapshots(Arrays.asList(all));
    }

    private static MetricSnapshot snapshot(Family family) {
        return switch (family.type()) {
            case COUNTER ->
                    new CounterSnapshot(
                            family.metadata(), family.points(CounterDataPointSnapshot.class));
            case GAUGE ->
                    new GaugeSnapshot(
                            family.metadata(), family.points(GaugeDataPointSnapshot.class));
            case SUMMARY ->
                    new SummarySnapshot(
                            family.metadata(), family.points(SummaryDataPointSnapshot.class));
            case HISTOGRAM ->
                    new HistogramSnapshot(
                            family.metadata(), family.points(HistogramDataPointSnapshot.class));
        };
    }
}
