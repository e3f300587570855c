package org.dbstore.server.admin.api;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.TargetInfo;

import java.util.List;
import java.util.Optional;

/**
 * A target as it is served.
 *
 * @param name iSCSI name
 * @param alias for people
 * @param portalGroups that it is reached through; empty: all
 * @param initiators patterns of those who may log in
 * @param authGroup whose users may; absent: without authentication
 * @param sessions how many there are
 * @param luns by number
 * @param missingLuns numbers that are configured and cannot be served
 * @param accessStates how good the ways to it are
 */
public record TargetView(
        String name,
        String alias,
        List<Integer> portalGroups,
        List<String> initiators,
        Optional<String> authGroup,
        int sessions,
        List<Lun> luns,
        List<Integer> missingLuns,
        List<AccessState> accessStates) {
    /**
     * How good the way through a portal group is (ALUA).
     *
     * @param group its tag
     * @param state optimized, non-optimized, standby or unavailable; as it is now
     * @param setByInitiator true if an initiator brought it about
     */
    public record AccessState(int group, String state, boolean setByInitiator) {
        static AccessState of(TargetInfo.PortGroupInfo group) {
            return new AccessState(group.tag(), group.state().word(), group.setByInitiator());
        }
    }

    /**
     * A logical unit.
     *
     * @param number under which it is seen
     * @param device name
     * @param volume name
     * @param snapshot name or id; absent: the volume as it is
     * @param automatic true if it is a snapshot that appears by itself
     * @param readOnly true if writes are refused
     * @param cache writethrough or writeback
     * @param blockBytes logical block
     * @param sizeBytes as it is now
     */
    public record Lun(
            int number,
            String device,
            String volume,
            Optional<String> snapshot,
            boolean automatic,
            boolean readOnly,
            LunConfig.CacheMode cache,
            int blockBytes,
            long sizeBytes) {
        static Lun of(TargetInfo.LunInfo lun) {
            return new Lun(
                    lun.number(),
                    lun.device(),
                    lun.volume(),
                    lun.snapshot().isEmpty() ? Optional.empty() : Optional.of(lun.snapshot()),
                    lun.automatic(),
                    lun.readOnly(),
                    lun.writeBack()
                            ? LunConfig.CacheMode.WRITEBACK
                            : LunConfig.CacheMode.WRITETHROUGH,
                    lun.blockBytes(),
                    lun.sizeBytes());
        }
    }

    /**
     * Shows a target.
     *
     * @param config its terms
     * @param served its LUNs and sessions
     */
    public static TargetView of(TargetConfig config, TargetInfo served) {
        return new TargetView(
                config.name(),
                config.alias(),
                config.portalGroups(),
                config.initiators(),
                config.access().authGroup().map(AuthGroupConfig::name),
                served.sessions().size(),
                served.luns().stream().map(Lun::of).toList(),
                served.missingLuns(),
                served.portGroups().stream().map(AccessState::of).toList());
    }
}
