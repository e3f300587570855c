package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.config.AddressRange;
import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ChapUserConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.Secret;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.Redirect;
import org.dbstore.server.plan.Plan;
import org.dbstore.tests.support.ChapInitiator;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Goal: who may not log in any more is asked to go, and then cut, as the plan said before; nobody
 * else is.
 */
@Timeout(60)
class LiveAccessTest extends LiveTest {
    private static final int LOGOUT_REQUESTED = 1;
    private static final int AUTHENTICATION_FAILURE = 0x0201;
    private static final int AUTHORIZATION_FAILURE = 0x0202;
    private static final int NOT_FOUND = 0x0203;
    private static final int MOVED_TEMPORARILY = 0x0101;
    private static final String SECRET = "a secret of the first";
    private static final String NEW_SECRET = "another secret of his";

    @BeforeEach
    void logIn() throws Exception {
        assertEquals("CHECK 06/29/00", ready(LUN));
    }

    @Test
    void anInitiatorThatIsNotAdmittedAnyMoreIsAskedToGoAndCut() throws Exception {
        UnaryOperator<DbsConfig> change =
                config -> Configs.initiators(config, TARGET, "iqn.2026-01.org.dbstore.tests:x*");
        Plan plan = server.plan(change);
        assertEquals(1, plan.cutSessions().size());
        assertTrue(plan.cutSessions().getFirst().startsWith(RawInitiator.NAME + " at 127.0.0.1"));
        assertEquals("GOOD", ready(LUN), "a plan changes nothing");
        server.apply(plan);
        expectCut(client);
        assertEquals(AUTHORIZATION_FAILURE, loginStatus(server.address(), TARGET));
        server.change(config -> Configs.initiators(config, TARGET, "*"));
        client = RawInitiator.connect(server.address()).login(TARGET);
    }

    @Test
    void anInitiatorThatObeysIsNotCutOff() throws Exception {
        Thread admin =
                Thread.ofPlatform()
                        .start(() ->
                                change(config -> Configs.initiators(config, TARGET, "iqn.no:*")));
        Pdu message = client.receive();
        assertEquals(LOGOUT_REQUESTED, message.get8(36));
        client.logout();
        long before = System.nanoTime();
        admin.join();
        assertTrue(System.nanoTime() - before < 1_500_000_000L, "nobody is waited for");
    }

    @Test
    void anAddressThatIsNotAdmittedAnyMoreIsCut() throws Exception {
        TargetAccess elsewhere =
                access(Optional.empty(), List.of(AddressRange.parse("192.0.2.0/24")));
        server.change(config -> Configs.access(config, TARGET, elsewhere));
        expectCut(client);
        assertEquals(AUTHORIZATION_FAILURE, loginStatus(server.address(), TARGET));
    }

    @Test
    void aTargetThatIsGoneCutsItsSessions() throws Exception {
        server.change(config -> Configs.without(config, TARGET));
        expectCut(client);
        assertEquals(NOT_FOUND, loginStatus(server.address(), TARGET));
    }

    @Test
    void whoHasProvenNothingIsCutWhenProofIsAskedFor() throws Exception {
        Plan plan = server.plan(config -> Configs.access(config, TARGET, chap(SECRET)));
        assertEquals(1, plan.cutSessions().size());
        server.apply(plan);
        expectCut(client);
        assertEquals(AUTHENTICATION_FAILURE, loginStatus(server.address(), TARGET));
        client = prove(SECRET);
    }

    @Test
    void aNewSecretIsAskedForAtTheNextLogin() throws Exception {
        server.change(config -> Configs.access(config, TARGET, chap(SECRET)));
        expectCut(client);
        client = prove(SECRET);
        assertEquals("CHECK 06/29/07", ready(LUN));
        Plan plan = server.plan(config -> Configs.access(config, TARGET, chap(NEW_SECRET)));
        assertEquals(1, plan.changes().size());
        assertEquals(List.of(), plan.cutSessions());
        assertTrue(!plan.toString().contains(NEW_SECRET), "secrets are not told");
        server.apply(plan);
        assertEquals("GOOD", ready(LUN));
        RawInitiator late = RawInitiator.connect(server.address()).isid("400001370007");
        assertThrows(
                AssertionError.class,
                () ->
                        new ChapInitiator(late)
                                .login(RawInitiator.normalSession(TARGET), "one", SECRET));
        late.close();
        prove(NEW_SECRET, "400001370008").close();
    }

