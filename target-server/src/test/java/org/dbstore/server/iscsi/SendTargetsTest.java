package org.dbstore.server.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.server.iscsi.SendTargets.PortalAddress;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.lun.LunMap;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.TreeMap;

/** Goal: an initiator hears of the targets it may log in to, by addresses that it can reach. */
class SendTargetsTest {
    private static final PortalAddress FIRST = portal("192.0.2.1", 1);
    private static final PortalAddress SECOND = portal("2001:db8::1", 2);
    private static final PortalAddress ANY = portal("0.0.0.0", 1);

    @Test
    void everyPortalOfTheTargetIsListed() {
        assertEquals(
                List.of(
                        "TargetName=iqn.t",
                        "TargetAddress=192.0.2.1:3260,1",
                        "TargetAddress=[2001:db8:0:0:0:0:0:1]:3260,2"),
                list(List.of(target(List.of(), "*")), List.of(FIRST, SECOND), false, FIRST));
    }

    @Test
    void portalsOfOtherGroupsAreNotListed() {
        assertEquals(
                List.of("TargetName=iqn.t", "TargetAddress=192.0.2.1:3260,1"),
                list(List.of(target(List.of(1), "*")), List.of(FIRST, SECOND), false, FIRST));
    }

    @Test
    void aTargetOfAnotherGroupIsNotListed() {
        assertEquals(
                List.of(),
                list(List.of(target(List.of(2), "*")), List.of(FIRST, SECOND), false, FIRST));
    }

    @Test
    void aTargetThatDoesNotAdmitTheInitiatorIsNotListed() {
        assertEquals(
                List.of(),
                list(List.of(target(List.of(), "iqn.other*")), List.of(FIRST), false, FIRST));
    }

    @Test
    void aWildcardPortalIsListedByTheAddressTheInitiatorCameBy() {
        assertEquals(
                List.of("TargetName=iqn.t", "TargetAddress=192.0.2.1:3260,1"),
                list(List.of(target(List.of(), "*")), List.of(ANY, FIRST), false, FIRST));
    }

    @Test
    void onlyTheConnectedAddressIsListedIfAskedFor() {
        assertEquals(
                List.of("TargetName=iqn.t", "TargetAddress=[2001:db8:0:0:0:0:0:1]:3260,2"),
                list(List.of(target(List.of(), "*")), List.of(FIRST, SECOND), true, SECOND));
    }

    private static List<String> list(
            List<IscsiTarget> targets,
            List<PortalAddress> portals,
            boolean onlyConnected,
            PortalAddress connected) {
        return SendTargets.list(
                targets,
                "iqn.initiator",
                InetAddress.getLoopbackAddress(),
                portals,
                onlyConnected,
                connected);
    }

    private static IscsiTarget target(List<Integer> groups, String initiators) {
        return new IscsiTarget(
                "iqn.t",
                "",
                groups,
                List.of(initiators),
                new LunMap(new TreeMap<>(), List.of(1)),
                IscsiTarget.Terms.OPEN);
    }

    private static PortalAddress portal(String host, int tag) {
        return new PortalAddress(new InetSocketAddress(host, 3260), tag);
    }
}
