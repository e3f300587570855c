package org.dbstore.server.iscsi.login;

import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.jscsi.JscsiPdus;
import org.dbstore.server.iscsi.jscsi.LoginKeys;
import org.dbstore.server.iscsi.jscsi.LoginRequest;
import org.dbstore.server.iscsi.login.TextPairs.Pair;
import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.dbstore.server.iscsi.session.CommandWindow;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.iscsi.session.NegotiatedParameters;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The login of one connection (RFC 7143, section 6.3): a state machine over the stages security
 * negotiation (0), operational negotiation (1) and full feature (3).
 *
 * <p>Runs in the connection's thread, whose deadline bounds it. At most 8 KiB of a PDU and 64 KiB
 * of a request are taken, and nothing outside this object changes before everything is agreed on.
 */
public final class LoginPhase {
    private static final int SECURITY = 0;
    private static final int OPERATIONAL = 1;
    private static final int FULL_FEATURE = 3;

    /** Most data in a login PDU: MaxRecvDataSegmentLength before it is negotiated. */
    private static final int DATA_BYTES_MAX = 8192;

    private static final int NAME_BYTES_MAX = 223;
    private static final Pattern NAME =
            Pattern.compile("(iqn\\.[0-9]{4}-[0-9]{2}\\.|eui\\.|naa\\.)[^\\s,;/\"'\\\\]+");

    /** Finds targets and opens sessions. */
    public interface Host {
        /** Finds a target that is reached through the connection's portal. */
        Optional<IscsiTarget> findTarget(String name);

        /** Who may log in for discovery; empty = everybody. */
        Optional<ChapUsers> discoveryUsers();

        /** Tells whether anything here takes authentication: then nobody learns names without. */
        boolean authenticates();

        Challenges challenges();

        /** Address of the initiator. */
        InetAddress peerAddress();

        /** Target portal group tag of the connection's portal. */
        int portalGroupTag();

        /** Tells whether a session with that TSIH is open. */
        boolean hasSession(int handle);

        /**
         * Opens what was agreed on, before the last answer is sent.
         *
         * @return TSIH, 1..65535
         * @throws LoginFailure if there is no room
         */
        int open(Agreement agreement) throws LoginFailure;
    }

    /**
     * A login that came to a good end.
     *
     * @param initiatorName in lower case
     * @param isid 48 bits
     * @param connectionId CID
     * @param target empty for a discovery session
     * @param userName CHAP user; empty = without authentication
     * @param keys what was negotiated
     * @param window where the count of commands begins
     */
    public record Agreement(
            String initiatorName,
            long isid,
            int connectionId,
            Optional<IscsiTarget> target,
            String userName,
            LoginKeys keys,
            CommandWindow window) {}

    private final PduReader reader;
    private final PduWriter writer;
    private final Host host;
    private LoginKeys keys = new LoginKeys();
    private SecurityStage security;
    private @Nullable LoginRequest first;
    private Optional<IscsiTarget> target = Optional.empty();

    /** What is wrong, or elsewhere, but not to be told before authentication. */
    private @Nullable LoginFailure afterSecurity;

    private String initiatorName = "";
    private CommandWindow window = new CommandWindow(0);
    private boolean declared;
    private int stage;

    /** Begins a login on a connection from which nothing has been read. */
    public LoginPhase(PduReader reader, PduWriter writer, Host host) {
        this.reader = reader;
        this.writer = writer;
        this.host = host;
        this.security = new SecurityStage(Optional.empty(), host.challenges());
    }

    /** What the initiator called itself; empty if it did not come to that. */
    public String initiatorName() {
        return initiatorName;
    }

    /** The target it wants; empty if it did not come to that, or there is none of that name. */
    public String targetName() {
        return target.map(IscsiTarget::name).orElse("");
    }

    /**
     * Runs the login.
     *
     * @return empty if the initiator went away
     * @throws LoginFailure if it was refused; the answer is queued, the connection is to be closed
     */
    public Optional<Agreement> run() throws IOException, ProtocolException, LoginFailure {
        while (true) {
            int header = reader.nextHeader();
            if (header < 0) {
                return Optional.empty();
            }
            // Good for an answer whatever the PDU turns out to be.
            LoginRequest request =
                    new LoginRequest(
                            false,
                            false,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            Bhs.initiatorTaskTag(reader.buffer(), header),
                            0);
            try {
                request = readHeader(header);
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                for (int pdus = 1; ; pdus++) {
                    appendData(text);
                    if (!request.more()) {
                        break;
                    }
                    if (pdus == TextPairs.PDUS_MAX) {
                        throw new ProtocolException("a request that does not end");
                    }
                    respond(request, false, 0, List.of());
                    header = reader.nextHeader();
                    if (header < 0) {
                        return Optional.empty();
                    }
                    request = readHeader(header);
                }
                Optional<Agreement> agreement =
                        answer(request, TextPairs.parse(text.toByteArray()));
                if (agreement.isPresent()) {
                    return agreement;
                }
            } catch (ProtocolException e) {
                LoginFailure failure =
                        new LoginFailure(
                                LoginStatus.INITIATOR_ERROR, String.valueOf(e.getMessage()));
                refuse(request, failure);
                throw failure;
            } catch (LoginFailure failure) {
                refuse(request, failure);
                throw failure;
            }
        }
    }

