package org.dbstore.tests.durability;

import org.dbstore.tests.durability.Operation.Kind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each sector may hold, by what was sent and acknowledged. Commands under way at the same time
 * never overlap, so the versions of a sector have an order. After an accident at position P it may
 * hold the newest version that had to be durable at P, or any newer one that had been sent.
 */
final class History {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int[] NONE = {};

    /** What an acknowledgement promises of a volume, in the accident at hand. */
    enum Promise {
        /** Acknowledged writes survive. */
        EVERY_WRITE,
        /** Writes with FUA survive, others once a SYNCHRONIZE CACHE sent later is acknowledged. */
        FLUSHED_WRITES
    }

    /** One version of many sectors. */
    private static final class Version {
        final Operation operation;
        final long sentAt;
        long acknowledgedAt = NEVER;
        long durableAt = NEVER;

        Version(Operation operation, long sentAt) {
            this.operation = operation;
            this.sentAt = sentAt;
        }
    }

    private final Version[] versions;
    private final long[][] base;
    private final int[][][] versionsBySector;
    private final int[][] countBySector;

    /**
     * Builds it.
     *
     * @param base by volume and sector: the stamp before everything in {@code entries}
     * @param promises by volume
     */
    History(List<long[]> base, List<Promise> promises, List<Journal.Entry> entries) {
        this.base = base.toArray(new long[0][]);
        versionsBySector = new int[base.size()][][];
        countBySector = new int[base.size()][];
        for (int volume = 0; volume < base.size(); volume++) {
            versionsBySector[volume] = new int[this.base[volume].length][];
            Arrays.fill(versionsBySector[volume], NONE);
            countBySector[volume] = new int[this.base[volume].length];
        }
        versions =
                entries.stream()
                        .filter(entry -> !entry.acknowledged())
                        .map(entry -> new Version(entry.operation(), entry.position()))
                        .toArray(Version[]::new);
        for (int i = 0; i < versions.length; i++) {
            if (versions[i].operation.kind().changes()) {
                addToSectors(i);
            }
        }
        noteDurability(promises, entries);
    }

    private void addToSectors(int index) {
        Operation operation = versions[index].operation;
        int[][] lists = versionsBySector[operation.volume()];
        int[] counts = countBySector[operation.volume()];
        int first = (int) operation.lba();
        for (int sector = first; sector < first + operation.blocks(); sector++) {
            if (counts[sector] == lists[sector].length) {
                lists[sector] = Arrays.copyOf(lists[sector], Math.max(2, counts[sector] * 2));
            }
            lists[sector][counts[sector]++] = index;
        }
    }

    private void noteDurability(List<Promise> promises, List<Journal.Entry> entries) {
        Map<Long, Version> byNumber = HashMap.newHashMap(versions.length);
        for (Version version : versions) {
            byNumber.put(version.operation.number(), version);
        }
        // By volume: acknowledged, but not flushed yet; and what each flush under way will flush.
        Map<Integer, List<Version>> unflushed = new HashMap<>();
        Map<Long, List<Version>> covered = new HashMap<>();
        for (Journal.Entry entry : entries) {
            Operation operation = entry.operation();
            List<Version> volatileVersions =
                    unflushed.computeIfAbsent(operation.volume(), v -> new ArrayList<>());
            if (!entry.acknowledged()) {
                if (operation.kind() == Kind.SYNCHRONIZE) {
                    covered.put(operation.number(), List.copyOf(volatileVersions));
                }
                continue;
            }
            Version version = byNumber.get(operation.number());
            if (version == null) {
                throw new IllegalStateException("acknowledged, but never sent: " + operation);
            }
            version.acknowledgedAt = entry.position();
            if (operation.kind() == Kind.SYNCHRONIZE) {
                List<Version> flushed = covered.getOrDefault(operation.number(), List.of());
                flushed.forEach(v -> v.durableAt = Math.min(v.durableAt, entry.position()));
                volatileVersions.removeIf(v -> v.durableAt != NEVER);
            } else if (operation.kind() == Kind.WRITE_FUA
                    || promises.get(operation.volume()) == Promise.EVERY_WRITE) {
                version.durableAt = entry.position();
            } else {
                volatileVersions.add(version);
            }
        }
    }

    /** Number of acknowledged commands that changed something. */
    long acknowledgedWrites() {
        return Arrays.stream(versions)
                .filter(v -> v.operation.kind().changes() && v.acknowledgedAt != NEVER)
                .count();
    }

    /**
     * Tells whether a sector may hold what it holds after an accident.
     *
     * @param stamp what {@link Sectors#operationOf} says of it
     * @param position when the accident was
     */
    boolean allows(int volume, int sector, long stamp, long position) {
        return allows(volume, sector, stamp, position, NEVER, false);
    }

    /**
     * Tells whether a sector of a snapshot may hold what it holds.
     *
     * @param before the snapshot was taken before this operation and after all with lower numbers
     */
    boolean allowsInSnapshot(int volume, int sector, long stamp, long before) {
        return allows(volume, sector, stamp, NEVER - 1, before, true);
    }

    private boolean allows(
            int volume,
            int sector,
            long stamp,
            long position,
            long before,
            boolean acknowledgedIsEnough) {
        int[] list = versionsBySector[volume][sector];
        for (int i = countBySector[volume][sector] - 1; i >= 0; i--) {
            Version version = versions[list[i]];
            if (version.sentAt > position || version.operation.number() >= before) {
                continue;
            }
            if (version.operation.stamp() == stamp) {
                return true;
            }
            long fixedAt = acknowledgedIsEnough ? version.acknowledgedAt : version.durableAt;
            if (fixedAt <= position) {
                return false;
            }
        }
        return base[volume][sector] == stamp;
    }

    /** For a report: the newest versions of a sector, newest first. */
    String describe(int volume, int sector, long position) {
        StringBuilder text = new StringBuilder("newest first:");
        int[] list = versionsBySector[volume][sector];
        int last = countBySector[volume][sector] - 1;
        for (int i = last; i >= Math.max(0, last - 7); i--) {
            Version version = versions[list[i]];
            if (version.sentAt <= position) {
                text.append(
                        " [%s %s, sent at %d, %s, %s]"
                                .formatted(
                                        version.operation.kind(),
                                        version.operation.number(),
                                        version.sentAt,
                                        at("acknowledged", version.acknowledgedAt),
                                        at("durable", version.durableAt)));
            }
        }
        return text + " [at the beginning " + base[volume][sector] + "]";
    }

    private static String at(String what, long position) {
        return position == NEVER ? "not " + what : what + " at " + position;
    }
}
