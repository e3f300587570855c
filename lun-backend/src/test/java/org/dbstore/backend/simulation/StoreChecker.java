package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Compares a store that was opened after a power loss with what had been promised. */
final class StoreChecker {
    private final Contents contents;
    private final Map<VolumeModel, Map<Integer, Integer>> heads = new HashMap<>();

    StoreChecker(Contents contents) {
        this.contents = contents;
    }

    /**
     * Compares.
     *
     * @param store just opened
     * @param model what was promised
     * @param processOnly true if only the process had ended
     * @param settle true to take over what was found as what is promised from now on
     * @return what is wrong, or null
     */
    @Nullable String check(BlockStore store, StoreModel model, boolean processOnly, boolean settle)
            throws BackendException {
        for (String finding : store.findings()) {
            boolean cutShort = finding.contains("beyond the end of its volume"); // a resize was
            if (!cutShort && (finding.contains("kept") || finding.contains("not served"))) {
                return "finding: " + finding;
            }
        }
        restoreLostName(store, model);
        model.endImport(store);
        List<String> mismatches = new ArrayList<>();
        for (Map<String, VolumeModel> candidate : model.candidates()) {
            String mismatch = compare(store, candidate, processOnly);
            if (mismatch == null) {
                if (settle) {
                    model.settle(candidate);
                    heads.forEach(VolumeModel::settle);
                }
                return leaks(store);
            }
            mismatches.add(mismatch);
        }
        return String.join("; nor as if done: ", mismatches);
    }

    /**
     * Compares a store in use after an operation failed: the operation is done, or not, or a part
     * of its data is written. What is found is what reads from now on, durable or not.
     */
    @Nullable String checkLive(BlockStore store, StoreModel model) throws BackendException {
        List<String> mismatches = new ArrayList<>();
        for (Map<String, VolumeModel> candidate : model.candidates()) {
            String mismatch = compare(store, candidate, false);
            if (mismatch == null) {
                model.settle(candidate);
                heads.forEach(VolumeModel::writing);
                return null;
            }
            mismatches.add(mismatch);
        }
        return String.join("; nor as if done: ", mismatches);
    }

    /** A rename across sectors may leave no name; people find the volume by its slot. */
    private static void restoreLostName(BlockStore store, StoreModel model)
            throws BackendException {
        for (String name : model.leaving()) {
            for (VolumeInfo info : store.volumes()) {
                if (info.name().isEmpty()) {
                    store.renameVolume("#" + info.slot(), name);
                }
            }
        }
    }

    private @Nullable String compare(
            BlockStore store, Map<String, VolumeModel> expected, boolean processOnly)
            throws BackendException {
        heads.clear();
        List<VolumeInfo> found = store.volumes();
        List<String> names = found.stream().map(VolumeInfo::name).sorted().toList();
        if (!names.equals(List.copyOf(expected.keySet()))) {
            return "volumes are %s instead of %s".formatted(names, expected.keySet());
        }
        for (VolumeInfo info : found) {
            VolumeModel promised = Objects.requireNonNull(expected.get(info.name()));
            String mismatch = volume(store, info, promised, processOnly);
            if (mismatch != null) {
                return info.name() + ": " + mismatch;
            }
        }
        return null;
    }

    private @Nullable String volume(
            BlockStore store, VolumeInfo info, VolumeModel expected, boolean processOnly)
            throws BackendException {
        String name = info.name();
        Volume head = store.openVolume(name);
        long size = head.sizeBytes();
        Map<Integer, Integer> found;
        try {
            found = contents.of(head);
        } finally {
            store.release(head);
        }
        if (size != (long) expected.extents() << 20) {
            return "%d bytes instead of %d extents".formatted(size, expected.extents());
        }
        heads.put(expected, found);
        String mismatch = expected.mismatch(found, processOnly);
        if (mismatch == null) {
            mismatch = catalogue(store, info, expected);
        }
        return mismatch != null ? mismatch : snapshots(store, name, expected);
    }

    private static @Nullable String catalogue(
            BlockStore store, VolumeInfo info, VolumeModel expected) throws BackendException {
        String label = info.labels().getOrDefault(CatalogueActions.LABEL, "");
        if (!label.equals(expected.label())) {
            return "label \"%s\" instead of \"%s\"".formatted(label, expected.label());
        }
        byte[] state = CatalogueActions.scsiState(expected.scsiState());
        return Arrays.equals(store.scsiState(info.name()), state) ? null : "another SCSI state";
    }

