package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.config.LunConfig;
import org.dbstore.config.SnapshotLuns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The LUNs by which the snapshots of a volume appear by themselves. Holds the numbers given last;
 * used under the lock of the server's configuration.
 *
 * <p>A snapshot keeps its number for life: the number is a label of the snapshot on the device,
 * {@code dbs.lun.} and a hash of the target's name and the number of the volume's LUN. A number
 * that has become free is given again as late as possible, because an initiator that has not looked
 * yet would take the new disk for the old one.
 */
final class SnapshotNumbers {
    private static final Logger LOG = LogManager.getLogger(SnapshotNumbers.class);
    private static final String LABEL_PREFIX = "dbs.lun.";
    private static final int NONE = -1;

    /** A snapshot as one LUN shows it; on the device it may be without its number. */
    private record Shown(String label, UUID snapshot) {}

    private final Map<String, Integer> lastGiven = new HashMap<>();
    private final Map<Shown, Integer> given = new HashMap<>();

    /**
     * Derives the LUNs of the snapshots that a LUN of a volume shows.
     *
     * @param target name
     * @param lun of the volume; shows snapshots
     * @param taken numbers that are not to be had; gets those that are given
     * @param hidden ids of snapshots that are not to be shown
     * @return ascending by number
     */
    List<LunConfig> derive(
            String target, LunConfig lun, BlockStore store, Set<Integer> taken, Set<Integer> hidden)
            throws BackendException {
        SnapshotLuns rule = lun.snapshots().orElseThrow();
        String label = label(target, lun.number());
        Set<UUID> alive =
                store.snapshots(lun.volume()).stream()
                        .map(SnapshotInfo::uuid)
                        .collect(Collectors.toSet());
        given.keySet()
                .removeIf(shown -> shown.label.equals(label) && !alive.contains(shown.snapshot));
        List<SnapshotInfo> shown =
                newest(store.snapshots(lun.volume()), rule).stream()
                        .filter(snapshot -> !hidden.contains(snapshot.id()))
                        .toList();
        Map<Integer, SnapshotInfo> byNumber = new HashMap<>();
        List<SnapshotInfo> without = new ArrayList<>();
        for (SnapshotInfo snapshot : shown) {
            int number = kept(snapshot, label);
            if (rule.contains(number) && taken.add(number)) {
                byNumber.put(number, snapshot);
                given.put(new Shown(label, snapshot.uuid()), number);
            } else {
                without.add(snapshot);
            }
        }
        int last = lastGiven.getOrDefault(label, numberOfNewest(shown, label));
        for (SnapshotInfo snapshot : without) {
            OptionalInt number = next(rule, last, taken);
            if (number.isEmpty()) {
                LOG.warn(
                        "target {}: no number is free in {}-{} for snapshot {} of {}",
                        target,
                        rule.first(),
                        rule.last(),
                        snapshot.id(),
                        lun.volume());
                break;
            }
            last = number.getAsInt();
            taken.add(last);
            byNumber.put(last, snapshot);
            lastGiven.put(label, last);
            given.put(new Shown(label, snapshot.uuid()), last);
            keep(store, snapshot, label, last);
        }
        return byNumber.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> lunOf(lun, each.getKey(), each.getValue()))
                .toList();
    }

    /** The frozen ones that the rule names, oldest first. */
    private static List<SnapshotInfo> newest(List<SnapshotInfo> all, SnapshotLuns rule) {
        List<SnapshotInfo> named =
                all.stream()
                        .filter(snapshot -> !snapshot.head())
                        .filter(snapshot ->
                                rule.shows(snapshot.name().orElse(Integer.toString(snapshot.id()))))
                        .sorted(
                                Comparator.comparing(SnapshotInfo::createdAt)
                                        .thenComparingInt(SnapshotInfo::id))
                        .toList();
        int most = rule.newest() == 0 ? rule.last() - rule.first() + 1 : rule.newest();
        return named.subList(Math.max(0, named.size() - most), named.size());
    }

    private int numberOfNewest(List<SnapshotInfo> shown, String label) {
        return shown.reversed().stream()
                .map(snapshot -> kept(snapshot, label))
                .filter(number -> number != NONE)
                .findFirst()
                .orElse(NONE);
    }

    /** The first free number behind the last one, round and round. */
    private static OptionalInt next(SnapshotLuns rule, int last, Set<Integer> taken) {
        int count = rule.last() - rule.first() + 1;
        int begin = rule.contains(last) ? last + 1 - rule.first() : 0;
        for (int i = 0; i < count; i++) {
            int number = rule.first() + (begin + i) % count;
            if (!taken.contains(number)) {
                return OptionalInt.of(number);
            }
        }
        return OptionalInt.empty();
    }

    private int kept(SnapshotInfo snapshot, String label) {
        Integer known = given.get(new Shown(label, snapshot.uuid()));
        if (known != null) {
            return known;
        }
        String text = snapshot.labels().getOrDefault(label, "");
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : NONE;
    }

    /** Without room for labels on the device a number is good until the server ends. */
    private static void keep(BlockStore store, SnapshotInfo snapshot, String label, int number) {
        try {
            store.labelSnapshot(snapshot.id(), Map.of(label, Integer.toString(number)), Set.of());
        } catch (BackendException e) {
            LOG.warn(
                    "snapshot {} is LUN {} only until dbsd ends: {}",
                    snapshot.id(),
                    number,
                    e.getMessage());
        }
    }

    private static LunConfig lunOf(LunConfig lun, int number, SnapshotInfo snapshot) {
        return new LunConfig(
                number,
                lun.device(),
                lun.volume(),
                Integer.toString(snapshot.id()),
                true,
                lun.cache(),
                lun.blockBytes(),
                lun.physicalBlockBytes(),
                lun.qos(),
                Optional.empty());
    }

    private static String label(String target, int number) {
        CRC32C hash = new CRC32C();
        hash.update((target + "#" + number).getBytes(StandardCharsets.UTF_8));
        return LABEL_PREFIX + String.format(Locale.ROOT, "%08x", hash.getValue());
    }
}
