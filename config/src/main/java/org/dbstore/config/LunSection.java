package org.dbstore.config;

import org.dbstore.config.LunConfig.CacheMode;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the entries of {@link ConfigKey#TARGET_LUNS}. It sees those of all targets, because a
 * volume that is served twice must look the same on both ways.
 */
final class LunSection {
    private record Use(Place place, LunConfig lun) {}

    private record Medium(String device, String volume, String snapshot) {}

    /** Highest id that the layout of a device can hold. */
    private static final int SNAPSHOT_ID_MAX = 65535;

    private final Set<String> deviceNames;
    private final Map<Medium, Use> firstUses = new HashMap<>();
    private final Map<Medium, Use> firstWritableUses = new HashMap<>();

    LunSection(Set<String> deviceNames) {
        this.deviceNames = deviceNames;
    }

    /** One LUN; empty if something is wrong that has been noted. */
    Optional<LunConfig> read(Entry entry) {
        entry.checkKeys(ConfigKey.LUN_DEVICE);
        Optional<Integer> number = entry.parsedName(LunSection::number);
        Optional<String> device = entry.value(ConfigKey.LUN_DEVICE, this::device);
        Optional<String> volume = entry.value(ConfigKey.LUN_VOLUME, LunSection::volume);
        String snapshot = entry.value(ConfigKey.LUN_SNAPSHOT, LunSection::snapshot).orElse("");
        boolean readOnly =
                choice(entry, ConfigKey.LUN_READ_ONLY).map(Boolean::parseBoolean).orElse(false);
        CacheMode cache =
                choice(entry, ConfigKey.LUN_CACHE)
                        .map(text -> CacheMode.valueOf(text.toUpperCase(Locale.ROOT)))
                        .orElse(CacheMode.WRITETHROUGH);
        int blockBytes = choice(entry, ConfigKey.LUN_BLOCK_SIZE).map(Integer::valueOf).orElse(512);
        int physicalBlockBytes =
                choice(entry, ConfigKey.LUN_PHYSICAL_BLOCK_SIZE).map(Integer::valueOf).orElse(4096);
        if (physicalBlockBytes < blockBytes) {
            entry.problem(
                    "physical-block-size is below block-size; leave it out, or make block-size"
                            + " 512");
            return Optional.empty();
        }
        if (number.isEmpty() || device.isEmpty() || volume.isEmpty()) {
            return Optional.empty();
        }
        QosConfig qos = QosSection.ofLun(entry);
        Optional<SnapshotLuns> snapshots =
                entry.one(ConfigKey.LUN_SNAPSHOTS).flatMap(LunSection::snapshots);
        Optional<LunConfig> lun =
                entry.guarded(() ->
                        new LunConfig(
                                number.get(),
                                device.get(),
                                volume.get(),
                                snapshot,
                                readOnly,
                                cache,
                                blockBytes,
                                physicalBlockBytes,
                                qos,
                                snapshots));
        lun.ifPresent(read -> checkSameEverywhere(entry, read));
        return lun;
    }

    private void checkSameEverywhere(Entry entry, LunConfig lun) {
        Use use = new Use(entry.place(), lun);
        Medium medium = new Medium(lun.device(), lun.volume(), lun.snapshot());
        Use first = firstUses.putIfAbsent(medium, use);
        if (first != null && !first.lun.sameBlocks(lun)) {
            entry.problem(
                    "the same volume has block-size "
                            + first.lun.blockBytes()
                            + " and physical-block-size "
                            + first.lun.physicalBlockBytes()
                            + " at "
                            + first.place
                            + ": initiators would see two disks of one identity; make them equal");
        }
        if (lun.readOnly()) {
            return;
        }
        Use firstWritable = firstWritableUses.putIfAbsent(medium, use);
        if (firstWritable != null && firstWritable.lun.cache() != lun.cache()) {
            entry.problem(
                    "the same volume is written with cache "
                            + firstWritable.lun.cache().name().toLowerCase(Locale.ROOT)
                            + " at "
                            + firstWritable.place
                            + "; make them equal, or one of them read-only");
        }
    }

    private static Optional<SnapshotLuns> snapshots(Entry entry) {
        if (!entry.isMap()) {
            return entry.parsed(text -> {
                if (text.equals("auto")) {
                    return SnapshotLuns.AUTO;
                }
                throw new IllegalArgumentException(
                        "'" + text + "' is not auto; write auto, or a map of luns, names, newest");
            });
        }
        entry.checkKeys(ConfigKey.SNAPSHOTS_LUNS);
        int[] range =
                entry.value(ConfigKey.SNAPSHOTS_LUNS, LunSection::range)
                        .orElse(new int[] {SnapshotLuns.AUTO.first(), SnapshotLuns.AUTO.last()});
        String names = entry.value(ConfigKey.SNAPSHOTS_NAMES, Values::text).orElse("*");
        int newest =
                entry.value(
                                ConfigKey.SNAPSHOTS_NEWEST,
                                text -> Values.integer(text, 1, LunConfig.NUMBER_MAX + 1))
                        .orElse(0);
        return entry.guarded(() -> new SnapshotLuns(range[0], range[1], names, newest));
    }

    private static int[] range(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a range; write one as 128-255");
        }
        return new int[] {number(ends[0].strip()), number(ends[1].strip())};
    }

    private static Optional<String> choice(Entry entry, ConfigKey key) {
        return entry.value(key, key::choose);
    }

    static int number(String text) {
        // "00" beside "0" would be the same LUN under two keys.
        if (text.length() > 1 && text.startsWith("0")) {
            throw new IllegalArgumentException("'" + text + "' has leading zeroes; leave them out");
        }
        return Values.integer(text, 0, LunConfig.NUMBER_MAX);
    }

    private static String snapshot(String text) {
        return text.matches("-?[0-9]+")
                ? Integer.toString(Values.integer(text, 1, SNAPSHOT_ID_MAX))
                : named(text, "a snapshot of the volume");
    }

    private static String volume(String text) {
        return named(text, "a volume of the device");
    }

    private static String named(String text, String what) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("is empty; name " + what);
        }
        return text;
    }

    private String device(String text) {
        if (deviceNames.contains(text)) {
            return text;
        }
        throw new IllegalArgumentException(
                "there is no device '"
                        + text
                        + "'; "
                        + Spelling.nearest(text, deviceNames)
                                .map(word -> "did you mean '" + word + "'?")
                                .orElse("define it under devices"));
    }
}
