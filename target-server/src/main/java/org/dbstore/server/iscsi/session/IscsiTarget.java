package org.dbstore.server.iscsi.session;

import org.dbstore.server.lun.LunMap;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An iSCSI target node: a name, who may log in, and the logical units it shows.
 *
 * @param name iSCSI name, lower case
 * @param alias for people, may be empty
 * @param portalGroups tags of the portal groups that reach it; empty = all
 * @param initiators name patterns that may log in; '*' stands for any run of characters
 * @param luns shown to every initiator
 */
public record IscsiTarget(
        String name,
        String alias,
        List<Integer> portalGroups,
        List<String> initiators,
        LunMap luns) {
    /** Tells whether the target is reached through a portal group. */
    public boolean isIn(int portalGroupTag) {
        return portalGroups.isEmpty() || portalGroups.contains(portalGroupTag);
    }

    /** Tells whether an initiator may log in. */
    public boolean admits(String initiatorName) {
        return initiators.stream().anyMatch(pattern -> matches(pattern, initiatorName));
    }

    private static boolean matches(String pattern, String name) {
        String expression =
                pattern.chars()
                        .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
                        .collect(Collectors.joining());
        return Pattern.matches(expression, name);
    }
}
