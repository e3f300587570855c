package org.dbstore.backend.simulation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What was promised about one volume: of its head by sector, of its snapshots exactly. */
final class VolumeModel {
    /** A value written after the last flush; hard if it must survive the end of the process. */
    private record Written(int stamp, boolean hard) {}

    /** 512-byte sectors of an extent. */
    static final int SECTORS_OF_EXTENT = 2048;

    /**
     * A frozen state.
     *
     * @param id of the layer
     * @param name empty if it has none that was given to it
     * @param content by sector, without zeroes
     * @param extents its size
     */
    record Snapshot(int id, String name, Map<Integer, Integer> content, int extents) {
        Snapshot named(String newName) {
            return new Snapshot(id, newName, content, extents);
        }
    }

    private int extents;
    private final Map<Integer, Integer> flushed = new HashMap<>();
    private final Map<Integer, List<Written>> since = new HashMap<>();
    private final List<Snapshot> snapshots = new ArrayList<>();

    /** What the atomic write under way, or the last one that failed, wrote, by sector. */
    private final Map<Integer, Integer> atomic = new HashMap<>();

    private String label = "";
    private int scsiState;

    VolumeModel(int extents) {
        this.extents = extents;
    }

    int extents() {
        return extents;
    }

    /** Cuts off what lies behind the new end. */
    void resize(int newExtents) {
        extents = newExtents;
        int end = newExtents * SECTORS_OF_EXTENT;
        flushed.keySet().removeIf(sector -> sector >= end);
        since.keySet().removeIf(sector -> sector >= end);
    }

    /** Value of its only label; empty for none. */
    String label() {
        return label;
    }

    void setLabel(String newLabel) {
        label = newLabel;
    }

    /** What a SCSI target keeps, as a number; 0 for nothing. */
    int scsiState() {
        return scsiState;
    }

    void setScsiState(int state) {
        scsiState = state;
    }

    List<Snapshot> snapshots() {
        return snapshots;
    }

    /** A request may write this; called before it is sent. */
    void writing(int sector, int stamp) {
        since.computeIfAbsent(sector, s -> new ArrayList<>()).add(new Written(stamp, false));
    }

    /** As {@link #writing(int, int)}, for several that are written all or none. */
    void writingAtomically(int firstSector, int firstStamp, int count) {
        atomic.clear();
        for (int i = 0; i < count; i++) {
            atomic.put(firstSector + i, firstStamp + i);
            writing(firstSector + i, firstStamp + i);
        }
    }

    /** The head turned out to read like this, though nothing is durable yet. */
    void writing(Map<Integer, Integer> content) {
        atomic.clear();
        Set<Integer> sectors = new HashSet<>(content.keySet());
        sectors.addAll(live().keySet());
        for (int sector : sectors) {
            writing(sector, content.getOrDefault(sector, 0));
        }
    }

    /** The last value of the sector survives the end of the process from now on. */
    void harden(int sector) {
        List<Written> written = since.get(sector);
        if (written != null) {
            written.add(new Written(written.getLast().stamp(), true));
        }
    }

    /** The last value of the sector survives whatever comes from now on. */
    void forced(int sector) {
        atomic.clear();
        List<Written> written = since.remove(sector);
        if (written != null) {
            flushed.put(sector, written.getLast().stamp());
        }
    }

    /** The request was refused: it wrote nothing. */
    void refused(int sector) {
        atomic.clear();
        List<Written> written = Objects.requireNonNull(since.get(sector));
        written.removeLast();
        if (written.isEmpty()) {
            since.remove(sector);
        }
    }

    void flushed() {
        settle(live());
    }

    /** What the head reads as now; zeroes are left out. */
    Map<Integer, Integer> live() {
        Map<Integer, Integer> live = new HashMap<>(flushed);
        since.forEach((sector, written) -> live.put(sector, written.getLast().stamp()));
        live.values().removeIf(stamp -> stamp == 0);
        return live;
    }

    /** Takes over what the device turned out to hold. */
    void settle(Map<Integer, Integer> content) {
        atomic.clear();
        flushed.clear();
        flushed.putAll(content);
        since.clear();
    }

    /** Returns what is wrong with a head found after a crash, or null. */
    @Nullable String mismatch(Map<Integer, Integer> found, boolean processOnly) {
        for (Set<Integer> sectors : List.of(found.keySet(), flushed.keySet(), since.keySet())) {
            for (int sector : sectors) {
                int actual = found.getOrDefault(sector, 0);
                if (!isAllowed(sector, actual, processOnly)) {
                    return "sector %d is %d; flushed %d, since then %s"
                            .formatted(
                                    sector,
                                    actual,
                                    flushed.getOrDefault(sector, 0),
                                    since.getOrDefault(sector, List.of()));
                }
            }
        }
        long written =
                atomic.entrySet().stream()
                        .filter(each -> each.getValue().equals(found.get(each.getKey())))
                        .count();
        return written == 0 || written == atomic.size()
                ? null
                : "%d of %d sectors of an atomic write".formatted(written, atomic.size());
    }

    private boolean isAllowed(int sector, int actual, boolean processOnly) {
        boolean allowed = actual == flushed.getOrDefault(sector, 0);
        for (Written written : since.getOrDefault(sector, List.of())) {
            boolean settled = written.hard() && processOnly;
            allowed = actual == written.stamp() || (allowed && !settled);
        }
        return allowed;
    }

    VolumeModel copy() {
        VolumeModel copy = new VolumeModel(extents);
        copy.flushed.putAll(flushed);
        since.forEach((sector, written) -> copy.since.put(sector, new ArrayList<>(written)));
        copy.atomic.putAll(atomic);
        copy.snapshots.addAll(snapshots);
        copy.label = label;
        copy.scsiState = scsiState;
        return copy;
    }
}
