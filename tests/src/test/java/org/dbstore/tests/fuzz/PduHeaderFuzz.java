package org.dbstore.tests.fuzz;

import org.dbstore.server.iscsi.jscsi.JscsiPdus;
import org.dbstore.server.iscsi.jscsi.LoginRequest;
import org.dbstore.server.iscsi.pdu.Bhs;
import org.dbstore.server.iscsi.pdu.PduReader;
import org.dbstore.server.iscsi.pdu.ProtocolException;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A stream of PDUs through {@link PduReader}: what comes out has to be what a plain reading of the
 * same bytes finds, however they are cut and taken.
 *
 * <pre>
 * byte 0  bit 0 header digests, bit 1 data digests
 * byte 1  bytes of one read of the socket, 0 = all
 * byte 2  capacity of the receive buffer above the least, in 64 bytes
 * byte 3  which PDU's header digest is wrong, byte 4 which PDU's data digest, 0 = none
 * byte 5  how the data segments are taken, 2 bits each, over and over
 * then    the PDUs, without digests
 * </pre>
 */
public final class PduHeaderFuzz {
    private static final int CAPACITY_MIN = Bhs.BYTES + 1020 + 8;
    private static final int DIGEST_BYTES = 4;

    /** A PDU as the plain reading finds it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Expected(byte[] head, byte[] data, boolean headWrong, boolean dataWrong) {}

    private final boolean headerDigests;
    private final boolean dataDigests;
    private final int pieceBytes;
    private final int capacity;
    private final int wrongHead;
    private final int wrongData;
    private final int plan;
    private final List<Expected> expected = new ArrayList<>();
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private boolean endsWithin;

    private PduHeaderFuzz(FuzzInput input) {
        int digests = input.u8();
        headerDigests = (digests & 1) != 0;
        dataDigests = (digests & 2) != 0;
        int piece = input.u8();
        pieceBytes = piece == 0 ? Integer.MAX_VALUE : piece;
        capacity = CAPACITY_MIN + 64 * input.u8();
        wrongHead = input.u8();
        wrongData = input.u8();
        plan = input.u8();
        readPlainly(input.rest());
    }

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        new PduHeaderFuzz(new FuzzInput(data)).run();
    }

    private void readPlainly(byte[] stream) {
        int at = 0;
        while (at < stream.length) {
            int left = stream.length - at;
            int headBytes = left < Bhs.BYTES ? Bhs.BYTES : Bhs.BYTES + (stream[at + 4] & 0xff) * 4;
            if (left < headBytes) {
                wire.write(stream, at, left);
                endsWithin = true;
                return;
            }
            int dataBytes = ByteBuffer.wrap(stream).getInt(at + 4) & 0xffffff;
            int number = expected.size() + 1;
            byte[] head = Arrays.copyOfRange(stream, at, at + headBytes);
            wire.writeBytes(head);
            if (headerDigests) {
                wire.writeBytes(digest(head, number == wrongHead));
            }
            at += headBytes;
            int padded = dataBytes + (-dataBytes & 3);
            byte[] data = Arrays.copyOfRange(stream, at, Math.min(at + padded, stream.length));
            wire.writeBytes(data);
            at += data.length;
            boolean headWrong = headerDigests && number == wrongHead;
            if (data.length < padded) {
                endsWithin = true;
                expected.add(new Expected(head, new byte[0], headWrong, false));
                return;
            }
            boolean digested = dataDigests && dataBytes > 0;
            if (digested) {
                wire.writeBytes(digest(data, number == wrongData));
            }
            expected.add(
                    new Expected(
                            head,
                            Arrays.copyOf(data, dataBytes),
                            headWrong,
                            digested && number == wrongData));
        }
    }

    private static byte[] digest(byte[] bytes, boolean wrong) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return ByteBuffer.allocate(DIGEST_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue() ^ (wrong ? 0x100 : 0))
                .array();
    }

    private void run() throws IOException {
        byte[][] once = {wire.toByteArray(), new byte[0]};
        int[] sent = {0};
        ScriptedChannel channel =
                new ScriptedChannel(received -> once[Math.min(sent[0]++, 1)], pieceBytes);
        PduReader reader =
                new PduReader(channel, new NotWaiting(), ByteBuffer.allocateDirect(capacity));
        reader.expectDigests(headerDigests, dataDigests);
        for (int i = 0; i < expected.size(); i++) {
            boolean last = i == expected.size() - 1;
            try {
                if (!take(reader, expected.get(i), plan >> (i * 2 & 7) & 3)) {
                    return;
                }
            } catch (EOFException e) {
                Check.that(last && endsWithin, "an end where there is none");
                return;
            }
        }
        try {
            int next = reader.nextHeader();
            if (next >= 0) {
                reader.openData(next);
                throw new AssertionError("a PDU that was not sent");
            }
            Check.that(!endsWithin, "the end of a PDU goes unnoticed");
        } catch (EOFException e) {
            Check.that(endsWithin, "an end within a PDU where there is none");
        } catch (ProtocolException e) {
            throw new AssertionError("a digest where nothing was sent", e);
        }
    }

    /** Returns false if the stream cannot be gone on with. */
    private boolean take(PduReader reader, Expected pdu, int way) throws IOException {
        int header;
        try {
            header = reader.nextHeader();
        } catch (ProtocolException e) {
            Check.that(pdu.headWrong(), "a good header digest is refused");
            return false;
        }
        Check.that(header >= 0, "the end before the last PDU");
        Check.that(!pdu.headWrong(), "a wrong header digest is believed");
        checkHeader(reader.buffer(), header, pdu.head());
        header = reader.openData(header);
        byte[] head = new byte[pdu.head().length];
        reader.buffer().get(header, head);
        Check.that(Arrays.equals(head, pdu.head()), "header or AHS differ");
        boolean whole = way != 2;
        byte[] data = pdu.data();
        // What is announced and not sent may be 16 MiB.
        int room = Math.min(Bhs.dataBytes(reader.buffer(), header), wire.size());
        if (way == 0 && reader.dataFits()) {
            ByteBuffer segment = reader.data();
            byte[] taken = new byte[segment.remaining()];
            segment.get(taken);
            Check.that(Arrays.equals(taken, data), "the data differ");
        } else if (way < 3) {
            int wanted = whole ? room : room / 2;
            ByteBuffer target =
                    way == 2 ? ByteBuffer.allocate(wanted) : ByteBuffer.allocateDirect(wanted);
            reader.readData(target);
            byte[] taken = new byte[target.position()];
            target.get(0, taken);
            Check.that(
                    Arrays.equals(taken, Arrays.copyOf(data, Math.min(wanted, data.length))),
                    "the data that were read differ");
        } else {
            return true;
        }
        Check.that(reader.isDataDamaged() == pdu.dataWrong(), "the data digest is misjudged");
        if (pdu.dataWrong()) {
            byte[] kept = new byte[Bhs.BYTES];
            reader.damagedHeader().get(kept);
            Check.that(
                    Arrays.equals(kept, Arrays.copyOf(pdu.head(), Bhs.BYTES)),
                    "the header of damaged data differs");
        }
        return true;
    }

