package org.dbstore.backend.space;

/**
 * How the extents of a device are shared out. Arrays are indexed by id of the layer or number of
 * the volume.
 *
 * @param used extents that belong to layers
 * @param shared extents that several volumes show
 * @param unreferenced extents that nothing shows: of layers that are being deleted, or doubled
 * @param lost extents of ids that are no layer
 * @param shownByLayer extents that a layer shows, its own and those below
 * @param mappedBlocks blocks that are mapped in these
 * @param sharedByLayer extents that a layer and other volumes show
 * @param freedByLayer extents that the deletion of a frozen layer frees
 * @param exclusiveByVolume extents that one volume with its snapshots shows and no other
 */
@SuppressWarnings("ArrayRecordComponent") // only handed over
public record SpaceReport(
        long used,
        long shared,
        long unreferenced,
        long lost,
        long[] shownByLayer,
        long[] mappedBlocks,
        long[] sharedByLayer,
        long[] freedByLayer,
        long[] exclusiveByVolume) {}
