package org.dbstore.server.iscsi.jscsi;

import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.jscsi.exception.InternetSCSIException;
import org.jscsi.parser.AbstractMessageParser;
import org.jscsi.parser.BasicHeaderSegment;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.ProtocolDataUnitFactory;
import org.jscsi.parser.login.ISID;
import org.jscsi.parser.login.LoginRequestParser;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.login.LoginStatus;
import org.jscsi.parser.logout.LogoutRequestParser;
import org.jscsi.parser.logout.LogoutResponse;
import org.jscsi.parser.text.TextRequestParser;
import org.jscsi.parser.tmf.TaskManagementFunctionResponseParser.ResponseCode;
import org.jscsi.target.connection.TargetPduFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.DigestException;

/**
 * jSCSI's PDU classes, where a PDU is rare enough to afford them. What they must not be given
 * (digests, AHS, task management requests, a header without its exact data) they are not given
 * here; what they get wrong (ISID, TSIH, StatSN) is put right in the bytes. Sequence numbers are
 * stamped by the writer.
 */
public final class JscsiPdus {
    private static final String NO_DIGEST = "None";

    /** Byte of the T and NSG fields. */
    private static final int LOGIN_FLAGS = 1;

    private static final int TRANSIT = 0x80;
    private static final int NEXT_STAGE_MASK = 0x03;
    private static final int CURRENT_STAGE_SHIFT = 2;
    private static final int NO_STAGE = 2;
    private static final int REASON_MASK = 0x7f;

    private JscsiPdus() {}

    /** Reads a Login Request. Its text stays with the caller. */
    public static LoginRequest loginRequest(ByteBuffer buffer, int header)
            throws ProtocolException {
        ByteBuffer copy = copyOfHeader(buffer, header);
        int flags = copy.get(LOGIN_FLAGS);
        if ((flags & TRANSIT) == 0) {
            // Reserved without T, yet libiscsi fills it; jSCSI would refuse the PDU.
            copy.put(LOGIN_FLAGS, (byte) (flags & ~NEXT_STAGE_MASK));
        }
        if ((flags >> CURRENT_STAGE_SHIFT & NEXT_STAGE_MASK) == NO_STAGE
                || (flags & (TRANSIT | NEXT_STAGE_MASK)) == (TRANSIT | NO_STAGE)) {
            // jSCSI has no value for it, and says so late.
            throw new ProtocolException("a login in stage 2, which there is not");
        }
        BasicHeaderSegment segment = parse(copy);
        LoginRequestParser parser = (LoginRequestParser) segment.getParser();
        LoginStage next = parser.getNextStageNumber();
        return new LoginRequest(
                segment.isFinalFlag(),
                parser.isContinueFlag(),
                parser.getCurrentStageNumber().value(),
                next == null ? 0 : next.value(),
                parser.getMinVersion(),
                buffer.getLong(header + 8) >>> 16,
                buffer.getShort(header + 14) & 0xffff,
                parser.getConnectionID(),
                segment.getInitiatorTaskTag(),
                Bhs.commandSequenceNumber(buffer, header));
    }

    /**
     * Makes a Login Response.
     *
     * @param request what is answered
     * @param transit T bit
     * @param handle TSIH to return
     * @param status class and detail, as 0x0201
     * @param text NUL-terminated pairs, may be empty
     */
    public static ByteBuffer loginResponse(
            LoginRequest request, boolean transit, int handle, int status, byte[] text) {
        LoginStage current =
                request.currentStage() == 0
                        ? LoginStage.SECURITY_NEGOTIATION
                        : LoginStage.LOGIN_OPERATIONAL_NEGOTIATION;
        LoginStage next =
                transit
                        ? LoginStage.valueOf((byte) request.nextStage())
                        : LoginStage.SECURITY_NEGOTIATION;
        ByteBuffer rendered =
                render(
                        TargetPduFactory.createLoginResponsePdu(
                                transit,
                                false,
                                current,
                                next,
                                ISID.createRandom(0), // overwritten below
                                (short) 0,
                                request.taskTag(),
                                LoginStatus.SUCCESS,
                                ByteBuffer.wrap(text)));
        rendered.putLong(8, request.isid() << 16 | handle);
        rendered.putShort(36, (short) status);
        return rendered;
    }

    /**
     * A Text Request.
     *
     * @param isFinal F bit
     * @param more C bit
     * @param lun as on the wire
     * @param taskTag initiator task tag
     * @param transferTag target transfer tag
     */
    public record TextRequest(
            boolean isFinal, boolean more, long lun, int taskTag, int transferTag) {}

    /** Reads a Text Request. Its text stays with the caller. */
    public static TextRequest textRequest(ByteBuffer buffer, int header) throws ProtocolException {
        BasicHeaderSegment segment = parse(copyOfHeader(buffer, header));
        TextRequestParser parser = (TextRequestParser) segment.getParser();
        return new TextRequest(
                segment.isFinalFlag(),
                parser.isContinueFlag(),
                Bhs.lun(buffer, header),
                segment.getInitiatorTaskTag(),
                parser.getTargetTransferTag());
    }

    /** Makes a Text Response; {@code transferTag} is not reserved while more text is to come. */
    public static ByteBuffer textResponse(
            boolean isFinal, boolean more, TextRequest request, int transferTag, byte[] text) {
        return render(
                TargetPduFactory.createTextResponsePdu(
                        isFinal,
                        more,
                        request.lun(),
                        request.taskTag(),
                        transferTag,
                        ByteBuffer.wrap(text)));
    }

