package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.jscsi.JscsiPdus;
import org.dbstore.server.iscsi.jscsi.JscsiPdus.LogoutAnswer;
import org.dbstore.server.iscsi.jscsi.JscsiPdus.LogoutRequest;
import org.dbstore.server.iscsi.jscsi.JscsiPdus.TextRequest;
import org.dbstore.server.iscsi.login.LoginPhase.Agreement;
import org.dbstore.server.iscsi.login.TextPairs;
import org.dbstore.server.iscsi.login.TextPairs.Pair;
import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.pdu.PduWriter.StatusNumber;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.dbstore.server.iscsi.pdu.RejectReason;
import org.dbstore.server.iscsi.session.CommandWindow;
import org.dbstore.server.iscsi.session.NegotiatedParameters;
import org.dbstore.server.iscsi.session.Session;
import org.dbstore.server.iscsi.session.TaskBarrier;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection in full feature phase: one PDU after the other, each to whom it concerns. Runs in
 * the connection's thread.
 */
final class FullFeaturePhase {
    /** open-iscsi closes on a text PDU that is longer. */
    private static final int TEXT_DATA_BYTES_MAX = 8192;

    private static final int TASK_MANAGEMENT_FUNCTION_MASK = 0x7f;

    /** Remove the connection for recovery. */
    private static final int LOGOUT_REASON_MAX = 2;

    /** Most task management functions of a session that wait for tasks to end. */
    private static final int FUNCTIONS_MAX = 32;

    private final Connection connection;
    private final PduReader reader;
    private final PduWriter writer;
    private final Agreement agreement;
    private final @Nullable Session session;
    private final ByteArrayOutputStream textRequest = new ByteArrayOutputStream();
    private final AtomicInteger functionsUnderWay = new AtomicInteger();
    private int textRequestPdus;
    private byte[] textAnswer = new byte[0];
    private int textTransferTag = Bhs.RESERVED_TAG;
    private boolean loggedOut;

    /**
     * Begins the phase.
     *
     * @param session null for a discovery session
     */
    FullFeaturePhase(
            Connection connection,
            PduReader reader,
            PduWriter writer,
            Agreement agreement,
            @Nullable Session session) {
        this.connection = connection;
        this.reader = reader;
        this.writer = writer;
        this.agreement = agreement;
        this.session = session;
    }

    /** Serves the initiator until it logs out or goes away. */
    void run() throws IOException, ProtocolException {
        while (!loggedOut && (session == null || !session.hasEnded())) {
            int header = reader.nextHeader();
            if (header < 0) {
                return;
            }
            connection.heard();
            if (Bhs.dataBytes(reader.buffer(), header)
                    > NegotiatedParameters.OUR_MAX_RECV_DATA_SEGMENT_LENGTH) {
                reject(RejectReason.PROTOCOL_ERROR, header);
                throw new ProtocolException("a data segment above MaxRecvDataSegmentLength");
            }
            boolean crowded = session != null && reader.isCrowded(header);
            take(reader.openData(header));
            if (crowded) {
                connection.growReceiveBuffer();
            }
            writer.awaitRoom();
        }
    }

    private void take(int header) throws IOException, ProtocolException {
        ByteBuffer buffer = reader.buffer();
        int opcode = Bhs.opcode(buffer, header);
        if (opcode == Bhs.DATA_OUT) {
            dataOut(header);
            return;
        }
        boolean immediate = Bhs.isImmediate(buffer, header);
        switch (opcode) {
            case Bhs.NOP_OUT,
                    Bhs.SCSI_COMMAND,
                    Bhs.TASK_MANAGEMENT_REQUEST,
                    Bhs.TEXT_REQUEST,
                    Bhs.LOGOUT_REQUEST -> {
                int sequenceNumber = Bhs.commandSequenceNumber(buffer, header);
                CommandWindow window = agreement.window();
                switch (window.arrive(sequenceNumber, immediate)) {
                    case IGNORE -> reader.skipData();
                    case GAP -> {
                        reject(RejectReason.PROTOCOL_ERROR, header);
                        throw new ProtocolException("CmdSN runs ahead");
                    }
                    case TAKE -> command(opcode, header, immediate);
                }
            }
            case Bhs.SNACK_REQUEST -> reject(RejectReason.SNACK_REJECT, header);
            case Bhs.LOGIN_REQUEST -> {
                reject(RejectReason.PROTOCOL_ERROR, header);
                throw new ProtocolException("a login in full feature phase");
            }
            default -> reject(RejectReason.COMMAND_NOT_SUPPORTED, header);
        }
    }

