package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.completion.ObjectKind;
import org.dbstore.tools.completion.ObjectNames;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The names of what there is on the device that a command line means. */
final class KnownObjects implements ObjectNames {
    private final Dbsctl dbsctl;

    /**
     * Creates them.
     *
     * @param dbsctl opens the device
     * @param options what the line says, by long names
     */
    KnownObjects(Dbsctl dbsctl, Function<String, Optional<String>> options) {
        this.dbsctl = dbsctl;
        options.apply("--device").ifPresent(device -> dbsctl.device = Path.of(device));
    }

    @Override
    public List<String> of(ObjectKind kind, String begun) throws BackendException, CommandFailure {
        return switch (kind) {
            case VOLUME, SNAPSHOT, CONTENTS -> onDevice(kind, begun);
            case TARGET, AUTH_GROUP, SESSION, JOB, DEVICE, SERVER, FILE -> List.of();
        };
    }

    private List<String> onDevice(ObjectKind kind, String begun)
            throws BackendException, CommandFailure {
        try (Store store = dbsctl.open(true)) {
            int at = begun.lastIndexOf('@');
            if (at >= 0) {
                return kind == ObjectKind.VOLUME
                        ? List.of()
                        : snapshots(store, begun.substring(0, at));
            }
            List<String> names = new ArrayList<>();
            for (VolumeInfo volume : store.volumes()) {
                if (kind != ObjectKind.SNAPSHOT) {
                    names.add(volume.name());
                }
                if (kind != ObjectKind.VOLUME && volume.snapshotCount() > 1) {
                    names.add(volume.name() + "@");
                }
            }
            return names;
        }
    }

    private static List<String> snapshots(Store store, String volume) throws BackendException {
        return store.snapshots(volume).stream()
                .filter(layer -> !layer.head())
                .map(layer -> new Rows.Snapshot(volume, layer).name())
                .toList();
    }
}
