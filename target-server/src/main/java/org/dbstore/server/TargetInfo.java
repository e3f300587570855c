package org.dbstore.server;

import org.dbstore.config.PortGroupStates;
import org.dbstore.server.iscsi.session.SessionInfo;

import java.util.List;

/**
 * A target as it is served.
 *
 * @param name iSCSI name
 * @param alias for people, may be empty
 * @param luns ascending by number, with the snapshots that appear by themselves
 * @param missingLuns numbers that are configured and cannot be served, ascending
 * @param portGroups ascending by tag
 * @param sessions open now
 */
public record TargetInfo(
        String name,
        String alias,
        List<LunInfo> luns,
        List<Integer> missingLuns,
        List<PortGroupInfo> portGroups,
        List<SessionInfo> sessions) {
    /**
     * A LUN as it is served.
     *
     * @param number 0..255
     * @param device configured name
     * @param volume configured name
     * @param snapshot name or id; empty = the live volume
     * @param automatic true if it is a snapshot that appears by itself
     * @param readOnly WP
     * @param writeBack WCE as it is now
     * @param blockBytes logical block length
     * @param sizeBytes as it is now
     */
    public record LunInfo(
            int number,
            String device,
            String volume,
            String snapshot,
            boolean automatic,
            boolean readOnly,
            boolean writeBack,
            int blockBytes,
            long sizeBytes) {}

    /**
     * A way to a target.
     *
     * @param tag of the portal group
     * @param state as it is now
     * @param setByInitiator true if an initiator brought it about
     */
    public record PortGroupInfo(int tag, PortGroupStates.State state, boolean setByInitiator) {}

    /** Checks the values. */
    public TargetInfo {
        luns = List.copyOf(luns);
        missingLuns = List.copyOf(missingLuns);
        portGroups = List.copyOf(portGroups);
        sessions = List.copyOf(sessions);
    }
}
