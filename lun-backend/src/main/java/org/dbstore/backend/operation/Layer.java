package org.dbstore.backend.operation;

import org.dbstore.backend.catalogue.SnapshotFacts;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.volume.StoredVolume;
import org.jspecify.annotations.Nullable;

/** A snapshot in memory: frozen, or the head of a volume. Guarded by the lock of the directory. */
public final class Layer {
    private final int id;
    private SnapshotEntry entry;
    private SnapshotFacts facts = SnapshotFacts.NONE;
    private @Nullable StoredVolume view;
    private int viewUsers;
    private boolean deleting;

    Layer(int id, SnapshotEntry entry) {
        this.id = id;
        this.entry = entry;
    }

    /**
     * Returns the id.
     *
     * @return 1..65535
     */
    public int id() {
        return id;
    }

    /**
     * Returns what the snapshot table has.
     *
     * @return parent and time
     */
    public SnapshotEntry entry() {
        return entry;
    }

    /**
     * Notes what was written to the snapshot table.
     *
     * @param written the new entry
     */
    public void setEntry(SnapshotEntry written) {
        entry = written;
    }

    /**
     * Returns what the catalogue has of the frozen layer.
     *
     * @return {@link SnapshotFacts#NONE} for a head, and for a snapshot without a record
     */
    public SnapshotFacts facts() {
        return facts;
    }

    /**
     * Notes what was read from the catalogue or written to it.
     *
     * @param known as the record has it
     */
    public void setFacts(SnapshotFacts known) {
        facts = known;
    }

    /**
     * Returns the size of the snapshot.
     *
     * @param volumeBytes size of its volume
     * @return bytes
     */
    public long sizeBytes(long volumeBytes) {
        return facts.sizeBytes() == 0 ? volumeBytes : facts.sizeBytes();
    }

    /**
     * Returns the view that users of the frozen snapshot share.
     *
     * @return null while nobody has it open
     */
    public @Nullable StoredVolume view() {
        return view;
    }

    void addUser(StoredVolume shared) {
        view = shared;
        viewUsers++;
    }

    /** Returns true if that was the last user. */
    boolean removeUser() {
        viewUsers--;
        if (viewUsers == 0) {
            view = null;
        }
        return viewUsers == 0;
    }

    /**
     * Tells whether the layer was deleted while several others need it: nobody sees it any more,
     * and it goes as soon as one or none is left.
     *
     * @return true also while it is being made or deleted
     */
    public boolean isHidden() {
        return entry.isMarked();
    }

    boolean isDeleting() {
        return deleting;
    }

    void setDeleting(boolean now) {
        deleting = now;
    }
}
