package org.dbstore.tests.support;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A small initiator with one connection and one command at a time, strict about what it receives:
 * sequence numbers, offsets, lengths and flags have to be what RFC 7143 says. What it sends is the
 * test's affair, to the byte.
 */
public final class RawInitiator implements AutoCloseable {
    /** Name of the initiator unless the test wants another. */
    public static final String NAME = "iqn.2026-01.org.dbstore.tests:raw";

    /** MaxRecvDataSegmentLength that {@link #login} declares. */
    public static final int RECEIVE_BYTES_MAX = 65536;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Socket socket;
    private final InputStream in;
    private byte[] isid = HexFormat.of().parseHex("400001370000");
    private boolean countsEvents;
    private int events;
    private int connectionId;
    private int targetSessionHandle;
    private int commandSequenceNumber = 1;
    private int expectedStatusSequenceNumber;
    private int taskTag = 0x100;
    private boolean fullFeature;
    private boolean headerDigest;
    private boolean dataDigest;

    private RawInitiator(InetSocketAddress address, String from) throws IOException {
        socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(address, (int) PATIENCE.toMillis());
        in = socket.getInputStream();
    }

    /** Connects and sends nothing. */
    public static RawInitiator connect(InetSocketAddress address) throws IOException {
        return connect(address, "0.0.0.0");
    }

    /** Connects from an address of this machine and sends nothing. */
    public static RawInitiator connect(InetSocketAddress address, String from) throws IOException {
        return new RawInitiator(address, from);
    }

    /** Connects and logs in to a target, in one exchange. */
    public static RawInitiator loggedIn(InetSocketAddress address, String target)
            throws IOException {
        return connect(address).login(target);
    }

    /** Sets the initiator's part of the session id, 12 hex digits; same ISID, same session. */
    public RawInitiator isid(String hex) {
        isid = HexFormat.of().parseHex(hex);
        return this;
    }

    /** Sets the connection id. */
    public RawInitiator connectionId(int id) {
        connectionId = id;
        return this;
    }

    /** Logs in to a target: operational stage at once, no digests, further keys as given. */
    public RawInitiator login(String target, String... moreKeys) throws IOException {
        List<String> keys = new ArrayList<>(normalSession(target));
        keys.add("MaxRecvDataSegmentLength=" + RECEIVE_BYTES_MAX);
        keys.addAll(Arrays.asList(moreKeys));
        Pdu answer = exchange(loginRequest(1, 3, keys));
        if (answer.opcode() != Pdu.LOGIN_RESPONSE || answer.loginStatus() != 0) {
            throw new AssertionError("login refused: " + answer);
        }
        enterFullFeature(answer);
        return this;
    }

    /** The keys that a normal session has to begin with. */
    public static List<String> normalSession(String target) {
        return List.of("InitiatorName=" + NAME, "TargetName=" + target, "SessionType=Normal");
    }

    /**
     * A login request in this connection's names and numbers.
     *
     * @param stage current stage: 0 security, 1 operational
     * @param nextStage stage to go to, with the T bit; -1 without it
     */
    public Pdu loginRequest(int stage, int nextStage, List<String> keys) {
        int flags = stage << 2 | (nextStage < 0 ? 0 : 0x80 | nextStage);
        return Pdu.request(Pdu.LOGIN | Pdu.IMMEDIATE)
                .put8(1, flags)
                .put(8, isid)
                .put16(14, targetSessionHandle)
                .taskTag(1)
                .put16(20, connectionId)
                .put32(24, commandSequenceNumber)
                .put32(28, expectedStatusSequenceNumber)
                .text(keys);
    }

    /** Takes note that the login has ended with this answer. */
    public void enterFullFeature(Pdu finalAnswer) {
        targetSessionHandle = finalAnswer.get16(14);
        fullFeature = true;
        headerDigest |= "CRC32C".equals(finalAnswer.textKeys().get("HeaderDigest"));
        dataDigest |= "CRC32C".equals(finalAnswer.textKeys().get("DataDigest"));
        if (targetSessionHandle == 0) {
            throw new AssertionError("TSIH 0 in the final login response: " + finalAnswer);
        }
    }

