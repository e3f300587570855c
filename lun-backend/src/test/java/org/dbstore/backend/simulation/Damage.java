package org.dbstore.backend.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Ways in which metadata on the medium goes bad. */
enum Damage {
    BIT_IN_SUPERBLOCK,
    BIT_IN_VOLUME_TABLE,
    BIT_IN_SNAPSHOT_TABLE,
    BIT_IN_EXTENT_TABLE,
    BIT_IN_RESERVED_EXTENT,
    ZEROED_SECTOR,
    NOISE_IN_SECTOR,
    SWAPPED_SECTORS,
    STALE_SECTOR,
    STALE_BLOCK,
    /** Not on a finished image: see {@link DamageRun}. */
    LOST_WRITE,
    MISDIRECTED_WRITE;

    private static final int SECTOR = SimulatedDevice.SECTOR;

    /**
     * Damages a device.
     *
     * @param device to be changed
     * @param earlier the same device some time ago
     * @param random where
     * @return what was done, for people
     */
    String apply(SimulatedDevice device, SimulatedDevice earlier, SplittableRandom random) {
        long place = -1;
        switch (this) {
            case BIT_IN_SUPERBLOCK -> place = flip(device, random.nextLong(64), random);
            case BIT_IN_VOLUME_TABLE -> place = flip(device, volumeByte(random), random);
            case BIT_IN_SNAPSHOT_TABLE ->
                    place = flip(device, PlainReader.SNAPSHOT_TABLE + random.nextLong(300), random);
            case BIT_IN_EXTENT_TABLE -> place = flip(device, extentByte(device, random), random);
            case BIT_IN_RESERVED_EXTENT ->
                    place = flip(device, reservedByte(device, random), random);
            case ZEROED_SECTOR -> {
                place = sector(device, random);
                device.overwrite(place, new byte[SECTOR]);
            }
            case NOISE_IN_SECTOR -> {
                place = sector(device, random);
                byte[] noise = new byte[SECTOR];
                random.nextBytes(noise);
                device.overwrite(place, noise);
            }
            case SWAPPED_SECTORS -> {
                place = sector(device, random);
                long other = sector(device, random);
                byte[] kept = device.bytes(place, SECTOR);
                device.overwrite(place, device.bytes(other, SECTOR));
                device.overwrite(other, kept);
            }
            case STALE_SECTOR -> {
                place = sector(device, random);
                device.overwrite(place, earlier.bytes(place, SECTOR));
            }
            case STALE_BLOCK -> {
                place = sector(device, random) / 4096 * 4096;
                device.overwrite(place, earlier.bytes(place, 4096));
            }
            case LOST_WRITE, MISDIRECTED_WRITE -> {}
        }
        return "%s at %d".formatted(this, place);
    }

    private static long flip(SimulatedDevice device, long at, SplittableRandom random) {
        byte[] one = device.bytes(at, 1);
        one[0] ^= (byte) (1 << random.nextInt(8));
        device.overwrite(at, one);
        return at;
    }

    private static long volumeByte(SplittableRandom random) {
        return PlainReader.VOLUME_TABLE + random.nextLong(4 * 266);
    }

    private static long extentByte(SimulatedDevice device, SplittableRandom random) {
        int count = Math.max(1, PlainReader.entryCount(device));
        return PlainReader.EXTENT_TABLE + random.nextLong((count + 1) * 38L);
    }

    /** A byte of a journal, catalogue or mirror extent; without any, of the tables. */
    private static long reservedByte(SimulatedDevice device, SplittableRandom random) {
        List<Long> offsets = PlainReader.reservedOffsets(device);
        return offsets.isEmpty()
                ? sector(device, random)
                : offsets.get(random.nextInt(offsets.size())) + random.nextLong(1 << 14);
    }

    /** A sector of metadata, mostly one that says something. */
    private static long sector(SimulatedDevice device, SplittableRandom random) {
        long at =
                switch (random.nextInt(6)) {
                    case 0 -> 0;
                    case 1 -> volumeByte(random);
                    case 2 -> PlainReader.SNAPSHOT_TABLE + random.nextLong(1024);
                    case 3 -> random.nextLong(PlainReader.EXTENT_TABLE);
                    default -> extentByte(device, random);
                };
        return at / SECTOR * SECTOR;
    }
}