    /**
     * A Logout Request.
     *
     * @param reason 0 close the session, 1 close the connection, 2 remove it for recovery; up to
     *     127 for none that there is
     * @param connectionId CID
     * @param taskTag initiator task tag
     */
    public record LogoutRequest(int reason, int connectionId, int taskTag) {}

    /** Reads a Logout Request. */
    public static LogoutRequest logoutRequest(ByteBuffer buffer, int header)
            throws ProtocolException {
        ByteBuffer copy = copyOfHeader(buffer, header);
        // Reserved: to be ignored, but jSCSI would refuse the PDU.
        copy.putShort(2, (short) 0).putLong(8, 0).putShort(22, (short) 0);
        copy.putLong(32, 0).putLong(40, 0);
        BasicHeaderSegment segment = parse(copy);
        LogoutRequestParser parser = (LogoutRequestParser) segment.getParser();
        return new LogoutRequest(
                // jSCSI has no value for a reserved one.
                buffer.get(header + 1) & REASON_MASK,
                parser.getConnectionID() & 0xffff,
                segment.getInitiatorTaskTag());
    }

    /** What a Logout Response says. */
    public enum LogoutAnswer {
        CLOSED(LogoutResponse.CONNECTION_CLOSED_SUCCESSFULLY),
        CID_NOT_FOUND(LogoutResponse.CID_NOT_FOUND),
        RECOVERY_NOT_SUPPORTED(LogoutResponse.CONNECTION_RECOVERY_NOT_SUPPORTED);

        private final LogoutResponse code;

        LogoutAnswer(LogoutResponse code) {
            this.code = code;
        }
    }

    /** Makes a Logout Response. */
    public static ByteBuffer logoutResponse(LogoutAnswer answer, int taskTag) {
        // jSCSI allows a time to wait with this answer only.
        short time2Wait = (short) (answer == LogoutAnswer.CLOSED ? 2 : 0);
        return render(
                TargetPduFactory.createLogoutResponsePdu(
                        answer.code, taskTag, time2Wait, (short) 0));
    }

    /** Checks the header of a NOP-Out. */
    public static void checkNopOut(ByteBuffer buffer, int header) throws ProtocolException {
        parse(copyOfHeader(buffer, header));
    }

    /** Makes a NOP-In: an answer (transfer tag reserved) or a question (task tag reserved). */
    public static ByteBuffer nopIn(long lun, int taskTag, int transferTag, byte[] data) {
        return render(
                TargetPduFactory.createNopInPDU(
                        lun, taskTag, transferTag, ByteBuffer.wrap(data), 0));
    }

    /** What a task management response says (RFC 7143, section 11.6.1; RFC 7144, section 6.2). */
    public enum TaskManagementAnswer {
        COMPLETE(0),
        NO_SUCH_TASK(1),
        NO_SUCH_LUN(2),
        NO_REASSIGNMENT(4),
        NOT_SUPPORTED(5),
        /** A query found something. */
        SUCCEEDED(7),
        REJECTED(255);

        private final int code;

        TaskManagementAnswer(int code) {
            this.code = code;
        }
    }

    /**
     * Makes a task management function response.
     *
     * @param additional Additional Response Information (RFC 7144), 24 bits
     */
    public static ByteBuffer taskManagementResponse(
            TaskManagementAnswer answer, int additional, int taskTag) {
        // jSCSI knows no answer of RFC 7144, and spoils the header with "rejected".
        ByteBuffer rendered =
                render(
                        TargetPduFactory.createTMResponsePdu(
                                ResponseCode.FUNCTION_COMPLETE, taskTag));
        return rendered.put(2, (byte) answer.code).putInt(36, additional << 8);
    }

    /** jSCSI wants the header alone, at index 0, with nothing announced behind it. */
    private static ByteBuffer copyOfHeader(ByteBuffer buffer, int header) {
        ByteBuffer copy = ByteBuffer.allocate(Bhs.BYTES);
        copy.put(0, buffer, header, Bhs.BYTES);
        copy.putInt(4, 0);
        return copy;
    }

    private static BasicHeaderSegment parse(ByteBuffer header) throws ProtocolException {
        ProtocolDataUnit pdu = new ProtocolDataUnitFactory().create(NO_DIGEST, NO_DIGEST);
        try {
            pdu.deserialize(header);
        } catch (InternetSCSIException | IOException | DigestException | RuntimeException e) {
            // jSCSI answers bad fields with whatever its code trips over.
            throw new ProtocolException("malformed header of opcode " + Bhs.opcode(header, 0));
        }
        BasicHeaderSegment segment = pdu.getBasicHeaderSegment();
        AbstractMessageParser parser = segment.getParser();
        if (parser == null) {
            throw new ProtocolException("unknown opcode " + Bhs.opcode(header, 0));
        }
        return segment;
    }

    private static ByteBuffer render(ProtocolDataUnit pdu) {
        try {
            ByteBuffer bytes = pdu.serialize();
            bytes.rewind();
            return bytes;
        } catch (InternetSCSIException | IOException e) {
            throw new IllegalStateException("a PDU of our own making does not serialize", e);
        }
    }
}
