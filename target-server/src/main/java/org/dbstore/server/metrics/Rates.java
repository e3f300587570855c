package org.dbstore.server.metrics;

import java.util.List;

/**
 * What goes on at present: numbers over the last second or few.
 *
 * @param intervalMillis over which they were taken; 0 = nobody has asked for a while, so there is
 *     nothing to compare with yet: ask again in a second
 * @param luns every LUN that is mapped
 * @param sessions every session
 */
public record Rates(long intervalMillis, List<OfLun> luns, List<OfSession> sessions) {
    /**
     * Of a LUN.
     *
     * @param lun what it is called
     */
    public record OfLun(UnitMeter.Labels lun, Load load) {}

    /**
     * Of a session.
     *
     * @param session what it is called
     */
    public record OfSession(SessionMeter.Labels session, Load load) {}

    /**
     * How much was done, and how fast.
     *
     * @param reads commands each second
     * @param writes commands each second
     * @param others commands each second
     * @param readBytes each second
     * @param writeBytes each second
     * @param meanMicros latency of reads and writes; 0 if there were none
     * @param p99Micros latency that one of a hundred reads and writes exceeded
     */
    public record Load(
            double reads,
            double writes,
            double others,
            double readBytes,
            double writeBytes,
            double meanMicros,
            double p99Micros) {
        private static final double SECOND_NANOS = 1e9;
        private static final double MICRO_NANOS = 1e3;
        private static final double NINETY_NINE = 0.99;

        /** Of what was counted in a time. */
        static Load of(Tally counted, long nanos) {
            double seconds = nanos / SECOND_NANOS;
            long commands = counted.commands(Kind.READ) + counted.commands(Kind.WRITE);
            long[] classes = counted.classes(Kind.READ);
            long[] ofWrites = counted.classes(Kind.WRITE);
            for (int i = 0; i < classes.length; i++) {
                classes[i] += ofWrites[i];
            }
            long spent = counted.nanos(Kind.READ) + counted.nanos(Kind.WRITE);
            return new Load(
                    counted.commands(Kind.READ) / seconds,
                    counted.commands(Kind.WRITE) / seconds,
                    counted.commands(Kind.OTHER) / seconds,
                    counted.bytes(Kind.READ) / seconds,
                    counted.bytes(Kind.WRITE) / seconds,
                    commands == 0 ? 0 : spent / MICRO_NANOS / commands,
                    LatencyBuckets.quantile(classes, NINETY_NINE) / MICRO_NANOS);
        }
    }
}
