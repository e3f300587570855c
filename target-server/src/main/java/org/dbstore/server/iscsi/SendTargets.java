package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.session.IscsiTarget;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The answer to SendTargets (RFC 7143, appendix C): the targets an initiator may log in to, each
 * with its addresses.
 */
final class SendTargets {
    private SendTargets() {}

    /**
     * Lists targets.
     *
     * @param targets to be listed, already chosen by what was asked for
     * @param initiatorName only targets that admit it are listed
     * @param peer address of the initiator, as above
     * @param portals of the server
     * @param onlyConnected true to list just the address by which the initiator came
     * @param connected address and portal of the connection
     * @return key=value pairs in order
     */
    static List<String> list(
            List<IscsiTarget> targets,
            String initiatorName,
            InetAddress peer,
            List<PortalAddress> portals,
            boolean onlyConnected,
            PortalAddress connected) {
        List<String> pairs = new ArrayList<>();
        for (IscsiTarget target : targets) {
            if (!target.admits(initiatorName, peer) || !target.isIn(connected.groupTag())) {
                continue;
            }
            pairs.add("TargetName=" + target.name());
            Stream<PortalAddress> shown =
                    onlyConnected
                            ? Stream.of(connected)
                            : portals.stream()
                                    .filter(portal -> target.isIn(portal.groupTag()))
                                    .map(portal -> reachable(portal, connected));
            shown.map(SendTargets::address).distinct().forEach(pairs::add);
        }
        return pairs;
    }

    /**
     * Where a portal listens.
     *
     * @param address literal; a wildcard address stands for every local one
     * @param groupTag target portal group tag
     */
    record PortalAddress(InetSocketAddress address, int groupTag) {}

    /** An initiator cannot log in to a wildcard address: it gets the one by which it came. */
    private static PortalAddress reachable(PortalAddress portal, PortalAddress connected) {
        if (!portal.address().getAddress().isAnyLocalAddress()) {
            return portal;
        }
        return new PortalAddress(
                new InetSocketAddress(connected.address().getAddress(), portal.address().getPort()),
                portal.groupTag());
    }

    private static String address(PortalAddress portal) {
        InetAddress address = portal.address().getAddress();
        String literal = address.getHostAddress();
        if (address instanceof Inet6Address) {
            int scope = literal.indexOf('%');
            literal = "[" + (scope < 0 ? literal : literal.substring(0, scope)) + "]";
        }
        return "TargetAddress="
                + literal
                + ":"
                + portal.address().getPort()
                + ","
                + portal.groupTag();
    }
}
