package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.extent.ExtentMap;
import org.dbstore.backend.extent.ViewBuilder;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.volume.StoredVolume;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The open volumes and snapshots: one view of each, shared by its users. */
public final class Views {
    /** Label of a volume whose contents are not whole: nobody may read them. */
    public static final String PARTIAL_IMPORT = "dbs.import";

    /** End of that label where everything is there. */
    public static final String IMPORT_COMPLETE = "+";

    private final Management management;
    private final ViewBuilder builder;

    /**
     * Creates the registry.
     *
     * @param management of the store
     */
    public Views(Management management) {
        this.management = management;
        this.builder = new ViewBuilder(management.parts().table());
    }

    /**
     * Opens the head of a volume.
     *
     * @param name of the volume, or "#slot"
     * @return the shared view
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#INVALID}, {@link
     *     BackendError#CORRUPT}, {@link BackendError#BUSY} while it is being cloned, and if it
     *     holds a part of an import
     */
    public Volume openVolume(String name) throws BackendException {
        return management.locked(() -> {
            VolumeRecord volume = management.directory().volume(name);
            checkWhole(volume);
            return openHead(volume);
        });
    }

    /**
     * Refuses a volume that holds a part of an import.
     *
     * @throws BackendException {@link BackendError#BUSY}
     */
    static void checkWhole(VolumeRecord volume) throws BackendException {
        if (volume.facts().labels().containsKey(PARTIAL_IMPORT)) {
            throw new BackendException(
                    BackendError.BUSY,
                    volume.title() + " holds a part of an import, to go on with or discard");
        }
    }

    /** As the other, but allows an import that only lacks its snapshot. */
    static void checkComplete(VolumeRecord volume) throws BackendException {
        String state = volume.facts().labels().getOrDefault(PARTIAL_IMPORT, IMPORT_COMPLETE);
        if (!state.endsWith(IMPORT_COMPLETE)) {
            checkWhole(volume);
        }
    }

    /**
     * Opens a volume for its import: the only way to one that bears {@link #PARTIAL_IMPORT}.
     *
     * @param name of the volume, or "#slot"
     * @return a view that nobody else has
     * @throws BackendException as {@link #openVolume}; {@link BackendError#BUSY} if it is open
     */
    public Volume openForImport(String name) throws BackendException {
        return management.locked(() -> {
            VolumeRecord volume = management.directory().volume(name);
            if (volume.view() != null) {
                throw new BackendException(BackendError.BUSY, volume.title() + " is in use");
            }
            return openHead(volume);
        });
    }

    /** As {@link #openVolume}, with the management lock held. */
    StoredVolume openHead(VolumeRecord volume) throws BackendException {
        if (volume.isCloning()) {
            throw new BackendException(BackendError.BUSY, volume.title() + " is being cloned");
        }
        StoredVolume view = volume.view();
        if (view == null) {
            view =
                    new StoredVolume(
                            management.parts(),
                            new LiveSubject(management, volume),
                            volume.headId(),
                            management.parts().readOnly(),
                            map(volume, volume.headId()));
        }
        volume.addUser(view);
        return view;
    }

    /**
     * Opens a frozen snapshot.
     *
     * @param id of the snapshot
     * @return the shared view
     * @throws BackendException {@link BackendError#NOT_FOUND}, {@link BackendError#CORRUPT}, {@link
     *     BackendError#BUSY} if it is a head or being deleted
     */
    public Volume openSnapshot(int id) throws BackendException {
        return management.locked(() -> {
            Layer layer = management.layer(id);
            VolumeRecord volume = management.volumeOf(layer);
            if (volume.headId() == id) {
                throw new BackendException(
                        BackendError.BUSY, "snapshot " + id + " is the head of " + volume.title());
            }
            return openLayer(volume, layer);
        });
    }

    /** Opens a frozen layer, with the management lock held. */
    StoredVolume openLayer(VolumeRecord volume, Layer layer) throws BackendException {
        StoredVolume view = layer.view();
        if (view == null) {
            view =
                    new StoredVolume(
                            management.parts(),
                            new FrozenSubject(
                                    volume, layer, new Records(management).uuid(volume, layer)),
                            layer.id(),
                            true,
                            map(volume, layer.id()));
        }
        layer.addUser(view);
        return view;
    }

    /**
     * Gives up one use.
     *
     * @param used what an open call returned
     */
    public void release(VolumeContents used) {
        if (used instanceof StoredVolume view) {
            view.punchUnmapped(); // may take long: while nobody is kept from the lock
        }
        management.lock().lock();
        try {
            for (VolumeRecord volume : management.directory().volumes()) {
                StoredVolume view = volume.view();
                if (view != null && view == used) {
                    if (volume.removeUser()) {
                        view.close();
                    }
                    return;
                }
            }
            for (Layer layer : management.directory().layers()) {
                StoredVolume frozen = layer.view();
                if (frozen != null && frozen == used) {
                    if (layer.removeUser()) {
                        frozen.close();
                    }
                    return;
                }
            }
        } finally {
            management.lock().unlock();
        }
        throw new IllegalArgumentException(used.name() + " is not open");
    }

    /** Ends all views; for the end of the store. */
    public void closeAll() {
        management.lock().lock();
        try {
            open().forEach(StoredVolume::close);
        } finally {
            management.lock().unlock();
        }
    }

    /**
     * Tells whether anybody may be reading or writing.
     *
     * @return false if no volume and no snapshot is open
     */
    public boolean areOpen() {
        management.lock().lock();
        try {
            return !open().isEmpty();
        } finally {
            management.lock().unlock();
        }
    }

    private List<StoredVolume> open() {
        Directory directory = management.directory();
        return Stream.concat(
                        directory.volumes().stream().map(VolumeRecord::view),
                        directory.layers().stream().map(Layer::view))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Builds what a layer shows, with the management lock held. */
    ExtentMap map(VolumeRecord volume, int layerId) throws BackendException {
        if (volume.damage() != null) {
            throw new BackendException(
                    BackendError.CORRUPT, volume.title() + ": " + volume.damage());
        }
        Directory directory = management.directory();
        Layer layer = directory.layer(layerId);
        long sizeBytes =
                layer == null ? volume.sizeBytes() : new LayerTree(directory).sizeBytes(layer);
        return builder.build(directory.chainIds(layerId), sizeBytes / Geometry.EXTENT_BYTES);
    }
}