    /** Checks a header before anything behind it is read. */
    private LoginRequest readHeader(int header)
            throws ProtocolException, LoginFailure, IOException {
        ByteBuffer buffer = reader.buffer();
        if (Bhs.opcode(buffer, header) != Bhs.LOGIN_REQUEST) {
            throw new LoginFailure(LoginStatus.INVALID_DURING_LOGIN, "a PDU that is no login");
        }
        if (Bhs.ahsBytes(buffer, header) != 0) {
            throw new ProtocolException("a login with additional header segments");
        }
        if (Bhs.dataBytes(buffer, header) > DATA_BYTES_MAX) {
            throw new ProtocolException("a login with too much data");
        }
        LoginRequest request = JscsiPdus.loginRequest(buffer, header);
        reader.openData(header);
        if (first == null) {
            begin(request);
        } else if (request.isid() != first.isid()
                || request.connectionId() != first.connectionId()
                || request.taskTag() != first.taskTag()
                || request.handle() != first.handle()) {
            throw new ProtocolException("ISID, TSIH, CID or task tag changed within the login");
        }
        if (request.currentStage() != stage) {
            throw new ProtocolException("a stage out of turn");
        }
        if (request.transit() && (request.more() || !mayFollow(request.nextStage()))) {
            throw new ProtocolException("a transition out of turn");
        }
        return request;
    }

