package org.dbstore.tests.fuzz;

import org.dbstore.server.iscsi.auth.ChapAlgorithm;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays one session: puts in what only the target of the moment can have said (transfer tags,
 * responses to challenges, digests), and checks of what comes back that it is PDUs.
 */
final class SessionPlayer {
    private static final Pattern CHAP_R = Pattern.compile("CHAP_R=0x[0-9a-f]+");
    private static final Set<Integer> TARGET_OPCODES =
            Set.of(0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x31, 0x32, 0x3f);

    /** For an answer that perhaps will not come. */
    private static final int PATIENCE_MILLIS = 15;

    /** For one that has to come. */
    private static final int ANSWER_MILLIS_MAX = 10_000;

    private static final int DATA_BYTES_MAX = 1 << 20;
    private static final int READY_TO_TRANSFER = 0x31;
    private static final int LOGIN_RESPONSE = 0x23;
    private static final int LOCAL_ADDRESSES = 200;

    private final SplittableRandom random;
    private final InetSocketAddress target;
    private final int isid;
    private long sent;
    private boolean headerDigest;
    private boolean dataDigest;
    private boolean fullFeature;
    private boolean inDoubt;
    private boolean faithful;
    private int transferTag = -1;
    private Optional<Challenge> challenge = Optional.empty();

    private record Challenge(String algorithm, String identifier, String hex) {}

    /**
     * Prepares a session.
     *
     * @param isid the last 16 bits of the ISID: the same takes over the session of another
     */
    SessionPlayer(SplittableRandom random, InetSocketAddress target, int isid) {
        this.random = random;
        this.target = target;
        this.isid = isid;
    }

    /** PDUs that were sent. */
    long sent() {
        return sent;
    }

    /** Plays it to its end, or to where the target closes, or goes away in the middle. */
    void play(List<RecordedPdu> session) throws IOException {
        int end = random.nextInt(6) == 0 ? random.nextInt(session.size()) : Integer.MAX_VALUE;
        try (Socket socket = connect()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            for (int i = 0; i < session.size(); i++) {
                byte[] wire = wire(session.get(i));
                sent++;
                if (i == end) {
                    leave(socket, wire);
                    return;
                }
                send(socket.getOutputStream(), wire);
                if (session.get(i).isAnswered()) {
                    hear(socket.getInputStream());
                }
            }
        } catch (EOFException e) {
            // The target has closed: its right.
            inDoubt = true;
        } catch (java.net.SocketException e) {
            // Reset, or refused while there are too many.
            inDoubt = true;
        }
    }

    /**
     * Plays a session as it was, waiting for every answer, and ends it within a PDU.
     *
     * @param pdu which of its PDUs is the last
     * @param bytes how much of that is sent
     * @param reset true to end with RST, false with FIN; then the target has to close, too
     */
    void playUntil(List<RecordedPdu> session, int pdu, int bytes, boolean reset)
            throws IOException {
        try (Socket socket = connect()) {
            playTo(socket, session, pdu, bytes);
            if (reset) {
                socket.setSoLinger(true, 0);
            } else {
                socket.shutdownOutput();
                socket.getInputStream().skip(Long.MAX_VALUE);
            }
        }
    }

    /**
     * Plays a session as it was, waiting for every answer, and stops within a PDU.
     *
     * @param pdu which of its PDUs is not sent wholly
     * @param bytes how much of that is sent
     * @return the session as it stands
     */
    Stalled stallAt(List<RecordedPdu> session, int pdu, int bytes) throws IOException {
        Socket socket = connect();
        byte[] rest = playTo(socket, session, pdu, bytes);
        return new Stalled(socket, rest, session.get(pdu).isAnswered());
    }

    /** A session that waits within a PDU. */
    final class Stalled {
        private final Socket socket;
        private final byte[] rest;
        private final boolean answered;

        private Stalled(Socket socket, byte[] rest, boolean answered) {
            this.socket = socket;
            this.rest = rest;
            this.answered = answered;
        }

        /** Sends the rest of the PDU, which has to be served as if nothing had been; then ends. */
        void goOn() throws IOException {
            try (socket) {
                socket.getOutputStream().write(rest);
                if (answered) {
                    hear(socket.getInputStream());
                    Check.that(!inDoubt, "no answer after the pause");
                }
                socket.setSoLinger(true, 0);
            }
        }
    }

