package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;

import java.nio.ByteBuffer;

/** Reads the superblock and refuses what is no store of ours. */
final class SuperblockCheck {
    private SuperblockCheck() {}

    static Superblock run(BlockDevice device, MetadataReader reader, Findings findings)
            throws BackendException {
        if (device.sizeBytes() < Superblock.BYTES) {
            throw notAStore(device);
        }
        ByteBuffer block = reader.read(0, Superblock.BYTES);
        if (Superblock.isRestoring(block)) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    "a restore of %s did not end: run 'dbsctl device restore' again"
                            .formatted(device.name()));
        }
        if (isDoubtful(block, device.sizeBytes()) && SuperblockRescue.run(device, reader)) {
            findings.add(
                    Problem.SUPERBLOCK_RESCUED,
                    "superblock",
                    0,
                    "the superblock was damaged; it is taken from the journal or the mirror");
            block = reader.read(0, Superblock.BYTES);
        }
        if (!Superblock.hasMagic(block)) {
            throw notAStore(device);
        }
        Superblock superblock = Superblock.read(block);
        if (!isKnown(superblock)) {
            throw new BackendException(
                    BackendError.NOT_A_STORE,
                    "%s holds a store of version %s; this program reads 1.0.0 and its own 1.0.1"
                            .formatted(
                                    device.name(), Superblock.versionName(superblock.version())));
        }
        checkFeatures(device, superblock);
        checkSize(device, superblock, findings);
        return superblock;
    }

    /** Refuses what only a newer program understands. */
    static void checkFeatures(BlockDevice device, Superblock superblock) throws BackendException {
        if (superblock.unknownFeatures() != 0) {
            throw new BackendException(
                    BackendError.NOT_A_STORE,
                    "%s uses features that this program does not know (%#x): a newer one made it"
                            .formatted(device.name(), superblock.unknownFeatures()));
        }
    }

    private static boolean isKnown(Superblock superblock) {
        return superblock.version() == Superblock.VERSION
                || superblock.isOpen()
                || superblock.isBranched();
    }

    /** Tells whether a block is neither what we write nor what the original does. */
    static boolean isDoubtful(ByteBuffer block, long deviceBytes) {
        if (!Superblock.hasMagic(block)) {
            return true;
        }
        Superblock superblock = Superblock.read(block);
        int zeroFrom =
                superblock.identity().isPresent() ? Superblock.FEATURES : Superblock.IDENTITY;
        // With features the version is ours, and no other program changes either.
        boolean torn = superblock.version() == Superblock.VERSION && superblock.features() != 0;
        return torn
                || !isKnown(superblock)
                || superblock.deviceBytes() != deviceBytes
                || (ReservedExtents.read(block).isEmpty() && !isZero(block, zeroFrom));
    }

    private static boolean isZero(ByteBuffer block, int from) {
        int length = Superblock.BYTES - from;
        return block.slice(from, length).equals(ByteBuffer.allocate(length));
    }

    private static void checkSize(BlockDevice device, Superblock superblock, Findings findings)
            throws BackendException {
        long claimed = superblock.deviceBytes();
        if (claimed < Geometry.DEVICE_BYTES_MIN) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    "the superblock of %s says %s bytes; no store is that small"
                            .formatted(device.name(), Long.toUnsignedString(claimed)));
        }
        if (device.sizeBytes() < claimed) {
            throw new BackendException(
                    BackendError.CORRUPT,
                    "%s has %d bytes, but its superblock says %d: the end is missing"
                            .formatted(device.name(), device.sizeBytes(), claimed));
        }
        if (device.sizeBytes() > claimed) {
            findings.add(
                    Problem.LONGER,
                    "device",
                    ("%s is %d bytes longer than its superblock says (%d); what lies beyond is used"
                                    + " only where an extent is there already")
                            .formatted(device.name(), device.sizeBytes() - claimed, claimed));
        }
    }

    private static BackendException notAStore(BlockDevice device) {
        return new BackendException(
                BackendError.NOT_A_STORE,
                device.name() + " holds no block store; to make one run: dbsctl device init");
    }
}