    private void begin(LoginRequest request) throws LoginFailure {
        first = request;
        stage = request.currentStage();
        if (stage > OPERATIONAL) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "a login that begins at its end");
        }
        window = new CommandWindow(request.sequenceNumber());
        writer.open(window);
        if (request.versionMin() > 0) {
            throw new LoginFailure(LoginStatus.UNSUPPORTED_VERSION, "a version above 0");
        }
        if (request.handle() != 0) {
            // One connection a session: there is nothing to add to, and nothing to take over.
            throw new LoginFailure(
                    host.hasSession(request.handle())
                            ? LoginStatus.TOO_MANY_CONNECTIONS
                            : LoginStatus.SESSION_DOES_NOT_EXIST,
                    "a login with TSIH " + request.handle());
        }
    }

    private boolean mayFollow(int nextStage) {
        return nextStage == FULL_FEATURE || (nextStage == OPERATIONAL && stage == SECURITY);
    }

    private void appendData(ByteArrayOutputStream text) throws IOException, ProtocolException {
        ByteBuffer data = reader.data();
        if (text.size() + data.remaining() > TextPairs.TEXT_BYTES_MAX) {
            throw new ProtocolException("too much text");
        }
        while (data.hasRemaining()) {
            text.write(data.get());
        }
    }

    private Optional<Agreement> answer(LoginRequest request, List<Pair> pairs)
            throws LoginFailure, ProtocolException {
        List<String> answers = new ArrayList<>();
        if (initiatorName.isEmpty()) {
            identify(pairs, answers);
        }
        security.take(pairs, answers);
        if (security.isPassed() && afterSecurity != null) {
            throw afterSecurity;
        }
        if (stage == OPERATIONAL && !security.isPassed()) {
            throw new LoginFailure(
                    LoginStatus.AUTHENTICATION_FAILURE,
                    initiatorName + " goes past authentication");
        }
        for (Pair pair : pairs) {
            negotiate(pair, answers);
        }
        if (stage == OPERATIONAL && !declared) {
            declared = true;
            answers.add(
                    "MaxRecvDataSegmentLength="
                            + NegotiatedParameters.OUR_MAX_RECV_DATA_SEGMENT_LENGTH);
        }
        if (TextPairs.render(answers).length > DATA_BYTES_MAX) {
            throw new ProtocolException("so many keys that the answers do not fit");
        }
        if (request.transit() && !security.isPassed() && !security.isUnderWay()) {
            throw new LoginFailure(
                    LoginStatus.AUTHENTICATION_FAILURE,
                    initiatorName + " does without authentication");
        }
        if (!request.transit() || !security.isPassed()) {
            respond(request, false, 0, answers);
            return Optional.empty();
        }
        if (request.nextStage() == FULL_FEATURE && keys.isDigestMissing()) {
            throw new LoginFailure(
                    LoginStatus.INITIATOR_ERROR, initiatorName + " does without a digest");
        }
        stage = request.nextStage();
        if (stage != FULL_FEATURE) {
            respond(request, true, 0, answers);
            return Optional.empty();
        }
        Agreement agreement =
                new Agreement(
                        initiatorName,
                        request.isid(),
                        request.connectionId(),
                        target,
                        security.userName(),
                        keys,
                        window);
        int handle = host.open(agreement);
        respond(request, true, handle, answers);
        return Optional.of(agreement);
    }

    /** The first request says who it is and where it wants to go. */
    private void identify(List<Pair> pairs, List<String> answers) throws LoginFailure {
        String name = value(pairs, "InitiatorName").orElse("");
        if (name.isEmpty()) {
            throw new LoginFailure(LoginStatus.MISSING_PARAMETER, "no InitiatorName");
        }
        String sessionType = value(pairs, "SessionType").orElse("Normal");
        initiatorName = checkedName(name);
        if (sessionType.equals("Discovery")) {
            security = new SecurityStage(host.discoveryUsers(), host.challenges());
            return;
        }
        if (!sessionType.equals("Normal")) {
            throw new LoginFailure(
                    LoginStatus.SESSION_TYPE_NOT_SUPPORTED, "an unknown session type");
        }
        String targetName = value(pairs, "TargetName").orElse("");
        if (targetName.isEmpty()) {
            throw new LoginFailure(
                    LoginStatus.MISSING_PARAMETER, "no TargetName from " + initiatorName);
        }
        target = host.findTarget(checkedName(targetName));
        if (target.isPresent()) {
            meet(target.get(), answers);
        } else {
            afterSecurity =
                    new LoginFailure(
                            LoginStatus.NOT_FOUND, initiatorName + " asks for an unknown target");
            security =
                    new SecurityStage(
                            host.authenticates() ? Optional.of(ChapUsers.NOBODY) : Optional.empty(),
                            host.challenges());
        }
        // Windows gives up on a target that does not say this in its first answer.
        answers.add("TargetPortalGroupTag=" + host.portalGroupTag());
    }

    private void meet(IscsiTarget found, List<String> answers) {
        IscsiTarget.Terms terms = found.terms();
        security = new SecurityStage(terms.users(), host.challenges());
        keys = new LoginKeys(terms.headerDigest(), terms.dataDigest());
        if (!found.admits(initiatorName, host.peerAddress())) {
            afterSecurity =
                    new LoginFailure(
                            LoginStatus.AUTHORIZATION_FAILURE,
                            initiatorName + " may not log in to " + found.name());
        } else if (terms.redirect().isPresent()) {
            IscsiTarget.Redirect redirect = terms.redirect().get();
            afterSecurity =
                    new LoginFailure(
                            redirect.permanent()
                                    ? LoginStatus.MOVED_PERMANENTLY
                                    : LoginStatus.MOVED_TEMPORARILY,
                            initiatorName + " is sent to " + redirect.address(),
                            List.of("TargetAddress=" + redirect.address()));
        }
        if (security.isPassed() && !found.alias().isEmpty()) {
            answers.add("TargetAlias=" + found.alias());
        }
    }

    private static String checkedName(String name) throws LoginFailure {
        String lower = name.toLowerCase(Locale.ROOT);
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX
                || !NAME.matcher(lower).matches()) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, "a malformed iSCSI name");
        }
        return lower;
    }

    private void negotiate(Pair pair, List<String> answers) throws ProtocolException {
        switch (pair.key()) {
            case "InitiatorName", "InitiatorAlias", "SessionType", "TargetName" -> {}
            default -> {
                if (SecurityStage.owns(pair.key())) {
                    return;
                }
                switch (keys.negotiate(pair.key(), pair.value(), answers)) {
                    case DONE -> {}
                    case UNKNOWN -> answers.add(pair.key() + "=NotUnderstood");
                    case REPEATED ->
                            throw new ProtocolException(pair.key() + " is offered a second time");
                }
            }
        }
    }

    private static Optional<String> value(List<Pair> pairs, String key) throws LoginFailure {
        List<String> values =
                pairs.stream().filter(pair -> pair.key().equals(key)).map(Pair::value).toList();
        if (values.size() > 1) {
            throw new LoginFailure(LoginStatus.INITIATOR_ERROR, key + " twice");
        }
        return values.stream().findFirst();
    }

    private void respond(LoginRequest request, boolean transit, int handle, List<String> answers) {
        writer.queueRendered(
                JscsiPdus.loginResponse(request, transit, handle, 0, TextPairs.render(answers)),
                PduWriter.StatusNumber.OWN);
    }

    private void refuse(LoginRequest request, LoginFailure failure) {
        writer.queueRendered(
                JscsiPdus.loginResponse(
                        request,
                        false,
                        0,
                        failure.status().code(),
                        TextPairs.render(failure.answers())),
                PduWriter.StatusNumber.OWN);
    }
}
