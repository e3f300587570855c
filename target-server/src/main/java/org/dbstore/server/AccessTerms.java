package org.dbstore.server;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ChapUserConfig;
import org.dbstore.config.PortGroupStates;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.server.iscsi.auth.ChapAlgorithm;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.auth.ChapUsers.Identity;
import org.dbstore.server.iscsi.auth.ChapUsers.User;
import org.dbstore.server.iscsi.session.DigestUse;
import org.dbstore.server.iscsi.session.IscsiTarget.Redirect;
import org.dbstore.server.iscsi.session.IscsiTarget.Terms;
import org.dbstore.server.iscsi.session.IscsiTarget.View;
import org.dbstore.server.lun.LogicalUnit;
import org.dbstore.server.lun.LunMap;
import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.TargetPortGroups;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Turns what the configuration says of access into what the transport works with. */
final class AccessTerms {
    private AccessTerms() {}

    /**
     * The terms of a target.
     *
     * @param luns all units of the target
     */
    static Terms of(TargetAccess access, LunMap luns) {
        Predicate<InetAddress> from =
                address ->
                        access.addresses().isEmpty()
                                || access.addresses().stream()
                                        .anyMatch(range -> range.contains(address));
        List<View> views = access.lunMaps().stream().map(map -> view(map, luns)).toList();
        return new Terms(
                access.authGroup().map(AccessTerms::users),
                from,
                views,
                digest(access.headerDigest()),
                digest(access.dataDigest()),
                access.limits().sessions(),
                access.limits().commands(),
                access.redirect().map(to -> new Redirect(literal(to.portal()), to.permanent())));
    }

    /** The users of an auth group. */
    static ChapUsers users(AuthGroupConfig group) {
        return new ChapUsers(
                group.algorithms().stream().map(ChapAlgorithm::named).collect(Collectors.toSet()),
                group.users().stream().map(AccessTerms::user).toList());
    }

    private static User user(ChapUserConfig user) {
        return new User(
                new Identity(user.name(), user.secret().bytes()),
                user.mutual().map(own -> new Identity(own.name(), own.secret().bytes())));
    }

    /**
     * The port groups of a target as they are configured.
     *
     * @param ports portal group tags of its ports
     */
    static TargetPortGroups portGroups(PortGroupStates configured, Collection<Integer> ports) {
        Map<Integer, AccessState> states = new TreeMap<>();
        for (int tag : ports) {
            states.put(tag, state(configured.state(tag)));
        }
        return new TargetPortGroups(states, configured.settable());
    }

    private static AccessState state(PortGroupStates.State state) {
        return switch (state) {
            case OPTIMIZED -> AccessState.ACTIVE_OPTIMIZED;
            case NON_OPTIMIZED -> AccessState.ACTIVE_NON_OPTIMIZED;
            case STANDBY -> AccessState.STANDBY;
            case UNAVAILABLE -> AccessState.UNAVAILABLE;
        };
    }

    /** A port group as it is now. */
    static TargetInfo.PortGroupInfo info(TargetPortGroups.Group group) {
        PortGroupStates.State state =
                switch (group.state()) {
                    case ACTIVE_OPTIMIZED -> PortGroupStates.State.OPTIMIZED;
                    case ACTIVE_NON_OPTIMIZED -> PortGroupStates.State.NON_OPTIMIZED;
                    case STANDBY -> PortGroupStates.State.STANDBY;
                    case UNAVAILABLE -> PortGroupStates.State.UNAVAILABLE;
                };
        return new TargetInfo.PortGroupInfo(
                group.tag(), state, group.cause() == TargetPortGroups.Cause.EXPLICIT);
    }

    private static View view(LunMapConfig map, LunMap luns) {
        TreeMap<Integer, LogicalUnit> seen = new TreeMap<>();
        map.luns()
                .forEach((number, own) -> {
                    LogicalUnit unit = luns.unit(own);
                    if (unit != null) { // else it cannot be served now
                        seen.put(number, unit);
                    }
                });
        return new View(map.initiators(), luns.view(seen));
    }

    private static DigestUse digest(TargetAccess.Digest digest) {
        return switch (digest) {
            case ALLOWED -> DigestUse.ALLOWED;
            case REQUIRED -> DigestUse.REQUIRED;
            case FORBIDDEN -> DigestUse.FORBIDDEN;
        };
    }

    private static String literal(PortalConfig portal) {
        String host = portal.host().contains(":") ? "[" + portal.host() + "]" : portal.host();
        return host + ":" + portal.port();
    }
}
