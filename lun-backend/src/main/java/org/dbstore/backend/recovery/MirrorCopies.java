package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.commit.MirrorBuilder;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * Looks at every block of the mirror, also where the home is good and nobody would. What is damaged
 * is put into the reader's overlay as the home has it: a writable opening writes that to both.
 */
final class MirrorCopies {
    private final MetadataReader reader;
    private final Geometry geometry;
    private final ReservedExtents reserved;
    private final UUID device;
    private final Findings findings;

    MirrorCopies(
            MetadataReader reader,
            Geometry geometry,
            ReservedExtents reserved,
            UUID device,
            Findings findings) {
        this.reader = reader;
        this.geometry = geometry;
        this.reserved = reserved;
        this.device = device;
        this.findings = findings;
    }

    void run() throws BackendException {
        int covered = MirrorBuilder.coveredBlocks(geometry, reserved);
        for (int m = 0; m * MirrorHeader.BLOCKS < covered; m++) {
            check(m, Math.min(MirrorHeader.BLOCKS, covered - m * MirrorHeader.BLOCKS));
        }
    }

    private void check(int m, int count) throws BackendException {
        int first = m * MirrorHeader.BLOCKS;
        long offset = geometry.extentOffset(reserved.mirrors().get(m));
        ByteBuffer mirror = reader.read(offset, (1 + count) * Geometry.BLOCK_BYTES);
        MirrorHeader header = MirrorHeader.read(mirror);
        if (header == null || header.index() != m || !header.device().equals(device)) {
            report(offset, "the header of mirror extent %d is damaged".formatted(m));
            writeAnew(first);
            return;
        }
        for (int i = 0; i < count; i++) {
            if (!reader.isOverlaid(first + i) && isDamaged(mirror, i, header)) {
                report(
                        offset + (1L + i) * Geometry.BLOCK_BYTES,
                        "the mirror of block %d is damaged".formatted(first + i));
                writeAnew(first + i);
            }
        }
    }

    /** Where the home is damaged, too, somebody else says so. */
    private boolean isDamaged(ByteBuffer mirror, int i, MirrorHeader header)
            throws BackendException {
        ByteBuffer copy =
                mirror.slice((1 + i) * Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        if (MirrorHeader.checksum(copy) == header.checksums()[i]) {
            return false;
        }
        long home = (long) (header.index() * MirrorHeader.BLOCKS + i) * Geometry.BLOCK_BYTES;
        return MirrorHeader.checksum(reader.read(home, Geometry.BLOCK_BYTES))
                == header.checksums()[i];
    }

    private void writeAnew(int block) throws BackendException {
        if (!reader.isOverlaid(block)) {
            reader.overlay(
                    block, reader.read((long) block * Geometry.BLOCK_BYTES, Geometry.BLOCK_BYTES));
        }
    }

    private void report(long offset, String text) {
        findings.add(Problem.MIRROR_DAMAGED, "mirror", offset, text);
    }
}