    /** Sends a PDU and returns the next that comes. */
    public Pdu exchange(Pdu request) throws IOException {
        send(request);
        return receive();
    }

    /** Sends a PDU in one piece. */
    public void send(Pdu pdu) throws IOException {
        send(wire(pdu));
    }

    /** A PDU as it would be sent now: in full feature phase with the digests that were agreed. */
    public byte[] wire(Pdu pdu) {
        return pdu.wire(fullFeature && headerDigest, fullFeature && dataDigest);
    }

    /** Sends bytes in one piece, whatever they are. */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Counts the SCSI events that come between answers, instead of returning them. */
    public RawInitiator countingEvents() {
        countsEvents = true;
        return this;
    }

    /** How many SCSI events have come with the answers so far. */
    public int events() {
        return events;
    }

    /**
     * Waits for a PDU and checks its sequence numbers; answers pings meanwhile.
     *
     * @throws EOFException if the target closed the connection
     */
    public Pdu receive() throws IOException {
        Pdu pdu = receiveOne();
        while (isEventToCount(pdu) || (pdu.opcode() == Pdu.NOP_IN && pdu.taskTag() == Pdu.NO_TAG)) {
            if (isEventToCount(pdu)) {
                events++;
            } else if (pdu.get32(20) != Pdu.NO_TAG) {
                answerPing(pdu);
            }
            pdu = receiveOne();
        }
        return pdu;
    }

    private boolean isEventToCount(Pdu pdu) {
        return countsEvents && pdu.opcode() == Pdu.ASYNC_MESSAGE && pdu.get8(36) == 0;
    }

    private void answerPing(Pdu ping) throws IOException {
        send(
                Pdu.request(Pdu.NOP_OUT | Pdu.IMMEDIATE)
                        .taskTag(Pdu.NO_TAG)
                        .put32(20, ping.get32(20))
                        .put32(24, commandSequenceNumber)
                        .put32(28, expectedStatusSequenceNumber)
                        .data(ping.data()));
    }

    private Pdu receiveOne() throws IOException {
        byte[] header = readFully(Pdu.HEADER_BYTES);
        int dataBytes = ByteBuffer.wrap(header).getInt(4) & 0xffffff;
        if (header[4] != 0) {
            throw new AssertionError("AHS in an answer: " + HexFormat.of().formatHex(header));
        }
        if (dataBytes > (fullFeature ? RECEIVE_BYTES_MAX : 8192)) {
            throw new AssertionError("more data than declared: " + dataBytes);
        }
        if (fullFeature && headerDigest) {
            checkDigest(header);
        }
        byte[] padded = readFully(Pdu.padded(dataBytes));
        if (fullFeature && dataDigest && dataBytes > 0) {
            checkDigest(padded);
        }
        byte[] data = Arrays.copyOf(padded, dataBytes);
        Pdu pdu = Pdu.received(header, data);
        checkSequenceNumbers(pdu);
        return pdu;
    }

    private void checkDigest(byte[] bytes) throws IOException {
        byte[] digest = readFully(4);
        if (!Arrays.equals(digest, Pdu.digest(bytes))) {
            throw new AssertionError("digest " + HexFormat.of().formatHex(digest));
        }
    }

