package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Looks for a superblock that is not at home any more: in the journal, because a power loss may
 * destroy the block on its way, and in the mirror.
 */
final class SuperblockRescue {
    private final MetadataReader reader;
    private final Geometry geometry;

    private SuperblockRescue(MetadataReader reader, Geometry geometry) {
        this.reader = reader;
        this.geometry = geometry;
    }

    /**
     * Shows the superblock through the reader if there is one.
     *
     * @param device as large as it was
     * @param reader of the device
     * @return false if there is none
     */
    static boolean run(BlockDevice device, MetadataReader reader) throws BackendException {
        if (device.sizeBytes() < Geometry.DEVICE_BYTES_MIN) {
            return false;
        }
        Geometry geometry = new Geometry(device.sizeBytes());
        ByteBuffer image = new SuperblockRescue(reader, geometry).find();
        if (image == null || Superblock.read(image).deviceBytes() != device.sizeBytes()) {
            return false;
        }
        reader.overlay(0, image);
        return true;
    }

    private @Nullable ByteBuffer find() throws BackendException {
        Optional<ReservedSearch.Found> found = ReservedSearch.run(reader, geometry);
        if (found.isEmpty()) {
            return null;
        }
        ReservedExtents extents = found.get().extents();
        ByteBuffer logged =
                JournalReplay.read(reader, geometry, extents.journal(), found.get().device())
                        .images()
                        .get(0L);
        if (logged != null && Superblock.hasMagic(logged)) {
            return logged;
        }
        ByteBuffer mirror =
                reader.read(
                        geometry.extentOffset(extents.mirrors().getFirst()),
                        2 * Geometry.BLOCK_BYTES);
        MirrorHeader header = MirrorHeader.read(mirror);
        ByteBuffer copy =
                mirror.slice(Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES).order(mirror.order());
        return header != null
                        && header.checksums()[0] == MirrorHeader.checksum(copy)
                        && Superblock.hasMagic(copy)
                ? copy
                : null;
    }
}
