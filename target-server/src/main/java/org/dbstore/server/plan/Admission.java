package org.dbstore.server.plan;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.NamePattern;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.iscsi.session.SessionInfo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Tells whether a session that is open could have been opened under a configuration. */
public final class Admission {
    private Admission() {}

    /** Why a session may not go on. */
    public enum Denial {
        /** There is no such target. */
        TARGET_GONE("the target is gone"),
        /** Nobody listens where the initiator came in, or it is in another portal group. */
        PORTAL_GONE("its portal is gone, or in another group"),
        /** The target is not reached through the portal group. */
        PORTAL_GROUP("the target is not reached through its portal group"),
        /** The name of the initiator fits no pattern. */
        INITIATOR("the target does not admit it"),
        /** Its address is in no range. */
        ADDRESS("the target does not admit its address"),
        /** Its CHAP user is not in the auth group, or it has proven nothing where that is asked. */
        AUTHENTICATION("it has not proven to be a user of the target's auth group");

        private final String text;

        Denial(String text) {
            this.text = text;
        }

        /** The reason, for the log. */
        public String text() {
            return text;
        }
    }

    /**
     * Judges a session. What was negotiated at the login, and a secret that was proven then, are
     * not asked about again.
     *
     * @return empty if it may go on
     */
    public static Optional<Denial> denial(SessionInfo session, DbsConfig config) {
        Optional<TargetConfig> found =
                config.targets().stream()
                        .filter(target -> target.name().equals(session.nexus().targetName()))
                        .findFirst();
        if (found.isEmpty()) {
            return Optional.of(Denial.TARGET_GONE);
        }
        TargetConfig target = found.get();
        int group = session.nexus().portalGroupTag();
        if (config.portals().stream()
                .noneMatch(
                        portal -> portal.groupTag() == group && leadsTo(portal, session.local()))) {
            return Optional.of(Denial.PORTAL_GONE);
        }
        if (!target.portalGroups().isEmpty() && !target.portalGroups().contains(group)) {
            return Optional.of(Denial.PORTAL_GROUP);
        }
        if (!NamePattern.matchesAny(target.initiators(), session.nexus().initiatorName())) {
            return Optional.of(Denial.INITIATOR);
        }
        InetAddress from = session.peer().getAddress();
        if (!target.access().addresses().isEmpty()
                && target.access().addresses().stream().noneMatch(range -> range.contains(from))) {
            return Optional.of(Denial.ADDRESS);
        }
        return target.access()
                .authGroup()
                .filter(users -> !hasUser(users, session.userName()))
                .map(users -> Denial.AUTHENTICATION);
    }

    private static boolean hasUser(AuthGroupConfig group, String name) {
        return group.users().stream().anyMatch(user -> user.name().equals(name));
    }

    /** Port 0 is any free one, which the session's own may be. */
    static boolean leadsTo(PortalConfig portal, InetSocketAddress local) {
        InetAddress address = InetAddress.ofLiteral(portal.host());
        boolean samePort = portal.port() == 0 || portal.port() == local.getPort();
        return samePort
                && (address.equals(local.getAddress())
                        || (address.isAnyLocalAddress()
                                && (address.getClass() == local.getAddress().getClass()
                                        || address.getAddress().length == 16)));
    }
}
