package org.dbstore.backend;

/** Hears of changes that users of an open volume have not made themselves. */
@FunctionalInterface
public interface VolumeListener {
    /** What has changed. */
    enum Change {
        /** The size alone: what lies within both sizes is as before. */
        SIZE,
        /** All contents, and perhaps the size: the volume was rolled back. */
        CONTENTS
    }

    /**
     * Called after the change, on the thread that made it.
     *
     * @param volume as {@link BlockStore#openVolume} gave it
     * @param change what is different now
     */
    void changed(Volume volume, Change change);
}
