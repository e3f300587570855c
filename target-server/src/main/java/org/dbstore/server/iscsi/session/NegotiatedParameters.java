package org.dbstore.server.iscsi.session;

/**
 * What initiator and target agreed on (RFC 7143, section 13), lengths in bytes.
 *
 * @param maxRecvDataSegmentLength most data the initiator takes in one PDU
 * @param maxBurstLength most data of one R2T, or of Data-In PDUs up to the FINAL bit
 * @param firstBurstLength most data that may come without R2T; at most maxBurstLength
 * @param initialR2T true if no Data-Out may come without R2T
 * @param immediateData true if data may ride on the command
 * @param headerDigest true if headers carry CRC32C
 * @param dataDigest true if data segments carry CRC32C
 * @param protocolLevel iSCSIProtocolLevel: 2 with the functions of RFC 7144
 */
public record NegotiatedParameters(
        int maxRecvDataSegmentLength,
        int maxBurstLength,
        int firstBurstLength,
        boolean initialR2T,
        boolean immediateData,
        boolean headerDigest,
        boolean dataDigest,
        int protocolLevel) {
    /** Most data this target takes in one PDU, as it declares. */
    public static final int OUR_MAX_RECV_DATA_SEGMENT_LENGTH = 256 << 10;

    /** The level of RFC 7144. */
    public static final int LEVEL_RFC_7144 = 2;
}
