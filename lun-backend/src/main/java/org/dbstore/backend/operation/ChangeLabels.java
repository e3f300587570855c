package org.dbstore.backend.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.commit.Transaction;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sets and removes labels of volumes and snapshots. */
public final class ChangeLabels {
    /** Labels of one volume or snapshot. */
    public static final int COUNT_MAX = 64;

    private static final int KEY_BYTES_MAX = 63;
    private static final int VALUE_BYTES_MAX = 255;

    private final Management management;
    private final Map<String, String> set;
    private final Set<String> removed;

    /**
     * Creates the operation.
     *
     * @param management of the store
     * @param set new or changed labels
     * @param removed keys of labels that go, if they are there
     */
    public ChangeLabels(Management management, Map<String, String> set, Set<String> removed) {
        this.management = management;
        this.set = set;
        this.removed = removed;
    }

    /**
     * Changes those of a volume.
     *
     * @param name of the volume, or "#slot"
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#LIMIT}, {@link BackendError#NO_SPACE}, {@link BackendError#CORRUPT}, {@link
     *     BackendError#READ_ONLY}, {@link BackendError#FAILED}
     */
    public void ofVolume(String name) throws BackendException {
        check(set);
        management.lockedDo(() -> {
            management.checkWritable();
            VolumeRecord volume = management.directory().volume(name);
            VolumeFacts facts = volume.facts().withLabels(changed(volume.facts().labels()));
            Transaction labelling = new Transaction();
            new Records(management).put(labelling, volume, volume.name(), facts);
            management.commit(labelling);
            volume.setFacts(facts);
        });
    }

    /**
     * Changes those of a snapshot.
     *
     * @param id of a frozen layer
     * @throws BackendException as {@link #ofVolume}; {@link BackendError#BUSY} if it is a head or
     *     being deleted
     */
    public void ofSnapshot(int id) throws BackendException {
        check(set);
        management.lockedDo(() ->
                new SnapshotRecords(management)
                        .change(id, facts -> facts.withLabels(changed(facts.labels()))));
    }

    private SortedMap<String, String> changed(SortedMap<String, String> present)
            throws BackendException {
        SortedMap<String, String> labels = new TreeMap<>(present);
        labels.keySet().removeAll(removed);
        labels.putAll(set);
        if (labels.size() > COUNT_MAX) {
            throw new BackendException(
                    BackendError.LIMIT, "more than %d labels".formatted(COUNT_MAX));
        }
        return labels;
    }

    /** Refuses labels that no snapshot or volume could have. */
    static void check(Map<String, String> labels) throws BackendException {
        if (labels.size() > COUNT_MAX) {
            throw new BackendException(
                    BackendError.LIMIT, "more than %d labels".formatted(COUNT_MAX));
        }
        for (Map.Entry<String, String> label : labels.entrySet()) {
            String key = label.getKey();
            String value = label.getValue();
            String reason = null;
            if (key.isEmpty() || key.getBytes(UTF_8).length > KEY_BYTES_MAX) {
                reason = "its key has 1 to 63 bytes";
            } else if (value.getBytes(UTF_8).length > VALUE_BYTES_MAX) {
                reason = "its value has at most 255 bytes";
            } else if (key.contains("=") || hasControls(key) || hasControls(value)) {
                reason = "it has a control character, or its key a '='";
            } else if (!UTF_8.newEncoder().canEncode(key + value)) {
                reason = "it is no valid text";
            }
            if (reason != null) {
                throw new BackendException(
                        BackendError.INVALID, "label \"%s\": %s".formatted(key, reason));
            }
        }
    }

    private static boolean hasControls(String text) {
        return text.codePoints().anyMatch(Character::isISOControl);
    }
}