    private void checkSequenceNumbers(Pdu pdu) {
        boolean dataInWithoutStatus = pdu.opcode() == Pdu.DATA_IN && (pdu.get8(1) & 0x01) == 0;
        boolean unasked = pdu.opcode() == Pdu.NOP_IN && pdu.taskTag() == Pdu.NO_TAG;
        if (pdu.opcode() == Pdu.LOGIN_RESPONSE && !fullFeature) {
            expectedStatusSequenceNumber = pdu.statusSequenceNumber() + 1;
        } else if (fullFeature && !dataInWithoutStatus) {
            require(pdu.statusSequenceNumber() == expectedStatusSequenceNumber, "StatSN", pdu);
            if (pdu.opcode() != Pdu.R2T && !unasked) {
                expectedStatusSequenceNumber++;
            }
        }
        if (fullFeature) {
            int window = pdu.maxCommandSequenceNumber() - pdu.expectedCommandSequenceNumber() + 1;
            require(window >= 0 && window <= 4096, "command window of " + window, pdu);
            require(
                    pdu.expectedCommandSequenceNumber() - commandSequenceNumber <= 0,
                    "ExpCmdSN beyond what was sent",
                    pdu);
        }
    }

    /** A command request that takes the next CmdSN and a new task tag. */
    public Pdu scsiCommand(int lun, byte[] cdb, int flags, int expectedBytes) {
        return Pdu.request(Pdu.SCSI_COMMAND)
                .put8(1, 0x80 | flags)
                .lun(lun)
                .taskTag(++taskTag)
                .put32(20, expectedBytes)
                .put32(24, commandSequenceNumber++)
                .put32(28, expectedStatusSequenceNumber)
                .put(32, Arrays.copyOf(cdb, 16));
    }

    /** Any other request of the full feature phase, with the next CmdSN and a new task tag. */
    public Pdu fullFeatureRequest(int opcode) {
        boolean immediate = (opcode & Pdu.IMMEDIATE) != 0;
        return Pdu.request(opcode)
                .taskTag(++taskTag)
                .put32(20, hasTransferTag(opcode) ? Pdu.NO_TAG : 0)
                .put32(24, immediate ? commandSequenceNumber : commandSequenceNumber++)
                .put32(28, expectedStatusSequenceNumber);
    }

    private static boolean hasTransferTag(int opcode) {
        int request = opcode & ~Pdu.IMMEDIATE;
        return request == Pdu.NOP_OUT || request == Pdu.TEXT;
    }

    /** A Data-Out PDU of the current task. */
    public Pdu dataOut(
            int lun, int transferTag, int dataSn, int offset, byte[] bytes, boolean last) {
        return Pdu.request(Pdu.DATA_OUT)
                .put8(1, last ? 0x80 : 0)
                .lun(lun)
                .taskTag(taskTag)
                .put32(20, transferTag)
                .put32(28, expectedStatusSequenceNumber)
                .put32(36, dataSn)
                .put32(40, offset)
                .data(bytes);
    }

    /** Runs a command without data-out. */
    public ScsiAnswer read(int lun, byte[] cdb, int expectedBytes) throws IOException {
        send(scsiCommand(lun, cdb, expectedBytes == 0 ? 0 : 0x40, expectedBytes));
        return finish(lun, new byte[0], expectedBytes);
    }

    /** Runs a command with data-out, which goes as the target asks for it. */
    public ScsiAnswer write(int lun, byte[] cdb, byte[] dataOut) throws IOException {
        send(scsiCommand(lun, cdb, dataOut.length == 0 ? 0 : 0x20, dataOut.length));
        return finish(lun, dataOut, 0);
    }

