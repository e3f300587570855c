package org.dbstore.server.scsi;

/** What one copy command may ask for at most; announced and held. */
public final class CopyLimits {
    /** MAXIMUM CSCD DESCRIPTOR COUNT of EXTENDED COPY. */
    public static final int DEVICES_MAX = 8;

    /** MAXIMUM SEGMENT DESCRIPTOR COUNT. */
    public static final int SEGMENTS_MAX = 64;

    /** MAXIMUM DESCRIPTOR LIST LENGTH, in bytes: room for all of both. */
    public static final int DESCRIPTOR_BYTES_MAX = DEVICES_MAX * 32 + SEGMENTS_MAX * 28;

    /** MAXIMUM SEGMENT LENGTH, in bytes: 65535 blocks of 4096. */
    public static final int SEGMENT_BYTES_MAX = 65535 * 4096;

    /** MAXIMUM RANGE DESCRIPTORS of POPULATE TOKEN and WRITE USING TOKEN. */
    public static final int RANGES_MAX = 256;

    /** MAXIMUM TOKEN TRANSFER SIZE, in bytes: what Windows asks for at most. */
    public static final long TOKEN_BYTES_MAX = 256L << 20;

    /** OPTIMAL TRANSFER COUNT, in bytes. */
    public static final long TOKEN_BYTES_OPTIMAL = 64L << 20;

    /** MAXIMUM INACTIVITY TIMEOUT of a token. */
    public static final int TOKEN_SECONDS_MAX = 60;

    /** DEFAULT INACTIVITY TIMEOUT. */
    public static final int TOKEN_SECONDS_DEFAULT = 30;

    /** Tokens remembered at once; the oldest goes. */
    public static final int TOKENS_MAX = 1024;

    /** Results remembered of each kind, for RECEIVE COPY RESULTS; the oldest goes. */
    public static final int RESULTS_MAX = 1024;

    private CopyLimits() {}
}
