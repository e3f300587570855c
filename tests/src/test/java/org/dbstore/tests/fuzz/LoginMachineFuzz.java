package org.dbstore.tests.fuzz;

import org.dbstore.server.iscsi.auth.Challenges;
import org.dbstore.server.iscsi.auth.ChapAlgorithm;
import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.login.LoginFailure;
import org.dbstore.server.iscsi.login.LoginPhase;
import org.dbstore.server.iscsi.login.LoginStatus;
import org.dbstore.server.iscsi.pdu.BufferPool;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.PduWriter;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.dbstore.server.iscsi.session.DigestUse;
import org.dbstore.server.iscsi.session.IscsiTarget;
import org.dbstore.server.lun.LunMap;
import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The whole state machine of a login. Nobody gets in without the proof that is due, every answer is
 * a login response in its turn, and every refusal says so once and is the last word.
 *
 * <pre>
 * byte 0  terms of the target, see {@link Terms}
 * byte 1  bytes of one read of the socket, 0 = all
 * then    the script of {@link LoginPeer}
 * </pre>
 */
public final class LoginMachineFuzz {
    static final String TARGET = "iqn.2026-01.org.dbstore.tests:locked";
    static final String SECRET = "initiator-secret";
    static final String OWN_SECRET = "secret-of-the-store";
    static final int HANDLE = 0x1234;

    private static final ChapUsers USERS =
            new ChapUsers(
                    Set.of(ChapAlgorithm.values()),
                    List.of(
                            new ChapUsers.User(identity("one", SECRET), Optional.empty()),
                            new ChapUsers.User(
                                    identity("both", SECRET),
                                    Optional.of(identity("store", OWN_SECRET)))));
    private static final Challenges CHALLENGES = new Challenges();
    private static final String REDIRECT = "192.0.2.7:3261,1";

    /** What byte 0 says. */
    private record Terms(
            boolean chap,
            boolean discoveryChap,
            boolean redirect,
            boolean digests,
            boolean notAdmitted,
            boolean noRoom) {
        static Terms of(int bits) {
            return new Terms(
                    (bits & 1) != 0,
                    (bits & 2) != 0,
                    (bits & 4) != 0,
                    (bits & 8) != 0,
                    (bits & 16) != 0,
                    (bits & 32) != 0);
        }
    }

    private final Terms terms;
    private final int pieceBytes;
    private final LoginPeer peer;
    private int opened;
    private boolean provenAtOpening;

    private LoginMachineFuzz(FuzzInput input) {
        terms = Terms.of(input.u8());
        int piece = input.u8();
        pieceBytes = piece == 0 ? Integer.MAX_VALUE : piece;
        peer = new LoginPeer(input);
    }

    private static ChapUsers.Identity identity(String name, String secret) {
        return new ChapUsers.Identity(name, secret.getBytes(StandardCharsets.US_ASCII));
    }

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        new LoginMachineFuzz(new FuzzInput(data)).run();
    }

    private void run() throws IOException {
        ScriptedChannel channel = new ScriptedChannel(peer, pieceBytes);
        PduWriter writer = new PduWriter(channel, new BufferPool(0), "fuzz", () -> {});
        PduReader reader =
                new PduReader(
                        channel, writer, ByteBuffer.allocateDirect(PduReader.LOGIN_CAPACITY_BYTES));
        LoginPhase login = new LoginPhase(reader, writer, new Host());
        Optional<LoginPhase.Agreement> agreement = Optional.empty();
        LoginStatus refusal = null;
        try {
            agreement = login.run();
        } catch (LoginFailure e) {
            refusal = e.status();
        } catch (EOFException e) {
            Check.that(peer.hasClosed(), "an end where there is none");
        } catch (ProtocolException e) {
            throw new AssertionError("only digests end a login so", e);
        }
        writer.drain();
        peer.hear(channel.unheard());
        judge(agreement, refusal);
    }

    private void judge(Optional<LoginPhase.Agreement> agreement, @Nullable LoginStatus refusal) {
        Check.that(
                peer.lastStatus() == (refusal == null ? 0 : refusal.code()),
                () -> "refused with " + refusal + ", told %04x".formatted(peer.lastStatus()));
        Check.that(opened == (agreement.isPresent() ? 1 : 0), () -> "opened " + opened);
        Check.that(peer.isLetIn() == agreement.isPresent(), "the initiator was told otherwise");
        if (agreement.isEmpty()) {
            return;
        }
        LoginPhase.Agreement agreed = agreement.get();
        boolean normal = agreed.target().isPresent();
        boolean due = normal ? terms.chap() : terms.discoveryChap();
        Check.that(!due || provenAtOpening, "let in without a proof");
        Check.that(
                due
                        ? Set.of("one", "both").contains(agreed.userName())
                        : agreed.userName().isEmpty(),
                () -> "user " + agreed.userName());
        Check.that(
                !agreed.userName().equals("both") || peer.hasMutualProof(),
                "mutual CHAP without a proof of ours");
        Check.that(
                !normal || (!terms.notAdmitted() && !terms.redirect()),
                "let in where there is no admission");
        Check.that(
                !normal || !terms.digests() || agreed.keys().parameters().headerDigest(),
                "a digest is missing that is required");
        Check.that(
                agreed.initiatorName().getBytes(StandardCharsets.UTF_8).length <= 223
                        && agreed.initiatorName().chars().noneMatch(Character::isISOControl),
                "a name that is none");
    }

    private final class Host implements LoginPhase.Host {
        @Override
        public Optional<IscsiTarget> findTarget(String name) {
            return name.equals(TARGET) ? Optional.of(target()) : Optional.empty();
        }

        private IscsiTarget target() {
            return new IscsiTarget(
                    TARGET,
                    "alias",
                    List.of(),
                    List.of("*"),
                    new LunMap(new TreeMap<>(), List.of(1)),
                    new IscsiTarget.Terms(
                            terms.chap() ? Optional.of(USERS) : Optional.empty(),
                            address -> !terms.notAdmitted(),
                            List.of(),
                            terms.digests() ? DigestUse.REQUIRED : DigestUse.ALLOWED,
                            DigestUse.ALLOWED,
                            1,
                            1,
                            terms.redirect()
                                    ? Optional.of(new IscsiTarget.Redirect(REDIRECT, false))
                                    : Optional.empty()));
        }

        @Override
        public Optional<ChapUsers> discoveryUsers() {
            return terms.discoveryChap() ? Optional.of(USERS) : Optional.empty();
        }

        @Override
        public boolean authenticates() {
            return terms.chap() || terms.discoveryChap();
        }

        @Override
        public Challenges challenges() {
            return CHALLENGES;
        }

        @Override
        public InetAddress peerAddress() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public int portalGroupTag() {
            return 1;
        }

        @Override
        public boolean hasSession(int handle) {
            return handle == HANDLE;
        }

        @Override
        public int open(LoginPhase.Agreement agreement) throws LoginFailure {
            if (terms.noRoom()) {
                throw new LoginFailure(LoginStatus.OUT_OF_RESOURCES, "no room");
            }
            opened++;
            provenAtOpening = peer.hasProven();
            return HANDLE;
        }
    }
}
