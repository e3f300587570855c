package org.dbstore.backend.operation;

import org.dbstore.backend.volume.Subject;

import java.util.UUID;

/** A snapshot as its view sees it. */
record FrozenSubject(VolumeRecord volume, Layer layer, UUID uuid) implements Subject {
    @Override
    public String name() {
        return volume.title() + "@" + layer.facts().name().orElse(Integer.toString(layer.id()));
    }

    @Override
    public boolean wasDirtyAtCrash() {
        return false;
    }

    @Override
    public void markDirty() {
        throw new UnsupportedOperationException("nobody writes to " + name());
    }
}