    /** Puts a header together again from what is read of it. */
    private static void checkHeader(ByteBuffer buffer, int at, byte[] head) {
        ByteBuffer again = ByteBuffer.allocate(Bhs.BYTES).put(0, head, 0, Bhs.BYTES);
        again.put(0, (byte) ((head[0] & 0x80) | (Bhs.isImmediate(buffer, at) ? 0x40 : 0)));
        again.put(0, (byte) (again.get(0) | Bhs.opcode(buffer, at)));
        again.put(1, (byte) Bhs.flags(buffer, at));
        again.putInt(4, (Bhs.ahsBytes(buffer, at) / 4) << 24 | Bhs.dataBytes(buffer, at));
        again.putLong(8, Bhs.lun(buffer, at));
        again.putInt(16, Bhs.initiatorTaskTag(buffer, at));
        again.putInt(20, (int) Bhs.expectedDataBytes(buffer, at));
        again.putInt(24, Bhs.commandSequenceNumber(buffer, at));
        again.putInt(36, Bhs.dataSequenceNumber(buffer, at));
        again.putInt(40, (int) Bhs.bufferOffset(buffer, at));
        Check.that(
                Arrays.equals(again.array(), Arrays.copyOf(head, Bhs.BYTES)),
                "a header that does not encode to itself");
        Check.that(
                Bhs.isFinal(buffer, at) == ((Bhs.flags(buffer, at) & Bhs.FINAL) != 0)
                        && Bhs.targetTransferTag(buffer, at)
                                == (int) Bhs.expectedDataBytes(buffer, at),
                "two readings of one field");
        checkMeaning(buffer, at, again);
    }

    private static void checkMeaning(ByteBuffer buffer, int at, ByteBuffer head) {
        try {
            switch (Bhs.opcode(buffer, at)) {
                case Bhs.LOGIN_REQUEST -> {
                    LoginRequest request = JscsiPdus.loginRequest(buffer, at);
                    int flags = head.get(1);
                    Check.that(
                            request.transit() == ((flags & 0x80) != 0)
                                    && request.more() == ((flags & 0x40) != 0)
                                    && request.currentStage() == (flags >> 2 & 3)
                                    && request.versionMin() == (head.get(3) & 0xff)
                                    && request.isid() == head.getLong(8) >>> 16
                                    && request.handle() == (head.getShort(14) & 0xffff)
                                    && (request.connectionId() & 0xffff)
                                            == (head.getShort(20) & 0xffff)
                                    && request.taskTag() == head.getInt(16),
                            () -> "a login is misread: " + request);
                }
                case Bhs.TEXT_REQUEST -> {
                    JscsiPdus.TextRequest request = JscsiPdus.textRequest(buffer, at);
                    Check.that(
                            request.isFinal() == ((head.get(1) & 0x80) != 0)
                                    && request.more() == ((head.get(1) & 0x40) != 0)
                                    && request.taskTag() == head.getInt(16)
                                    && request.transferTag() == head.getInt(20),
                            () -> "a text request is misread: " + request);
                }
                case Bhs.LOGOUT_REQUEST -> {
                    JscsiPdus.LogoutRequest request = JscsiPdus.logoutRequest(buffer, at);
                    Check.that(
                            request.reason() == (head.get(1) & 0x7f)
                                    && request.connectionId() == (head.getShort(20) & 0xffff)
                                    && request.taskTag() == head.getInt(16),
                            () -> "a logout is misread: " + request);
                }
                case Bhs.NOP_OUT -> JscsiPdus.checkNopOut(buffer, at);
                default -> {}
            }
        } catch (ProtocolException e) {
            Check.that(e.getMessage() != null, "a refusal without a reason");
        }
    }

    private static final class NotWaiting implements PduReader.Waiting {
        @Override
        public void beforeWaiting() {}

        @Override
        public void workBegins() {}
    }
}