    private void command(int opcode, int header, boolean immediate)
            throws IOException, ProtocolException {
        boolean answered = true;
        if (Bhs.ahsBytes(reader.buffer(), header) > 0
                && !AdditionalHeaders.areValid(reader.buffer(), header)) {
            reject(RejectReason.INVALID_PDU_FIELD, header);
        } else if (opcode == Bhs.TEXT_REQUEST) {
            text(header);
        } else if (opcode == Bhs.LOGOUT_REQUEST) {
            logout(header);
        } else if (opcode == Bhs.NOP_OUT) {
            nopOut(header);
        } else if (session == null) {
            reject(RejectReason.PROTOCOL_ERROR, header);
        } else if (opcode == Bhs.TASK_MANAGEMENT_REQUEST) {
            answered = false;
            taskManagement(session, header, immediate);
        } else {
            answered = scsiCommand(session, header);
        }
        if (answered && !immediate) {
            agreement.window().answered();
        }
    }

    /** Returns true if it is answered already: it was rejected. */
    private boolean scsiCommand(Session open, int header) throws IOException {
        if (Bhs.initiatorTaskTag(reader.buffer(), header) == Bhs.RESERVED_TAG) {
            reject(RejectReason.INVALID_PDU_FIELD, header);
            return true;
        }
        return switch (open.command(reader, header, connection.lastHeardNanos())) {
            case YES -> false;
            case TAG_IN_USE -> {
                reject(RejectReason.TASK_IN_PROGRESS, header);
                yield true;
            }
            case TOO_MANY_IMMEDIATE -> {
                reject(RejectReason.IMMEDIATE_COMMAND_REJECT, header);
                yield true;
            }
            case NO -> {
                reader.skipData();
                yield true;
            }
        };
    }

    private void dataOut(int header) throws IOException {
        if (session == null || !session.dataOut(reader, header)) {
            reject(RejectReason.INVALID_PDU_FIELD, header);
        }
    }

    private void nopOut(int header) throws IOException, ProtocolException {
        ByteBuffer buffer = reader.buffer();
        int tag = Bhs.initiatorTaskTag(buffer, header);
        long lun = Bhs.lun(buffer, header);
        JscsiPdus.checkNopOut(buffer, header);
        if (tag == Bhs.RESERVED_TAG) {
            // The answer to a NOP-In of ours: that it came is all there is to know.
            reader.skipData();
            return;
        }
        byte[] ping =
                new byte
                        [Math.min(
                                Bhs.dataBytes(buffer, header),
                                agreement.keys().parameters().maxRecvDataSegmentLength())];
        ByteBuffer target = ByteBuffer.wrap(ping);
        reader.readData(target);
        if (isDamaged()) {
            return;
        }
        writer.queueRendered(JscsiPdus.nopIn(lun, tag, Bhs.RESERVED_TAG, ping), StatusNumber.OWN);
    }

    private void taskManagement(Session open, int header, boolean immediate) throws IOException {
        ByteBuffer buffer = reader.buffer();
        // Immediate ones no window bounds, and each may wait for tasks that take long.
        if (functionsUnderWay.incrementAndGet() > FUNCTIONS_MAX) {
            functionsUnderWay.decrementAndGet();
            if (!immediate) {
                agreement.window().answered();
            }
            reject(RejectReason.IMMEDIATE_COMMAND_REJECT, header);
            return;
        }
        int tag = Bhs.initiatorTaskTag(buffer, header);
        TaskManagement.Request request =
                new TaskManagement.Request(
                        TaskManagementFunction.of(
                                Bhs.flags(buffer, header) & TASK_MANAGEMENT_FUNCTION_MASK),
                        Bhs.lun(buffer, header),
                        Bhs.targetTransferTag(buffer, header));
        reader.skipData();
        connection
                .server()
                .taskManagement()
                .execute(
                        open,
                        request,
                        reply -> {
                            functionsUnderWay.decrementAndGet();
                            if (!immediate) {
                                agreement.window().answered();
                            }
                            writer.queueRendered(
                                    JscsiPdus.taskManagementResponse(
                                            reply.answer(), reply.additional(), tag),
                                    StatusNumber.OWN);
                        });
    }

    private void logout(int header) throws IOException, ProtocolException {
        LogoutRequest request = JscsiPdus.logoutRequest(reader.buffer(), header);
        if (request.reason() > LOGOUT_REASON_MAX) {
            reject(RejectReason.INVALID_PDU_FIELD, header);
            return;
        }
        reader.skipData();
        LogoutAnswer answer =
                switch (request.reason()) {
                    case 0 -> LogoutAnswer.CLOSED;
                    case 1 ->
                            request.connectionId() == agreement.connectionId()
                                    ? LogoutAnswer.CLOSED
                                    : LogoutAnswer.CID_NOT_FOUND;
                    default -> LogoutAnswer.RECOVERY_NOT_SUPPORTED;
                };
        loggedOut = answer == LogoutAnswer.CLOSED;
        if (loggedOut && session != null) {
            session.abort(task -> true, new TaskBarrier(() -> {}));
        }
        writer.queueRendered(JscsiPdus.logoutResponse(answer, request.taskTag()), StatusNumber.OWN);
    }

