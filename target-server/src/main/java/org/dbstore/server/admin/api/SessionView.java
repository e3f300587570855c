package org.dbstore.server.admin.api;

import org.dbstore.server.iscsi.session.SessionInfo;

import java.time.Instant;
import java.util.Optional;

/**
 * A session of an initiator.
 *
 * @param id by which it is ended: the TSIH
 * @param target iSCSI name
 * @param portalGroup by which it came
 * @param initiator iSCSI name
 * @param isid in hexadecimal
 * @param user of CHAP
 * @param address of the initiator
 * @param portal address by which it came
 * @param since when it logged in
 * @param commands without an answer
 * @param headerDigest true if headers carry CRC32C
 * @param dataDigest true if data carries CRC32C
 * @param maxRecvDataSegmentLength most data that the initiator takes in one PDU
 * @param maxBurstLength as agreed
 * @param firstBurstLength as agreed
 * @param immediateData as agreed
 * @param initialR2T as agreed
 */
public record SessionView(
        int id,
        String target,
        int portalGroup,
        String initiator,
        String isid,
        Optional<String> user,
        String address,
        String portal,
        Instant since,
        int commands,
        boolean headerDigest,
        boolean dataDigest,
        int maxRecvDataSegmentLength,
        int maxBurstLength,
        int firstBurstLength,
        boolean immediateData,
        boolean initialR2T) {
    /** Shows a session. */
    public static SessionView of(SessionInfo info) {
        return new SessionView(
                info.handle(),
                info.nexus().targetName(),
                info.nexus().portalGroupTag(),
                info.nexus().initiatorName(),
                "%012x".formatted(info.nexus().isid()),
                info.userName().isEmpty() ? Optional.empty() : Optional.of(info.userName()),
                Addresses.text(info.peer()),
                Addresses.text(info.local()),
                info.since(),
                info.commandCount(),
                info.parameters().headerDigest(),
                info.parameters().dataDigest(),
                info.parameters().maxRecvDataSegmentLength(),
                info.parameters().maxBurstLength(),
                info.parameters().firstBurstLength(),
                info.parameters().immediateData(),
                info.parameters().initialR2T());
    }
}
