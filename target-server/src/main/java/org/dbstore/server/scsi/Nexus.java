package org.dbstore.server.scsi;

/**
 * An I_T nexus (SAM-5): an initiator port and a target port that talk to each other. Equal for
 * every session of the same initiator port with the same target port, one after the other.
 *
 * @param initiatorName iSCSI name
 * @param isid 48 bits
 * @param targetName iSCSI name
 * @param portalGroupTag 1..65535; the target port
 */
public record Nexus(String initiatorName, long isid, String targetName, int portalGroupTag) {}