    @Test
    void aUserWhoIsTakenOutOfTheGroupIsCut() throws Exception {
        server.change(config -> Configs.access(config, TARGET, chap(SECRET)));
        expectCut(client);
        client = prove(SECRET);
        TargetAccess without =
                access(Optional.of(group(new ChapUserConfig("two", secret(SECRET), none()))));
        server.change(config -> Configs.access(config, TARGET, without));
        expectCut(client);
    }

    @Test
    void aRedirectionConcernsLaterLogins() throws Exception {
        TargetAccess elsewhere =
                new TargetAccess(
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Digest.ALLOWED,
                        Digest.ALLOWED,
                        Limits.NONE,
                        Optional.of(new Redirect(new PortalConfig("192.0.2.9", 3260, 1), false)));
        server.change(config -> Configs.access(config, TARGET, elsewhere));
        assertEquals("GOOD", ready(LUN));
        assertEquals(MOVED_TEMPORARILY, loginStatus(server.address(), TARGET));
    }

    @Test
    void aPortalComesAndGoesWithItsSessions() throws Exception {
        PortalConfig first = server.server().config().portals().getFirst();
        PortalConfig second = new PortalConfig("127.0.0.2", 0, 1);
        server.change(config -> Configs.portals(config, first, second));
        InetSocketAddress added = server.server().addresses().get(1);
        RawInitiator there = RawInitiator.connect(added).isid("400001370007").login(TARGET);
        assertEquals("CHECK 06/29/00", ready(there, LUN));
        Plan plan = server.plan(config -> Configs.portals(config, first));
        assertEquals(1, plan.cutSessions().size());
        server.apply(plan);
        expectCut(there);
        there.close();
        assertThrows(ConnectException.class, () -> RawInitiator.connect(added));
        assertEquals("GOOD", ready(LUN));
    }

