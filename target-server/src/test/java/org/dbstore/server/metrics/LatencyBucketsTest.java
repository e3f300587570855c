package org.dbstore.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Goal: every latency is in the one class whose bounds it lies between. */
class LatencyBucketsTest {
    @Test
    void eachBoundIsTheLastOfItsClassAndTheNextValueTheFirstOfTheNext() {
        for (int i = 0; i < LatencyBuckets.COUNT - 1; i++) {
            assertEquals(i, LatencyBuckets.indexOf(LatencyBuckets.bound(i)));
            assertEquals(i + 1, LatencyBuckets.indexOf(LatencyBuckets.bound(i) + 1));
        }
    }

    @Test
    void theBoundsGoFromAMicrosecondToTenSecondsAndAboveIsOneClass() {
        assertEquals(1_000, LatencyBuckets.bound(0));
        assertEquals(10_000_000_000L, LatencyBuckets.bound(LatencyBuckets.COUNT - 2));
        assertEquals(LatencyBuckets.COUNT - 1, LatencyBuckets.indexOf(Long.MAX_VALUE));
    }

    @Test
    void noTimeAndTimeThatRanBackwardsAreInTheFirstClass() {
        assertEquals(0, LatencyBuckets.indexOf(0));
        assertEquals(0, LatencyBuckets.indexOf(-5));
        assertEquals(0, LatencyBuckets.indexOf(Long.MIN_VALUE));
    }

    @Test
    void aPercentileIsOffByLessThanTwoFifths() {
        long[] counts = new long[LatencyBuckets.COUNT];
        for (int i = 1; i <= 100_000; i++) {
            counts[LatencyBuckets.indexOf(i * 1_000L)]++;
        }
        for (int percent : new int[] {1, 10, 50, 90, 99}) {
            double exact = percent * 1_000_000.0;
            double error = LatencyBuckets.quantile(counts, percent / 100.0) / exact - 1;
            assertTrue(Math.abs(error) < 0.4, percent + " %: " + error);
        }
        assertEquals(0, LatencyBuckets.quantile(new long[LatencyBuckets.COUNT], 0.99));
    }
}
