package org.dbstore.config;

import java.util.List;

/**
 * An iSCSI target.
 *
 * @param name iqn., eui. or naa. name, normalised to lower case, at most 223 bytes
 * @param alias for people, may be empty
 * @param portalGroups tags of the portal groups it is reached through; empty = all
 * @param initiators name patterns that may log in ('*' matches any run of characters), groups
 *     already resolved; empty = nobody
 * @param luns ascending by number
 * @param access on which terms
 */
public record TargetConfig(
        String name,
        String alias,
        List<Integer> portalGroups,
        List<String> initiators,
        List<LunConfig> luns,
        TargetAccess access) {
    /** A target without authentication and limits. */
    public TargetConfig(
            String name,
            String alias,
            List<Integer> portalGroups,
            List<String> initiators,
            List<LunConfig> luns) {
        this(name, alias, portalGroups, initiators, luns, TargetAccess.OPEN);
    }

    /** Checks the values and normalises the name. */
    public TargetConfig {
        name = IscsiName.parse(name);
        Values.text(alias);
        portalGroups = List.copyOf(portalGroups);
        initiators = List.copyOf(initiators);
        luns = List.copyOf(luns);
        for (int i = 1; i < luns.size(); i++) {
            if (luns.get(i - 1).number() >= luns.get(i).number()) {
                throw new IllegalArgumentException(
                        "LUN " + luns.get(i).number() + " is out of order or doubled; sort them");
            }
        }
    }
}