    @Test
    void aSessionStaysWhenAnotherPortalLeadsToItsAddress() throws Exception {
        int port = freePort();
        server.change(
                c -> Configs.portals(c, c.portals().getFirst(), portal("127.0.0.1", port, 1)));
        try (RawInitiator there =
                RawInitiator.connect(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
                        .isid("400001370007")
                        .login(TARGET)) {
            assertEquals("CHECK 06/29/00", ready(there, LUN));
            // The wildcard cannot be bound while the single address is.
            UnaryOperator<DbsConfig> wider =
                    c -> Configs.portals(c, c.portals().getFirst(), portal("0.0.0.0", port, 1));
            assertEquals(List.of(), server.plan(wider).cutSessions());
            server.change(wider);
            assertEquals("GOOD", ready(there, LUN));
            RawInitiator.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.3"), port))
                    .isid("400001370009")
                    .login(TARGET)
                    .close();
        }
    }

    @Test
    void aPortalMakesRoomForAWiderOneAndBackEachTime() throws Exception {
        int port = freePort();
        for (int i = 0; i < 200; i++) {
            String address = i % 2 == 0 ? "127.0.0.1" : "0.0.0.0";
            server.change(
                    c -> Configs.portals(c, c.portals().getFirst(), portal(address, port, 1)));
        }
    }

    @Test
    void aPortalInAnotherGroupIsAnotherPort() throws Exception {
        int port = freePort();
        server.change(
                c -> Configs.portals(c, c.portals().getFirst(), portal("127.0.0.1", port, 2)));
        RawInitiator there =
                RawInitiator.connect(
                                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
                        .isid("400001370007")
                        .login(TARGET);
        assertEquals("CHECK 06/29/00", ready(there, LUN));
        server.change(
                c -> Configs.portals(c, c.portals().getFirst(), portal("127.0.0.1", port, 3)));
        expectCut(there);
        there.close();
        RawInitiator again =
                RawInitiator.connect(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        Pdu answer = again.exchange(again.loginRequest(1, 3, RawInitiator.normalSession(TARGET)));
        assertEquals("3", answer.textKeys().get("TargetPortalGroupTag"));
        again.close();
        // The ports of the target are others: their identifiers are in INQUIRY data.
        assertEquals("CHECK 06/3F/03", ready(LUN));
        assertEquals("GOOD", ready(LUN));
    }

    @Test
    void aTargetThatLeavesAPortalGroupCutsThoseWhoCameThrough() throws Exception {
        server.change(c -> Configs.portals(c, c.portals().getFirst(), portal("127.0.0.2", 0, 2)));
        assertEquals("CHECK 06/3F/03", ready(LUN));
        Plan plan = server.plan(c -> Configs.portalGroups(c, TARGET, 2));
        assertEquals(1, plan.cutSessions().size());
        server.apply(plan);
        expectCut(client);
        assertEquals(NOT_FOUND, loginStatus(server.address(), TARGET));
        client = RawInitiator.connect(server.server().addresses().get(1)).login(TARGET);
    }

    @Test
    void discoveryFollows() throws Exception {
        server.change(c ->
                new DbsConfig(
                        c.devices(),
                        c.portals(),
                        c.discovery(),
                        Optional.of(group(new ChapUserConfig("scout", secret(SECRET), none()))),
                        c.targets()));
        try (RawInitiator scout = RawInitiator.connect(server.address())) {
            List<String> keys =
                    List.of("InitiatorName=" + RawInitiator.NAME, "SessionType=Discovery");
            assertEquals(
                    AUTHENTICATION_FAILURE,
                    scout.exchange(scout.loginRequest(1, 3, keys)).loginStatus());
        }
        assertEquals("GOOD", ready(LUN));
    }

    private void change(UnaryOperator<DbsConfig> change) {
        try {
            server.change(change);
        } catch (BackendException e) {
            throw new AssertionError(e);
        }
    }

    private RawInitiator prove(String secret) throws IOException {
        return prove(secret, "400001370000");
    }

    private RawInitiator prove(String secret, String isid) throws IOException {
        RawInitiator session = RawInitiator.connect(server.address()).isid(isid);
        return new ChapInitiator(session).login(RawInitiator.normalSession(TARGET), "one", secret);
    }

    private static TargetAccess chap(String secret) {
        return access(Optional.of(group(new ChapUserConfig("one", secret(secret), none()))));
    }

    private static AuthGroupConfig group(ChapUserConfig... users) {
        return new AuthGroupConfig("hosts", List.of("MD5", "SHA-256"), List.of(users));
    }

    private static Secret secret(String text) {
        return new Secret(text);
    }

    private static Optional<ChapUserConfig.Mutual> none() {
        return Optional.empty();
    }

    private static TargetAccess access(Optional<AuthGroupConfig> group) {
        return access(group, List.of());
    }

    private static TargetAccess access(
            Optional<AuthGroupConfig> group, List<AddressRange> addresses) {
        return new TargetAccess(
                group,
                addresses,
                List.of(),
                Digest.ALLOWED,
                Digest.ALLOWED,
                Limits.NONE,
                Optional.empty());
    }

    private static PortalConfig portal(String host, int port, int group) {
        return new PortalConfig(host, port, group);
    }

    private static int loginStatus(InetSocketAddress address, String target) throws IOException {
        try (RawInitiator late = RawInitiator.connect(address).isid("400001370005")) {
            List<String> keys = new ArrayList<>(RawInitiator.normalSession(target));
            return late.exchange(late.loginRequest(1, 3, keys)).loginStatus();
        }
    }

    /** The initiator is asked to log out; it does not, so the target closes. */
    private static void expectCut(RawInitiator session) throws IOException {
        Pdu message = session.receive();
        assertEquals(Pdu.ASYNC_MESSAGE, message.opcode(), message::toString);
        assertEquals(LOGOUT_REQUESTED, message.get8(36));
        session.expectClosed(Duration.ofSeconds(10));
    }
}
