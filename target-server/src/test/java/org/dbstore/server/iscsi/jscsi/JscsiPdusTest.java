package org.dbstore.server.iscsi.jscsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.jscsi.JscsiPdus.LogoutAnswer;
import org.dbstore.server.iscsi.jscsi.JscsiPdus.TaskManagementAnswer;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Goal: jSCSI's PDU classes are used around their defects; each defect is a test. */
class JscsiPdusTest {
    /** Windows: T, CSG 0 to NSG 1, ISID 40 00 01 37 00 00, CID 1. */
    private static final String WINDOWS_LOGIN =
            "43810000 00000000 40000137 00000000 00000001 00010000 00000007 00000000"
                    + "0000000000000000 0000000000000000";

    @Test
    void aLoginRequestIsRead() throws ProtocolException {
        LoginRequest request = login(WINDOWS_LOGIN);
        assertTrue(request.transit());
        assertFalse(request.more());
        assertEquals(0, request.currentStage());
        assertEquals(1, request.nextStage());
        assertEquals(0x400001370000L, request.isid());
        assertEquals(1, request.connectionId());
        assertEquals(1, request.taskTag());
        assertEquals(7, request.sequenceNumber());
    }

    @Test
    void theDataLengthOfAHeaderDoesNotReachJscsi() throws ProtocolException {
        assertEquals(1, login(WINDOWS_LOGIN.replaceFirst("00000000", "00001234")).taskTag());
    }

    @Test
    void aNextStageWithoutTransitIsForgiven() throws ProtocolException {
        LoginRequest request = login(WINDOWS_LOGIN.replaceFirst("4381", "4301"));
        assertFalse(request.transit());
        assertEquals(0, request.nextStage());
    }

    @ParameterizedTest
    @ValueSource(longs = {0x400001370000L, 0x00023d000001L, 0x15023dc08001L, 0x80ffffffffffL})
    void everyIsidComesBackAsItWas(long isid) throws ProtocolException {
        ByteBuffer header = hex(WINDOWS_LOGIN);
        header.putLong(8, isid << 16);
        LoginRequest request = JscsiPdus.loginRequest(header, 0);
        assertEquals(isid, request.isid());
        ByteBuffer response = JscsiPdus.loginResponse(request, true, 0xfedc, 0, new byte[0]);
        assertEquals(isid, response.getLong(8) >>> 16);
        assertEquals((short) 0xfedc, response.getShort(14));
    }

    @Test
    void aLoginResponseCarriesStatusStagesAndPaddedText() throws ProtocolException {
        byte[] text = "A=1\0B\0".getBytes(StandardCharsets.UTF_8);
        ByteBuffer response = JscsiPdus.loginResponse(login(WINDOWS_LOGIN), true, 0, 0x0203, text);
        assertEquals(0x23, response.get(0));
        assertEquals((byte) 0x81, response.get(1));
        assertEquals(6, response.getInt(4));
        assertEquals(0x0203, response.getShort(36));
        assertEquals(48 + 8, response.remaining());
        byte[] sent = new byte[6];
        response.get(48, sent);
        assertArrayEquals(text, sent);
    }

    @Test
    void whatJscsiTripsOverIsAProtocolError() {
        String transitAndContinue = WINDOWS_LOGIN.replaceFirst("4381", "43c1");
        assertThrows(ProtocolException.class, () -> login(transitAndContinue));
    }

    @Test
    void aNopOutIsReadAndANopInMade() throws ProtocolException {
        ByteBuffer nopOut =
                hex(
                        "40800000 00000000 0001000000000000 00000005 ffffffff 00000001 00000002"
                                + "0000000000000000 0000000000000000");
        JscsiPdus.checkNopOut(nopOut, 0);
        ByteBuffer nopIn = JscsiPdus.nopIn(1L << 48, 5, -1, new byte[] {1, 2, 3});
        assertEquals(0x20, nopIn.get(0));
        assertEquals((byte) 0x80, nopIn.get(1));
        assertEquals(3, nopIn.getInt(4));
        assertEquals(5, nopIn.getInt(16));
        assertEquals(-1, nopIn.getInt(20));
        assertEquals(52, nopIn.remaining());
    }

    @Test
    void aNopInWithoutDataIsAHeaderOnly() {
        assertEquals(48, JscsiPdus.nopIn(0, 5, -1, new byte[0]).remaining());
    }

    @Test
    void aLogoutIsReadAndAnswered() throws ProtocolException {
        ByteBuffer logout =
                hex(
                        "46810000 00000000 0000000000000000 00000009 00010000 00000003 00000004"
                                + "0000000000000000 0000000000000000");
        JscsiPdus.LogoutRequest request = JscsiPdus.logoutRequest(logout, 0);
        assertEquals(1, request.reason());
        assertEquals(1, request.connectionId());
        assertEquals(9, request.taskTag());
        ByteBuffer response = JscsiPdus.logoutResponse(LogoutAnswer.CID_NOT_FOUND, 9);
        assertEquals(0x26, response.get(0));
        assertEquals(1, response.get(2));
        assertEquals(9, response.getInt(16));
    }

    /** Reserved fields are to be ignored (RFC 7143, section 11.1). */
    @Test
    void whatStandsInReservedFieldsOfALogoutIsIgnored() throws Exception {
        ByteBuffer logout =
                hex(
                        "4681beef 00000000 0102030405060708 00000009 0001ffff 00000003 00000004"
                                + "1111111111111111 2222222222222222");
        JscsiPdus.LogoutRequest request = JscsiPdus.logoutRequest(logout, 0);
        assertEquals(1, request.reason());
        assertEquals(1, request.connectionId());
        assertEquals(9, request.taskTag());
    }

    @Test
    void aTaskManagementResponseIsMade() {
        ByteBuffer response =
                JscsiPdus.taskManagementResponse(TaskManagementAnswer.NO_SUCH_LUN, 0, 0x1234);
        assertEquals(0x22, response.get(0));
        assertEquals(2, response.get(2));
        assertEquals(0x1234, response.getInt(16));
    }

    @Test
    void aLoginInAStageThatIsNoneIsMalformed() {
        for (String flags : new String[] {"08", "0b", "8b", "82", "86"}) {
            String header =
                    "43"
                            + flags
                            + "0000 00000000 400001370000 0000 00000001 00000000 00000001"
                            + "00000000 0000000000000000 0000000000000000";
            assertThrows(ProtocolException.class, () -> login(header), flags);
        }
    }

    @Test
    void aFunctionThatIsRejectedIsSaidToBe() {
        ByteBuffer response = JscsiPdus.taskManagementResponse(TaskManagementAnswer.REJECTED, 0, 5);
        assertEquals(0x2280ff00, response.getInt(0));
    }

    /** RFC 7144, section 6.2. */
    @Test
    void aTaskManagementResponseMaySayWhatAQueryFound() {
        ByteBuffer response =
                JscsiPdus.taskManagementResponse(TaskManagementAnswer.SUCCEEDED, 0x162900, 5);
        assertEquals(7, response.get(2));
        assertEquals(0x16290000, response.getInt(36));
    }

    private static LoginRequest login(String header) throws ProtocolException {
        return JscsiPdus.loginRequest(hex(header), 0);
    }

    private static ByteBuffer hex(String text) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
    }
}
