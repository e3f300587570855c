package org.dbstore.config;

/**
 * A volume or snapshot under a number.
 *
 * @param number 0..255 (single-level peripheral addressing)
 * @param device name of a {@link DeviceConfig}
 * @param volume name of a volume on it
 * @param snapshotId id of a snapshot of that volume, 0 = the live volume
 * @param readOnly true to refuse writes; snapshots always do
 * @param cache what GOOD to a WRITE promises
 * @param blockBytes logical block length: 512 or 4096
 */
public record LunConfig(
        int number,
        String device,
        String volume,
        int snapshotId,
        boolean readOnly,
        CacheMode cache,
        int blockBytes) {
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
}
