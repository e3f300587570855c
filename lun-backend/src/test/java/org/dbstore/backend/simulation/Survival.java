package org.dbstore.backend.simulation;

import java.util.SplittableRandom;

/**
 * What of the writes since the last force is on the medium after a power loss. Atomic units
 * (sectors of 512 or 4096 bytes) survive whole or not at all, in any of their versions.
 */
enum Survival {
    /** Nothing. */
    NOTHING,
    /** Everything: also what the end of a process alone leaves. */
    ALL,
    /** The first writes, and of the one behind them the first sectors. */
    PREFIX,
    /** The first writes, and of the one behind them any sectors. */
    TORN,
    /** Whole writes, each with the same chance. */
    WRITES,
    /** Of each sector any version. */
    VERSIONS,
    /** All but few sectors. */
    MOST,
    /** Few sectors. */
    FEW;

    private static final Survival[] KINDS = values();

    static Survival any(SplittableRandom random) {
        return KINDS[random.nextInt(KINDS.length)];
    }

    /** Puts the survivors onto a medium that holds what was forced. */
    void apply(PendingWrites writes, Pages medium, int unit, SplittableRandom random) {
        int count = writes.count();
        int cut = random.nextInt(count + 1);
        long salt = random.nextLong();
        for (int i = 0; i < count; i++) {
            int length = writes.length(i);
            if (this == ALL || writes.isDurable(i) || (i < cut && isOrdered())) {
                writes.apply(i, 0, length, medium);
                continue;
            }
            if (this == NOTHING || (i > cut && isOrdered())) {
                continue;
            }
            if (writes.isHole(i)) {
                if (mix(i, salt) % 2 == 0) {
                    writes.apply(i, 0, length, medium);
                }
                continue;
            }
            int first = 0;
            int torn = random.nextInt(length + 1);
            while (first < length) {
                long sector = (writes.offset(i) + first) / unit;
                int end = (int) Math.min(length, (sector + 1) * unit - writes.offset(i));
                boolean survives =
                        switch (this) {
                            case PREFIX -> end <= torn;
                            case TORN -> mix(sector, salt) % 2 == 0;
                            case WRITES -> mix(i, salt) % 2 == 0;
                            case VERSIONS -> mix(sector, salt) % (count + 1) > i;
                            case MOST -> mix(sector, salt) % 8 != 0;
                            case FEW -> mix(sector, salt) % 8 == 0;
                            case ALL, NOTHING -> false;
                        };
                if (survives) {
                    writes.apply(i, first, end - first, medium);
                }
                first = end;
            }
        }
    }

    private boolean isOrdered() {
        return this == PREFIX || this == TORN;
    }

    private static int mix(long value, long salt) {
        long z = (value + salt) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 29) * 0xBF58476D1CE4E5B9L;
        return (int) (z >>> 33);
    }
}
