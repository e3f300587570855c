package org.dbstore.server.iscsi.jscsi;

/**
 * A Login Request PDU (RFC 7143, section 11.12).
 *
 * @param transit T bit
 * @param more C bit: the text goes on in the next request
 * @param currentStage CSG: 0 security, 1 operational
 * @param nextStage NSG: 0, 1, 3; 0 without T
 * @param versionMin lowest version the initiator speaks
 * @param isid 48 bits
 * @param handle TSIH, 0 for a new session
 * @param connectionId CID
 * @param taskTag initiator task tag
 * @param sequenceNumber CmdSN
 */
public record LoginRequest(
        boolean transit,
        boolean more,
        int currentStage,
        int nextStage,
        int versionMin,
        long isid,
        int handle,
        int connectionId,
        int taskTag,
        int sequenceNumber) {}
