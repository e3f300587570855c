package org.dbstore.server.schedule;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.config.ScheduleConfig;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Deletes the snapshots of a rule that are too many, the oldest first, and never another's. One
 * that cannot be deleted now stays, and is tried again the next time.
 */
final class Retention {
    private static final Logger LOG = LogManager.getLogger(Retention.class);

    private final ScheduleConfig rule;
    private final OpenDevices devices;
    private final Selection selection;

    /** What has been complained about, so that it is logged once. */
    private final Set<String> known = new HashSet<>();

    Retention(ScheduleConfig rule, OpenDevices devices, Selection selection) {
        this.rule = rule;
        this.devices = devices;
        this.selection = selection;
    }

    /**
     * What is there afterwards.
     *
     * @param kept snapshots of the rule
     * @param undeletable those of them that should not be there any more, and why they are
     */
    record Result(int kept, List<String> undeletable) {}

    Result run(Instant now, BooleanSupplier retired) {
        int kept = 0;
        List<String> undeletable = new ArrayList<>();
        for (String device : selection.devices()) {
            try {
                for (String volume :
                        devices.with(device, store -> selection.volumes(device, store))) {
                    kept += run(device, volume, now, retired, undeletable);
                }
            } catch (BackendException e) {
                undeletable.add("device " + device + ": " + e.getMessage());
            }
        }
        undeletable.stream()
                .filter(reason -> !known.contains(reason))
                .forEach(reason -> LOG.warn("schedule {}: kept {}", rule.name(), reason));
        known.clear();
        known.addAll(undeletable);
        return new Result(kept, undeletable);
    }

    private int run(
            String device,
            String volume,
            Instant now,
            BooleanSupplier retired,
            List<String> undeletable) {
        String place = device + "/" + volume;
        List<SnapshotInfo> oldestFirst;
        try {
            oldestFirst =
                    devices.with(device, store -> store.snapshots(volume)).stream()
                            .filter(snapshot -> Marks.isOf(rule.name(), snapshot))
                            .sorted(byAge(now))
                            .toList();
        } catch (BackendException e) {
            undeletable.add(place + ": " + e.getMessage());
            return 0;
        }
        int left = oldestFirst.size();
        for (SnapshotInfo old :
                oldestFirst.subList(0, Math.max(0, oldestFirst.size() - rule.keep()))) {
            if (retired.getAsBoolean()) {
                return left;
            }
            String title = place + "@" + old.name().orElse(Integer.toString(old.id()));
            try {
                devices.with(
                        device,
                        store -> {
                            store.deleteSnapshot(old.id());
                            return left(title);
                        });
                left--;
            } catch (BackendException e) {
                undeletable.add(title + ": " + e.getMessage());
            }
        }
        return left;
    }

    private String left(String title) {
        LOG.info("schedule {}: deleted {}", rule.name(), title);
        return title;
    }

    /**
     * What is from the future was taken before the clock was set back: it is older than the rest.
     */
    private static Comparator<SnapshotInfo> byAge(Instant now) {
        return Comparator.comparing((SnapshotInfo snapshot) -> !Marks.time(snapshot).isAfter(now))
                .thenComparing(Marks::time)
                .thenComparingInt(SnapshotInfo::id);
    }
}
