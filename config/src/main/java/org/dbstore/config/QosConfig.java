package org.dbstore.config;

/**
 * What may be used at most. 0 = as much as there is.
 *
 * @param iops commands per second
 * @param bytesPerSecond read and written together
 * @param burstSeconds how long of silence may be made up for: the bucket holds so many seconds'
 *     worth
 */
public record QosConfig(long iops, long bytesPerSecond, int burstSeconds) {
    /** No limit. */
    public static final QosConfig UNLIMITED = new QosConfig(0, 0, 1);

    /** Most commands per second that can be written down. */
    static final int IOPS_MAX = 100_000_000;

    /** Longest burst. */
    static final int BURST_MAX = 3600;

    /** Checks the values. */
    public QosConfig {
        if (iops < 0 || iops > IOPS_MAX) {
            throw new IllegalArgumentException(
                    iops + " commands a second are not in 0.." + IOPS_MAX + "; choose another");
        }
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    bytesPerSecond + " bytes a second are below 0; choose another");
        }
        if (burstSeconds < 1 || burstSeconds > BURST_MAX) {
            throw new IllegalArgumentException(
                    "a burst of "
                            + burstSeconds
                            + " s is not in 1.."
                            + BURST_MAX
                            + "; choose another");
        }
    }

    /** Tells whether there is a limit. */
    public boolean isLimited() {
        return iops > 0 || bytesPerSecond > 0;
    }
}
