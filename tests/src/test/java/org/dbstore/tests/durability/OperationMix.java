package org.dbstore.tests.durability;

import org.dbstore.tests.durability.Operation.Kind;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes up commands: mostly small ones anywhere, now and then wide ones that free whole extents.
 */
final class OperationMix {
    /** Blocks of 512 bytes in a 4 KiB block of the store. */
    private static final int BLOCK = 8;

    /** Blocks of 512 bytes in an extent of the store. */
    private static final int EXTENT = 2048;

    private final SplittableRandom random;
    private final List<Integer> sectorsByVolume;
    private final boolean withReads;

    /** Reproducible from {@code random}; volumes are whole extents. */
    OperationMix(SplittableRandom random, List<Integer> sectorsByVolume, boolean withReads) {
        this.random = random;
        this.sectorsByVolume = List.copyOf(sectorsByVolume);
        this.withReads = withReads;
    }

    /** The next command, under a number. */
    Operation next(long number) {
        int volume = random.nextInt(sectorsByVolume.size());
        int dice = random.nextInt(100);
        if (dice < 15) {
            return withReads
                    ? anywhere(number, volume, Kind.READ, 256, 1)
                    : anywhere(number, volume, Kind.WRITE, 16, 1);
        }
        if (dice < 40) {
            return anywhere(number, volume, Kind.WRITE, 16, 1);
        }
        if (dice < 60) {
            return anywhere(number, volume, Kind.WRITE, 4 * BLOCK, BLOCK);
        }
        if (dice < 67) {
            return anywhere(number, volume, Kind.WRITE, 512, 1);
        }
        if (dice < 79) {
            return anywhere(number, volume, Kind.WRITE_FUA, 24, 1);
        }
        if (dice < 84) {
            return new Operation(number, volume, Kind.SYNCHRONIZE, 0, 0);
        }
        if (dice < 89) {
            return anywhere(number, volume, Kind.UNMAP, 512, BLOCK);
        }
        if (dice < 91) {
            return anywhere(number, volume, Kind.UNMAP, 3 * EXTENT, EXTENT);
        }
        return dice < 96
                ? anywhere(number, volume, Kind.WRITE_SAME, 1024, 1)
                : anywhere(number, volume, Kind.WRITE_SAME_UNMAP, 1024, 1);
    }

    private Operation anywhere(long number, int volume, Kind kind, int blocksMax, int unit) {
        int units = sectorsByVolume.get(volume) / unit;
        int length = 1 + random.nextInt(Math.min(blocksMax / unit, units));
        int first = random.nextInt(units - length + 1);
        return new Operation(number, volume, kind, (long) first * unit, length * unit);
    }
}
