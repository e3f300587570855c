package org.dbstore.server.qos;

/**
 * How much may pass.
 *
 * @param commands each second; 0 = any number
 * @param bytes each second; 0 = any number
 * @param burstNanos how much may be made up for after a pause: so much time's worth of it
 */
public record Rate(long commands, long bytes, long burstNanos) {
    /** No limit. */
    public static final Rate UNLIMITED = new Rate(0, 0, 0);

    /** Tells whether there is no limit. */
    public boolean isUnlimited() {
        return commands == 0 && bytes == 0;
    }
}