    private @Nullable String snapshots(BlockStore store, String volumeName, VolumeModel expected)
            throws BackendException {
        List<SnapshotInfo> chain = store.snapshots(volumeName);
        if (chain.size() != expected.snapshots().size() + 1) {
            return "%d snapshots instead of %d"
                    .formatted(chain.size() - 1, expected.snapshots().size());
        }
        for (VolumeModel.Snapshot snapshot : expected.snapshots()) {
            SnapshotInfo info =
                    chain.stream()
                            .filter(each -> each.id() == snapshot.id())
                            .findAny()
                            .orElse(null);
            if (info == null || info.sizeBytes() != (long) snapshot.extents() << 20) {
                return "snapshot %d is %s".formatted(snapshot.id(), info);
            }
            String name = info.name().orElse("");
            if (!snapshot.name().isEmpty() && !snapshot.name().equals(name)) {
                return "snapshot \"%s\" instead of \"%s\"".formatted(name, snapshot.name());
            }
            Volume frozen = store.openSnapshot(snapshot.id());
            Map<Integer, Integer> found;
            try {
                found = contents.of(frozen);
            } finally {
                store.release(frozen);
            }
            if (!found.equals(snapshot.content())) {
                return "snapshot %d changed: %s instead of %s"
                        .formatted(snapshot.id(), found, snapshot.content());
            }
        }
        return null;
    }

    /** A deleted layer that several others share stays for them; no volume lists it. */
    private static @Nullable String leaks(BlockStore store) throws BackendException {
        long extents = 0;
        Set<Integer> layers = new HashSet<>();
        Set<Integer> parents = new HashSet<>(Set.of(0));
        for (VolumeInfo volume : store.volumes()) {
            for (SnapshotInfo layer : store.snapshots(volume.name())) {
                extents += layer.ownExtents();
                layers.add(layer.id());
                parents.add(layer.parentId());
            }
        }
        parents.removeAll(layers);
        boolean hidden = parents.size() > 1;
        long otherExtents = store.info().usedExtents() - extents;
        int otherLayers = store.info().snapshotCount() - layers.size();
        return hidden || (otherExtents == 0 && otherLayers == 0)
                ? null
                : "%d extents and %d layers belong to nobody".formatted(otherExtents, otherLayers);
    }

    /** Deletes all volumes; returns what is left over, or null. */
    static @Nullable String checkEmptied(BlockStore store) throws BackendException {
        for (VolumeInfo volume : store.volumes()) {
            store.deleteVolume("#" + volume.slot());
        }
        long extents = store.info().usedExtents();
        int layers = store.info().snapshotCount();
        return extents == 0 && layers == 0
                ? null
                : "%d extents and %d layers are left when all is deleted"
                        .formatted(extents, layers);
    }

    /** Compares what the original reads on a cleanly closed device; all is settled. */
    static @Nullable String checkOriginal(SimulatedDevice closed, StoreModel model)
            throws IOException {
        if (PlainReader.isRefused(closed)) {
            return null; // layers are shared, which it would not understand
        }
        PlainReader reader = new PlainReader(closed);
        List<PlainReader.PlainVolume> volumes = reader.volumes();
        if (volumes.size() != model.volumes().size()) {
            return "the original would see %d volumes".formatted(volumes.size());
        }
        for (PlainReader.PlainVolume volume : volumes) {
            VolumeModel expected = model.volumes().get(volume.name());
            if (expected == null || volume.chain().size() != expected.snapshots().size() + 1) {
                return "the original would see another " + volume.name();
            }
            Map<Integer, Integer> head = reader.content(volume.chain().getFirst());
            if (!head.equals(expected.live())) {
                return "the original would read another %s: %s instead of %s"
                        .formatted(volume.name(), head, expected.live());
            }
            for (PlainReader.Layer layer : volume.chain().subList(1, volume.chain().size())) {
                String mismatch = snapshot(reader.content(layer), layer.id(), expected);
                if (mismatch != null) {
                    return "the original would read %s: %s".formatted(volume.name(), mismatch);
                }
            }
        }
        return null;
    }

    /** The original shows a snapshot as large as its volume is now. */
    private static @Nullable String snapshot(
            Map<Integer, Integer> found, int id, VolumeModel expected) {
        for (VolumeModel.Snapshot snapshot : expected.snapshots()) {
            if (snapshot.id() == id) {
                int end = snapshot.extents() * VolumeModel.SECTORS_OF_EXTENT;
                found.keySet().removeIf(sector -> sector >= end);
                return found.equals(snapshot.content())
                        ? null
                        : "snapshot %d is %s".formatted(id, found);
            }
        }
        return "snapshot %d, which is none".formatted(id);
    }
}
