package org.dbstore.tests.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Pdu;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Goal: a login goes from stage to stage, under one name, or not at all (cases 9, 15, 17). */
class LoginStagesTest extends HostileClientTest {
    private static final int NOT_FOUND = 0x0203;
    private static final int TOO_MANY_CONNECTIONS = 0x0206;
    private static final int MISSING_PARAMETER = 0x0207;
    private static final int SESSION_DOES_NOT_EXIST = 0x020a;

    /** Byte 1: T, C, CSG, NSG. */
    @ParameterizedTest
    @CsvSource({
        "begins in stage 2, 0x08",
        "begins in full feature, 0x0c",
        "goes from 2 to 3, 0x8b",
        "goes from 0 to 0, 0x80",
        "goes from 1 to 0, 0x84",
        "goes from 1 to 1, 0x85",
        "goes to stage 2, 0x82",
        "goes on and is not whole, 0xc7"
    })
    void aLoginThat(String what, String flags) throws Exception {
        try (RawInitiator client = connect()) {
            Pdu request = client.loginRequest(1, 3, RawInitiator.normalSession(TestServer.TARGET));
            client.send(request.put8(1, Integer.decode(flags)));
            Pdu answer = client.receive();
            assertTrue(
                    List.of(INITIATOR_ERROR, INVALID_DURING_LOGIN).contains(answer.loginStatus()),
                    what + ": " + answer);
            client.expectClosed(SOON);
        }
    }

    @Test
    void aLoginThatGoesBackAStageIsRefused() throws Exception {
        try (RawInitiator client = connect()) {
            Pdu answer =
                    client.exchange(
                            client.loginRequest(
                                    0, 1, RawInitiator.normalSession(TestServer.TARGET)));
            assertEquals(0, answer.loginStatus(), answer::toString);
            client.send(client.loginRequest(0, 1, List.of()));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @ParameterizedTest
    @CsvSource({"ISID, 10", "TSIH, 14", "task tag, 16", "CID, 20"})
    void whatNamesALoginDoesNotChangeWithinIt(String what, int offset) throws Exception {
        try (RawInitiator client = connect()) {
            Pdu first = client.loginRequest(1, -1, RawInitiator.normalSession(TestServer.TARGET));
            assertEquals(0, client.exchange(first).loginStatus());
            client.send(client.loginRequest(1, 3, List.of()).put16(offset, 0x7e7e));
            assertRefused(client, INITIATOR_ERROR);
        }
    }

    @Test
    void namesThatAreMissingAreAskedFor() throws Exception {
        assertRefused(List.of("TargetName=" + TestServer.TARGET), MISSING_PARAMETER);
        assertRefused(List.of("InitiatorName=" + RawInitiator.NAME), MISSING_PARAMETER);
        assertRefused(List.of(), MISSING_PARAMETER);
    }

    @Test
    void namesThatAreNoneAreRefused() throws Exception {
        String tooLong = "iqn.2026-01.org.example:" + "x".repeat(200);
        assertEquals(224, tooLong.length());
        for (String name :
                List.of(
                        tooLong,
                        "iqn.2026-01.org.example:a\u0007b",
                        "iqn.2026-01.org.example:a b",
                        "iqn.2026-01.org.example:a\nWARN forged",
                        "somebody")) {
            assertRefused(
                    List.of("InitiatorName=" + name, "TargetName=" + TestServer.TARGET),
                    INITIATOR_ERROR);
        }
        assertRefused(
                List.of("InitiatorName=" + RawInitiator.NAME, "TargetName=" + tooLong),
                INITIATOR_ERROR);
        assertRefused(
                List.of("InitiatorName=" + RawInitiator.NAME, "TargetName=iqn.2026-01.org.x:y"),
                NOT_FOUND);
    }

    /** RFC 3722: names are compared in lower case. */
    @Test
    void upperCaseIsTheSameName() throws Exception {
        try (RawInitiator client = connect().isid("4000013700aa")) {
            String target = TestServer.TARGET.toUpperCase(Locale.ROOT).replace("IQN", "iqn");
            client.login(target);
            assertServed(client);
            client.logout();
        }
    }

    @Test
    void anotherInitiatorDoesNotReplaceASession() throws Exception {
        try (RawInitiator victim = server.session();
                RawInitiator other = connect()) {
            assertServed(victim);
            Pdu answer =
                    other.exchange(
                            other.loginRequest(
                                    1,
                                    3,
                                    List.of(
                                            "InitiatorName=iqn.2026-01.org.example:other",
                                            "TargetName=" + TestServer.TARGET)));
            assertEquals(0, answer.loginStatus(), answer::toString);
            assertServed(victim);
            victim.logout();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionIsNotAddedToASession(boolean thatIsThere) throws Exception {
        try (RawInitiator victim = connect().isid("4000013700bb")) {
            Pdu login =
                    victim.exchange(
                            victim.loginRequest(
                                    1, 3, RawInitiator.normalSession(TestServer.TARGET)));
            victim.enterFullFeature(login);
            try (RawInitiator second = connect().isid("4000013700bb")) {
                int handle = thatIsThere ? login.get16(14) : 0x7fff;
                Pdu request =
                        second.loginRequest(1, 3, RawInitiator.normalSession(TestServer.TARGET));
                second.send(request.put16(14, handle).put16(20, 1));
                assertRefused(second, thatIsThere ? TOO_MANY_CONNECTIONS : SESSION_DOES_NOT_EXIST);
            }
            assertServed(victim);
            victim.logout();
        }
    }

    private void assertRefused(List<String> keys, int status) throws IOException {
        try (RawInitiator client = connect()) {
            client.send(client.loginRequest(1, 3, keys));
            assertRefused(client, status);
        }
    }

    private static void assertServed(RawInitiator client) throws IOException {
        client.read(TestServer.LUN, Cdb.testUnitReady(), 0);
        assertEquals("GOOD", client.read(TestServer.LUN, Cdb.testUnitReady(), 0).outcome());
    }
}