    private void text(int header) throws IOException, ProtocolException {
        TextRequest request = JscsiPdus.textRequest(reader.buffer(), header);
        int length = Bhs.dataBytes(reader.buffer(), header);
        ByteBuffer rejected = copyOfHeader(header);
        if (request.transferTag() == Bhs.RESERVED_TAG) {
            resetText();
        }
        if (textRequest.size() + length > TextPairs.TEXT_BYTES_MAX
                || ++textRequestPdus > TextPairs.PDUS_MAX
                || (request.more() && length == 0)) {
            resetText();
            reader.skipData();
            writer.reject(RejectReason.INVALID_PDU_FIELD, rejected);
            return;
        }
        byte[] data = new byte[length];
        reader.readData(ByteBuffer.wrap(data));
        if (isDamaged()) {
            return;
        }
        if (request.transferTag() != Bhs.RESERVED_TAG) {
            if (request.transferTag() != textTransferTag) {
                resetText();
                writer.reject(RejectReason.INVALID_PDU_FIELD, rejected);
                return;
            }
            if (textAnswer.length > 0) {
                answerText(request);
                return;
            }
        }
        textRequest.writeBytes(data);
        if (request.more()) {
            textTransferTag = 1;
            writer.queueRendered(
                    JscsiPdus.textResponse(false, false, request, textTransferTag, new byte[0]),
                    StatusNumber.OWN);
            return;
        }
        List<Pair> pairs;
        try {
            pairs = TextPairs.parse(textRequest.toByteArray());
        } catch (ProtocolException e) {
            resetText();
            writer.reject(RejectReason.INVALID_PDU_FIELD, rejected);
            return;
        }
        List<String> answers = new ArrayList<>();
        for (Pair pair : pairs) {
            if (pair.key().equals("SendTargets")) {
                answers.addAll(sendTargets(pair.value()));
            } else {
                answers.add(pair.key() + "=NotUnderstood");
            }
        }
        resetText();
        textAnswer = TextPairs.render(answers);
        answerText(request);
    }

    private List<String> sendTargets(String value) {
        // All is for discovery; a normal session may ask about its own target only.
        if (session == null) {
            return connection
                    .server()
                    .sendTargets(
                            value.equals("All") ? "" : value.toLowerCase(Locale.ROOT),
                            agreement.initiatorName(),
                            connection.peerAddress(),
                            connection.connectedAddress());
        }
        String own = session.target().name();
        if (!value.isEmpty() && !value.equals(own)) {
            return value.equals("All") ? List.of("SendTargets=Reject") : List.of();
        }
        return connection
                .server()
                .sendTargets(
                        own,
                        agreement.initiatorName(),
                        connection.peerAddress(),
                        connection.connectedAddress());
    }

    /** Sends the next part of a text answer; the initiator asks for more by the transfer tag. */
    private void answerText(TextRequest request) {
        int most =
                Math.min(
                        TEXT_DATA_BYTES_MAX,
                        agreement.keys().parameters().maxRecvDataSegmentLength());
        byte[] part = Arrays.copyOf(textAnswer, Math.min(most, textAnswer.length));
        textAnswer = Arrays.copyOfRange(textAnswer, part.length, textAnswer.length);
        boolean more = textAnswer.length > 0;
        textTransferTag = more ? 1 : Bhs.RESERVED_TAG;
        textRequestPdus = 0;
        writer.queueRendered(
                JscsiPdus.textResponse(!more, more, request, textTransferTag, part),
                StatusNumber.OWN);
    }

    private void resetText() {
        textRequest.reset();
        textRequestPdus = 0;
        textAnswer = new byte[0];
        textTransferTag = Bhs.RESERVED_TAG;
    }

    /** Rejects the PDU at hand if its data do not fit their digest (RFC 7143, section 7.8). */
    private boolean isDamaged() {
        if (!reader.isDataDamaged()) {
            return false;
        }
        writer.reject(RejectReason.DATA_DIGEST_ERROR, reader.damagedHeader());
        return true;
    }

    private ByteBuffer copyOfHeader(int header) {
        return ByteBuffer.allocate(Bhs.BYTES).put(0, reader.buffer(), header, Bhs.BYTES);
    }

    private void reject(RejectReason reason, int header) throws IOException {
        writer.reject(reason, copyOfHeader(header));
        reader.skipData();
    }
}