    /** Returns what has not been sent of the last PDU. */
    private byte[] playTo(Socket socket, List<RecordedPdu> session, int pdu, int bytes)
            throws IOException {
        faithful = true;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_MILLIS_MAX);
        for (int i = 0; i < pdu; i++) {
            socket.getOutputStream().write(wire(session.get(i)));
            if (session.get(i).isAnswered()) {
                hear(socket.getInputStream());
                Check.that(!inDoubt, "no answer to PDU " + i);
            }
        }
        sent += pdu;
        byte[] last = wire(session.get(pdu));
        int now = Math.min(bytes, last.length);
        socket.getOutputStream().write(last, 0, now);
        return Arrays.copyOfRange(last, now, last.length);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        int host = 1 + random.nextInt(LOCAL_ADDRESSES);
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.5.0." + host), 0));
        socket.connect(target);
        return socket;
    }

    private byte[] wire(RecordedPdu recorded) {
        RecordedPdu pdu = recorded.copy();
        switch (pdu.opcode()) {
            case RecordedPdu.LOGIN -> {
                pdu = withResponse(pdu);
                pdu.header()[12] = (byte) (isid >> 8);
                pdu.header()[13] = (byte) isid;
            }
            case RecordedPdu.DATA_OUT -> {
                boolean solicited = ByteBuffer.wrap(pdu.header()).getInt(20) != -1;
                if (solicited && transferTag != -1) {
                    pdu.put32(20, transferTag);
                }
            }
            default -> {}
        }
        byte[] wire = pdu.wire(fullFeature && headerDigest, fullFeature && dataDigest);
        if (!faithful && (headerDigest || dataDigest) && random.nextInt(40) == 0) {
            wire[random.nextInt(wire.length)] ^= 1;
        }
        return wire;
    }

    /** With the right response, where there was one to another challenge. */
    private RecordedPdu withResponse(RecordedPdu pdu) {
        String text = new String(pdu.data(), StandardCharsets.ISO_8859_1);
        Matcher response = CHAP_R.matcher(text);
        if (challenge.isEmpty() || !response.find()) {
            return pdu;
        }
        String right = response.replaceFirst("CHAP_R=" + response(challenge.get()));
        return pdu.withData(right.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String response(Challenge asked) {
        ChapAlgorithm hash =
                Arrays.stream(ChapAlgorithm.values())
                        .filter(each -> Integer.toString(each.code()).equals(asked.algorithm()))
                        .findFirst()
                        .orElseThrow();
        byte[] bytes =
                hash.response(
                        Integer.parseInt(asked.identifier()),
                        ArenaServer.SECRET.getBytes(StandardCharsets.US_ASCII),
                        HexFormat.of().parseHex(asked.hex().substring(2)));
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    private void send(OutputStream out, byte[] wire) throws IOException {
        if (random.nextInt(30) == 0) {
            int cut = random.nextInt(wire.length);
            out.write(wire, 0, cut);
            out.write(wire, cut, wire.length - cut);
        } else {
            out.write(wire);
        }
    }

    /** In the middle of a PDU, by FIN or RST. */
    private void leave(Socket socket, byte[] wire) throws IOException {
        socket.getOutputStream().write(wire, 0, random.nextInt(wire.length + 1));
        if (random.nextBoolean()) {
            socket.setSoLinger(true, 0);
        }
    }

    /** Takes one PDU, and the others that are there. */
    private void hear(InputStream in) throws IOException {
        try {
            do {
                take(in);
            } while (in.available() >= RecordedPdu.HEADER_BYTES);
        } catch (SocketTimeoutException e) {
            // What was bent need not be answered.
            inDoubt = true;
        }
    }

    private void take(InputStream in) throws IOException {
        byte[] header = exactly(in, RecordedPdu.HEADER_BYTES);
        ByteBuffer fields = ByteBuffer.wrap(header);
        int opcode = header[0] & 0x3f;
        int dataBytes = fields.getInt(4);
        // Where a timeout has cut a PDU, what follows is not at its place.
        Check.that(
                inDoubt || (TARGET_OPCODES.contains(opcode) && dataBytes <= DATA_BYTES_MAX),
                () -> "no PDU of a target: " + HexFormat.of().formatHex(header));
        if (dataBytes < 0 || dataBytes > DATA_BYTES_MAX) {
            throw new EOFException("lost the thread");
        }
        exactly(in, fullFeature && headerDigest ? 4 : 0);
        byte[] data = exactly(in, (dataBytes + 3) & ~3);
        exactly(in, fullFeature && dataDigest && dataBytes > 0 ? 4 : 0);
        if (opcode == READY_TO_TRANSFER) {
            transferTag = fields.getInt(20);
        } else if (opcode == LOGIN_RESPONSE) {
            takeLogin(fields, new String(data, StandardCharsets.ISO_8859_1));
        }
    }

    private void takeLogin(ByteBuffer header, String text) {
        Check.that(
                !faithful || header.getShort(36) == 0,
                () -> "login status %04x".formatted(header.getShort(36)));
        headerDigest |= text.contains("HeaderDigest=CRC32C");
        dataDigest |= text.contains("DataDigest=CRC32C");
        fullFeature |= header.getShort(36) == 0 && (header.get(1) & 0x83) == 0x83;
        String hex = value(text, "CHAP_C");
        if (!hex.isEmpty()) {
            challenge =
                    Optional.of(new Challenge(value(text, "CHAP_A"), value(text, "CHAP_I"), hex));
        }
    }

    private static String value(String text, String key) {
        return Arrays.stream(text.split("\0", -1))
                .filter(entry -> entry.startsWith(key + "="))
                .map(entry -> entry.substring(key.length() + 1))
                .findFirst()
                .orElse("");
    }

    private static byte[] exactly(InputStream in, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the target has closed");
        }
        return bytes;
    }
}
