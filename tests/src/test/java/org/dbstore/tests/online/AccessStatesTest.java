package org.dbstore.tests.online;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.PortGroupStates;
import org.dbstore.config.PortGroupStates.State;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.server.plan.Change;
import org.dbstore.server.plan.Effect;
import org.dbstore.server.plan.Plan;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Configs;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goal: one target through two portal groups that are not equally good, by configuration and by SET
 * TARGET PORT GROUPS (SPC-4, "Asymmetric logical unit access"); nobody's session is cut for it.
 */
@Timeout(60)
class AccessStatesTest extends LiveTest {
    private static final String CHANGED = "CHECK 06/2A/06";
    private static final String STANDBY = "CHECK 02/04/0B";

    /** Comes through group 2; the client of {@link LiveTest} through group 1. */
    private RawInitiator far;

    @BeforeEach
    void logInThroughAnotherGroup() throws Exception {
        server.change(c ->
                Configs.portals(c, c.portals().getFirst(), new PortalConfig("127.0.0.2", 0, 2)));
        far =
                RawInitiator.connect(server.server().addresses().get(1))
                        .isid("400001370002")
                        .login(TARGET);
        for (int lun : List.of(TestServer.LUN, TestServer.LARGE_BLOCK_LUN)) {
            assertEquals("CHECK 06/29/00", ready(client, lun));
            assertEquals("CHECK 06/3F/03", ready(client, lun), "the ports are others");
            assertEquals("GOOD", ready(client, lun));
            assertEquals("CHECK 06/29/00", ready(far, lun));
            assertEquals("GOOD", ready(far, lun));
        }
    }

    @AfterEach
    void logOut() throws Exception {
        far.close();
    }

    @Test
    void theConfigurationSaysWhichWayToTake() throws Exception {
        Plan plan = plan(Map.of(2, State.STANDBY), false);
        Change change = plan.changes().getFirst();
        assertEquals("is standby through portal group 2", change.text());
        assertEquals(Effect.Level.ATTENTION, change.effect().level());
        assertEquals(2, change.effect().sessions().size());
        assertEquals(0, plan.cutSessions().size());
        server.apply(plan);
        assertEquals(CHANGED, ready(client, LUN));
        assertEquals("GOOD", ready(client, LUN));
        assertEquals(CHANGED, ready(far, LUN));
        assertEquals(STANDBY, ready(far, LUN));
        assertEquals(STANDBY, far.read(LUN, Cdb.read10(0, 1), 512).outcome());
        assertEquals(
                "00000018" + "800f00010000000100000001" + "020f00020002000100000002", groups(far));
        assertEquals("CHECK 05/24/00", set(far, "00000000" + "00000002"), "not configured");

        server.apply(plan(Map.of(2, State.NON_OPTIMIZED), false));
        assertEquals(CHANGED, ready(far, LUN));
        assertEquals("GOOD", far.read(LUN, Cdb.read10(0, 1), 512).outcome());
    }

    @Test
    void initiatorsTakeTheOtherWayIfTheyMay() throws Exception {
        server.apply(plan(Map.of(2, State.STANDBY), true));
        for (RawInitiator each : List.of(client, far)) {
            for (int lun : List.of(TestServer.LUN, TestServer.LARGE_BLOCK_LUN)) {
                assertEquals(CHANGED, ready(each, lun));
                assertEquals("CHECK 06/3F/03", ready(each, lun), "TPGS is another");
            }
        }
        assertEquals(STANDBY, ready(far, LUN));
        assertEquals("CHECK 05/26/00", set(far, "00000000" + "00000002" + "00000003"));
        assertEquals(STANDBY, ready(far, LUN), "all or nothing");

        assertEquals("GOOD", set(far, "00000000" + "02000001" + "00000002"));
        assertEquals("GOOD", ready(far, LUN));
        assertEquals(CHANGED, ready(far, TestServer.LARGE_BLOCK_LUN), "it was not asked");
        assertEquals("GOOD", ready(far, TestServer.LARGE_BLOCK_LUN));
        assertEquals(CHANGED, ready(client, LUN));
        assertEquals(STANDBY, ready(client, LUN));
        String set = "00000018" + "020f00010001000100000001" + "000f00020001000100000002";
        assertEquals(set, groups(client));

        server.change(c -> Configs.initiators(c, TARGET, "iqn.*"));
        assertEquals(set, groups(client), "it has nothing to do with that");

        server.apply(plan(Map.of(), true));
        assertEquals(CHANGED, ready(client, LUN));
        assertEquals("GOOD", ready(client, LUN));
        assertEquals(
                "00000018" + "000f00010002000100000001" + "000f00020001000100000002",
                groups(client));
    }

    private Plan plan(Map<Integer, State> states, boolean settable) {
        TargetAccess open = TargetAccess.OPEN;
        TargetAccess access =
                new TargetAccess(
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        open.headerDigest(),
                        open.dataDigest(),
                        open.limits(),
                        Optional.empty(),
                        List.of(),
                        new PortGroupStates(states, settable));
        return server.plan(c -> Configs.access(c, TARGET, access));
    }

    private static String groups(RawInitiator session) throws IOException {
        byte[] report = session.read(LUN, Cdb.hex("a30a00000000000000ff0000"), 255).data();
        return HexFormat.of().formatHex(report);
    }

    private static String set(RawInitiator session, String list) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(list);
        byte[] cdb = Cdb.hex("a40a00000000%08x0000".formatted(bytes.length));
        return session.write(LUN, cdb, bytes).outcome();
    }
}
