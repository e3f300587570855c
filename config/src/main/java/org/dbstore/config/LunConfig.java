package org.dbstore.config;

import java.util.Optional;

/**
 * A volume or snapshot under a number.
 *
 * @param number 0..255 (single-level peripheral addressing)
 * @param device name of a {@link DeviceConfig}
 * @param volume name of a volume on it
 * @param snapshot name or id of a snapshot of that volume, empty = the live volume
 * @param readOnly true to refuse writes; always so for a snapshot
 * @param cache what GOOD to a WRITE promises
 * @param blockBytes logical block length: 512 or 4096
 * @param physicalBlockBytes physical block length that initiators are told: 512 or 4096, at least
 *     {@code blockBytes}
 * @param qos what all initiators together may use
 * @param snapshots which snapshots of the volume appear as LUNs by themselves
 */
public record LunConfig(
        int number,
        String device,
        String volume,
        String snapshot,
        boolean readOnly,
        CacheMode cache,
        int blockBytes,
        int physicalBlockBytes,
        QosConfig qos,
        Optional<SnapshotLuns> snapshots) {
    /** Highest number that single-level peripheral addressing can say (SAM-5, "LUN"). */
    public static final int NUMBER_MAX = 255;

    /** What GOOD to a WRITE promises. */
    public enum CacheMode {
        /** It survives power loss (WCE=0). */
        WRITETHROUGH,
        /**
         * It survives the end of the process; power loss only after SYNCHRONIZE CACHE or FUA
         * (WCE=1).
         */
        WRITEBACK
    }

    /** A LUN without limits, whose snapshots do not appear. */
    public LunConfig(
            int number,
            String device,
            String volume,
            String snapshot,
            boolean readOnly,
            CacheMode cache,
            int blockBytes,
            int physicalBlockBytes) {
        this(
                number,
                device,
                volume,
                snapshot,
                readOnly,
                cache,
                blockBytes,
                physicalBlockBytes,
                QosConfig.UNLIMITED,
                Optional.empty());
    }

    /** Checks the values; a snapshot becomes read-only. */
    public LunConfig {
        if (number < 0 || number > NUMBER_MAX) {
            throw new IllegalArgumentException(
                    "LUN " + number + " is not in 0..255; choose another");
        }
        if (volume.isEmpty()) {
            throw new IllegalArgumentException("the volume has no name; give one");
        }
        if (blockBytes != 512 && blockBytes != 4096) {
            throw new IllegalArgumentException("block size " + blockBytes + "; choose 512 or 4096");
        }
        if ((physicalBlockBytes != 512 && physicalBlockBytes != 4096)
                || physicalBlockBytes < blockBytes) {
            throw new IllegalArgumentException(
                    "physical block size "
                            + physicalBlockBytes
                            + "; choose 512 or 4096, at least"
                            + " the block size");
        }
        if (!snapshot.isEmpty() && snapshots.isPresent()) {
            throw new IllegalArgumentException(
                    "a snapshot has no snapshots to show; leave out snapshots");
        }
        readOnly |= !snapshot.isEmpty();
    }

    boolean sameBlocks(LunConfig other) {
        return blockBytes == other.blockBytes && physicalBlockBytes == other.physicalBlockBytes;
    }
}
