package org.dbstore.backend.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.backend.catalogue.VolumeFacts;
import org.dbstore.backend.format.VolumeEntry;
import org.dbstore.backend.volume.StoredVolume;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A volume in memory. Guarded by the lock of the directory; {@link #operations} is held over a
 * whole snapshot, delete or clone of this volume, so that these come one after the other. Volumes
 * that share layers have it in common. It is fair, so that what is done in parts lets others in.
 */
public final class VolumeRecord {
    private final int slot;
    private volatile long sizeBytes;
    private volatile boolean decodable;
    private ReentrantLock operations = new ReentrantLock(true);
    private volatile String name;
    private volatile int headId;
    private volatile VolumeFacts facts = VolumeFacts.NONE;
    private volatile boolean dirty;
    private boolean dirtyAtCrash;
    private @Nullable String damage;
    private boolean chainBroken;
    private @Nullable StoredVolume view;
    private int viewUsers;
    private boolean cloning;
    private boolean deleted;

    /**
     * Creates the record.
     *
     * @param slot in the volume table
     * @param name as stored
     * @param decodable false if the name has bytes that are no UTF-8
     * @param sizeBytes as stored
     * @param headId id of the head layer
     */
    public VolumeRecord(int slot, String name, boolean decodable, long sizeBytes, int headId) {
        this.slot = slot;
        this.name = name;
        this.decodable = decodable;
        this.sizeBytes = sizeBytes;
        this.headId = headId;
    }

    /**
     * Returns the place in the volume table.
     *
     * @return 0..255
     */
    public int slot() {
        return slot;
    }

    /**
     * Returns the name.
     *
     * @return as stored, undecodable bytes replaced
     */
    public String name() {
        return name;
    }

    /**
     * Returns a name for messages that is never empty.
     *
     * @return the name, or "#slot"
     */
    public String title() {
        return name.isEmpty() || !decodable ? "#" + slot : name;
    }

    /**
     * Returns the size.
     *
     * @return bytes
     */
    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Returns the head layer.
     *
     * @return 1..65535
     */
    public int headId() {
        return headId;
    }

    /**
     * Returns what the catalogue has of the volume.
     *
     * @return without a record what follows from the name
     */
    public VolumeFacts facts() {
        return facts;
    }

    /**
     * Notes what was read from the catalogue or written to it.
     *
     * @param known as the record has it
     */
    public void setFacts(VolumeFacts known) {
        facts = known;
    }

    /**
     * Tells whether the dirty mark is set for the running system.
     *
     * @return false after a clean close
     */
    public boolean isDirty() {
        return dirty;
    }

    /**
     * Notes the dirty mark.
     *
     * @param now as the catalogue has it for the running system
     */
    public void setDirty(boolean now) {
        dirty = now;
    }

    /** Notes that the dirty mark was found set by a system that has ended. */
    public void setDirtyAtCrash() {
        dirtyAtCrash = true;
    }

    boolean wasDirtyAtCrash() {
        return dirtyAtCrash;
    }

    /**
     * Returns what keeps the volume from being served.
     *
     * @return null if nothing does
     */
    public @Nullable String damage() {
        return damage;
    }

    /**
     * Keeps the volume from being served.
     *
     * @param reason for people
     */
    public void setDamage(String reason) {
        damage = reason;
    }

    /**
     * Keeps the volume from being served and deleted: its chain has a cycle, or layers that are not
     * its own.
     *
     * @param reason for people
     */
    public void setChainBroken(String reason) {
        damage = reason;
        chainBroken = true;
    }

    boolean isChainBroken() {
        return chainBroken;
    }

    /**
     * Returns the shared view.
     *
     * @return null while nobody has the volume open
     */
    public @Nullable StoredVolume view() {
        return view;
    }

    /** Returns how long the stored name is; the longest possible if that is not known. */
    int nameLengthBytes() {
        return decodable ? name.getBytes(UTF_8).length : VolumeEntry.NAME_FIELD_BYTES;
    }

    /**
     * Tells whether the name is what the table has.
     *
     * @return false if there are bytes that are no UTF-8
     */
    public boolean isDecodable() {
        return decodable;
    }

    ReentrantLock operations() {
        return operations;
    }

    /**
     * Makes the operations of two volumes come one after the other, before this one is used.
     *
     * @param other shares layers with this volume
     */
    public void shareOperations(VolumeRecord other) {
        operations = other.operations;
    }

    void setSizeBytes(long bytes) {
        sizeBytes = bytes;
    }

    void setName(String newName) {
        name = newName;
        decodable = true;
    }

    void setHeadId(int id) {
        headId = id;
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

    boolean isCloning() {
        return cloning;
    }

    void setCloning(boolean now) {
        cloning = now;
    }

    boolean isDeleted() {
        return deleted;
    }

    void setDeleted() {
        deleted = true;
    }
}
