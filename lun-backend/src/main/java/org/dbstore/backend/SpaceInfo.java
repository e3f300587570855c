package org.dbstore.backend;

import java.util.List;

/**
 * Who uses the extents of a device. Used, free and reserved add up to the total; exclusive of all
 * volumes, shared, pending and lost add up to what is used.
 *
 * @param totalBytes of all extents of the device
 * @param usedBytes that belong to layers
 * @param freeBytes that can be allocated
 * @param reservedBytes that the store keeps for itself, or is about to set free
 * @param sharedBytes that several volumes show
 * @param pendingBytes that nothing shows: a deletion is under way, or waits for another
 * @param lostBytes of layers that do not exist (damage)
 * @param volumes in slot order
 */
public record SpaceInfo(
        long totalBytes,
        long usedBytes,
        long freeBytes,
        long reservedBytes,
        long sharedBytes,
        long pendingBytes,
        long lostBytes,
        List<VolumeSpace> volumes) {
    /**
     * What a volume with its snapshots uses.
     *
     * @param name of the volume
     * @param slot in the volume table
     * @param sizeBytes that it could hold
     * @param mappedBytes blocks that its head shows
     * @param shownBytes extents that its head shows
     * @param exclusiveBytes extents that it and its snapshots alone show
     * @param sharedBytes extents that its head and other volumes show
     * @param snapshots layers, head first
     */
    public record VolumeSpace(
            String name,
            int slot,
            long sizeBytes,
            long mappedBytes,
            long shownBytes,
            long exclusiveBytes,
            long sharedBytes,
            List<LayerSpace> snapshots) {}

    /**
     * What a layer uses.
     *
     * @param id of the snapshot
     * @param name or id, as in "volume@name"
     * @param head true for what is written
     * @param mappedBytes blocks that it shows
     * @param ownBytes extents that it holds itself
     * @param exclusiveBytes extents that its deletion frees; of a head 0, it cannot go alone
     * @param sharedBytes extents that it shows and that stay if it is deleted
     */
    public record LayerSpace(
            int id,
            String name,
            boolean head,
            long mappedBytes,
            long ownBytes,
            long exclusiveBytes,
            long sharedBytes) {}
}
