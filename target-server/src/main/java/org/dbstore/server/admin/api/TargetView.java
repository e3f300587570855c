package org.dbstore.server.admin.api;

import org.dbstore.config.LunConfig;
import org.dbstore.config.TargetConfig;

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
 */
public record TargetView(
        String name,
        String alias,
        List<Integer> portalGroups,
        List<String> initiators,
        Optional<String> authGroup,
        int sessions,
        List<Lun> luns) {
    /**
     * A logical unit.
     *
     * @param number under which it is seen
     * @param device name
     * @param volume name
     * @param snapshot name or id; absent: the volume as it is
     * @param readOnly true if writes are refused
     * @param cache writethrough or writeback
     * @param blockBytes logical block
     * @param physicalBlockBytes physical block
     */
    public record Lun(
            int number,
            String device,
            String volume,
            Optional<String> snapshot,
            boolean readOnly,
            LunConfig.CacheMode cache,
            int blockBytes,
            int physicalBlockBytes) {
        static Lun of(LunConfig lun) {
            return new Lun(
                    lun.number(),
                    lun.device(),
                    lun.volume(),
                    lun.snapshot().isEmpty() ? Optional.empty() : Optional.of(lun.snapshot()),
                    lun.readOnly(),
                    lun.cache(),
                    lun.blockBytes(),
                    lun.physicalBlockBytes());
        }
    }

    /**
     * Shows a target.
     *
     * @param sessions how many it has
     */
    public static TargetView of(TargetConfig target, int sessions) {
        return new TargetView(
                target.name(),
                target.alias(),
                target.portalGroups(),
                target.initiators(),
                target.access().authGroup().map(group -> group.name()),
                sessions,
                target.luns().stream().map(Lun::of).toList());
    }
}