    /** Serves the current task until it has a status. */
    public ScsiAnswer finish(int lun, byte[] dataOut, int expectedInBytes) throws IOException {
        ByteArrayOutputStream dataIn = new ByteArrayOutputStream();
        int dataSn = 0;
        int r2tSn = 0;
        while (true) {
            Pdu pdu = receive();
            require(pdu.taskTag() == taskTag, "answer to another task", pdu);
            switch (pdu.opcode()) {
                case Pdu.R2T -> {
                    require(pdu.get8(1) == 0x80, "R2T flags", pdu);
                    require(pdu.get32(36) == r2tSn++, "R2TSN", pdu);
                    answerR2t(lun, pdu, dataOut);
                }
                case Pdu.DATA_IN -> {
                    require(pdu.get32(36) == dataSn++, "DataSN", pdu);
                    require(pdu.get32(40) == dataIn.size(), "offset of the data", pdu);
                    dataIn.writeBytes(pdu.data());
                    require(dataIn.size() <= expectedInBytes, "more data than asked for", pdu);
                    if ((pdu.get8(1) & 0x01) != 0) {
                        require(pdu.isFinal(), "status without F", pdu);
                        return answer(pdu, new byte[0], dataIn.toByteArray(), expectedInBytes);
                    }
                }
                case Pdu.SCSI_RESPONSE -> {
                    require(pdu.get8(2) == 0, "response is no 'completed at target'", pdu);
                    return answer(pdu, senseOf(pdu), dataIn.toByteArray(), expectedInBytes);
                }
                default -> throw new AssertionError("no answer to a command: " + pdu);
            }
        }
    }

    private void answerR2t(int lun, Pdu r2t, byte[] dataOut) throws IOException {
        int offset = r2t.get32(40);
        int length = r2t.get32(44);
        require(
                length > 0 && offset >= 0 && (long) offset + length <= dataOut.length,
                "range",
                r2t);
        for (int sent = 0, dataSn = 0; sent < length; dataSn++) {
            int bytes = Math.min(length - sent, 8192);
            byte[] part = Arrays.copyOfRange(dataOut, offset + sent, offset + sent + bytes);
            sent += bytes;
            send(dataOut(lun, r2t.get32(20), dataSn, offset + sent - bytes, part, sent == length));
        }
    }

    private static ScsiAnswer answer(Pdu pdu, byte[] sense, byte[] dataIn, int expectedInBytes) {
        long residual = pdu.get32(44) & 0xffffffffL;
        boolean under = (pdu.get8(1) & 0x02) != 0;
        boolean over = (pdu.get8(1) & 0x04) != 0;
        require(!(under && over), "residual both ways", pdu);
        require(under || over || residual == 0, "a residual count without its bit", pdu);
        if (pdu.get8(3) == ScsiAnswer.GOOD && expectedInBytes > 0 && !under) {
            require(dataIn.length == expectedInBytes, "data missing without a residual", pdu);
        }
        return new ScsiAnswer(
                pdu.get8(3), sense, dataIn, under ? residual : 0, over ? residual : 0);
    }

    private static byte[] senseOf(Pdu pdu) {
        if (pdu.data().length == 0) {
            return new byte[0];
        }
        int length = ByteBuffer.wrap(pdu.data()).getShort() & 0xffff;
        require(length + 2 <= pdu.data().length, "sense length", pdu);
        return Arrays.copyOfRange(pdu.data(), 2, 2 + length);
    }

    /** Logs out of the session; the target closes the connection. */
    public void logout() throws IOException {
        Pdu answer = exchange(fullFeatureRequest(Pdu.LOGOUT | Pdu.IMMEDIATE));
        require(answer.opcode() == Pdu.LOGOUT_RESPONSE && answer.get8(2) == 0, "logout", answer);
        expectClosed(PATIENCE);
    }

    /** Fails unless the target closes the connection in time without another byte. */
    public void expectClosed(Duration within) throws IOException {
        socket.setSoTimeout((int) within.toMillis());
        try {
            int next = in.read();
            if (next >= 0) {
                throw new AssertionError("a byte where the end was due: " + next);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open after " + within, e);
        } catch (SocketException e) {
            // Reset: just as closed. The target left bytes of ours unread.
        } finally {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        }
    }

    /** Ends our direction, as a FIN does; the other stays. */
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The connection itself, for what only it can do. */
    public Socket socket() {
        return socket;
    }

    /** The tag of the task begun last. */
    public int currentTaskTag() {
        return taskTag;
    }

    private byte[] readFully(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the target closed the connection");
        }
        return read;
    }

    private static void require(boolean condition, String what, Pdu pdu) {
        if (!condition) {
            throw new AssertionError(what + ": " + pdu);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
