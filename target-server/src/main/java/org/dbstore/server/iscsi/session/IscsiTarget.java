package org.dbstore.server.iscsi.session;

import org.dbstore.config.NamePattern;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.lun.LunMap;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * An iSCSI target node: a name, who may log in, and the logical units it shows.
 *
 * @param name iSCSI name, lower case
 * @param alias for people, may be empty
 * @param portalGroups tags of the portal groups that reach it; empty = all
 * @param initiators who may log in, each a {@link NamePattern}
 * @param luns shown to every initiator that has no view of its own
 * @param terms on which initiators use it
 */
public record IscsiTarget(
        String name,
        String alias,
        List<Integer> portalGroups,
        List<String> initiators,
        LunMap luns,
        Terms terms) {
    /**
     * On which terms initiators use a target.
     *
     * @param users who may log in by CHAP; empty = no authentication
     * @param from addresses that may log in
     * @param views what certain initiators see; the first that fits holds
     * @param headerDigest whether headers carry a digest
     * @param dataDigest whether data carry a digest
     * @param sessionsMax most sessions at once
     * @param commandsMax most commands of a session at once, 1..{@link CommandWindow#SIZE_MAX}
     * @param redirect where the target is instead
     */
    public record Terms(
            Optional<ChapUsers> users,
            Predicate<InetAddress> from,
            List<View> views,
            DigestUse headerDigest,
            DigestUse dataDigest,
            int sessionsMax,
            int commandsMax,
            Optional<Redirect> redirect) {
        /** Everybody who is admitted gets all of it. */
        public static final Terms OPEN =
                new Terms(
                        Optional.empty(),
                        address -> true,
                        List.of(),
                        DigestUse.ALLOWED,
                        DigestUse.ALLOWED,
                        Sessions.COUNT_MAX,
                        CommandWindow.SIZE_MAX,
                        Optional.empty());
    }

    /**
     * The logical units that certain initiators see.
     *
     * @param initiators name patterns
     */
    public record View(List<String> initiators, LunMap luns) {}

    /**
     * Login redirection (RFC 7143, section 11.13.5).
     *
     * @param address as in TargetAddress
     * @param permanent true if initiators may remember it
     */
    public record Redirect(String address, boolean permanent) {}

    /** Tells whether the target is reached through a portal group. */
    public boolean isIn(int portalGroupTag) {
        return portalGroups.isEmpty() || portalGroups.contains(portalGroupTag);
    }

    /** Tells whether an initiator at an address may log in. */
    public boolean admits(String initiatorName, InetAddress address) {
        return NamePattern.matchesAny(initiators, initiatorName) && terms.from().test(address);
    }

    /** The logical units that an initiator sees. */
    public LunMap lunsOf(String initiatorName) {
        return terms.views().stream()
                .filter(view -> NamePattern.matchesAny(view.initiators(), initiatorName))
                .map(View::luns)
                .findFirst()
                .orElse(luns);
    }
}
