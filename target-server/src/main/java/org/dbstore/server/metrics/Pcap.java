package org.dbstore.server.metrics;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes remembered commands as a capture file that Wireshark opens: for each the SCSI Command PDU
 * and a SCSI Response PDU, as iSCSI over TCP over IP, at their times. What was not remembered is
 * made up so that it fits: sequence numbers of TCP, StatSN, ports, acknowledgements. Data are left
 * out; the answer of a read is shown as its status alone.
 *
 * <p>The format is libpcap's with nanoseconds, link type LINKTYPE_RAW.
 */
final class Pcap {
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int LINKTYPE_RAW = 101;
    private static final int SNAP_BYTES = 65535;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int FRAME_HEADER_BYTES = 16;

    /** Where Wireshark looks for iSCSI, wherever the portal listens. */
    private static final int ISCSI_PORT = 3260;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_BYTES = 20;
    private static final int PROTOCOL_TCP = 6;
    private static final int HOPS = 64;
    private static final int PSH_AND_ACK = 0x18;
    private static final int WINDOW = 0xffff;

    private static final int BHS_BYTES = 48;
    private static final int SCSI_COMMAND = 0x01;
    private static final int SCSI_RESPONSE = 0x21;
    private static final int FINAL = 0x80;
    private static final int SENSE_BYTES = 18;

    private final InetAddress initiator;
    private final int initiatorPort;
    private final InetAddress target;
    private int initiatorSequence = 1;
    private int targetSequence = 1;

    private record Frame(Instant time, boolean fromInitiator, ByteBuffer payload) {}

    private Pcap(SessionMeter.Labels labels) {
        this.initiator = labels.peer().getAddress();
        this.initiatorPort = labels.peer().getPort();
        InetAddress own = labels.portal().getAddress();
        // Both have to be of one family.
        this.target = own.getClass().equals(initiator.getClass()) ? own : initiator;
    }

    /**
     * Writes a file.
     *
     * @param labels of the session
     * @param commands in any order
     */
    static byte[] write(SessionMeter.Labels labels, List<CommandLog.Entry> commands) {
        return new Pcap(labels).write(commands);
    }

    private byte[] write(List<CommandLog.Entry> commands) {
        List<Frame> frames = new ArrayList<>();
        int statusNumber = 1;
        for (CommandLog.Entry command : commands) {
            Instant end = command.received().plusNanos(Math.max(1, command.totalNanos()));
            frames.add(new Frame(command.received(), true, request(command, statusNumber)));
            frames.add(new Frame(end, false, response(command, statusNumber)));
            statusNumber++;
        }
        frames.sort(Comparator.comparing(Frame::time));
        int headers = FRAME_HEADER_BYTES + IPV6_BYTES + TCP_BYTES;
        int most = frames.stream().mapToInt(frame -> headers + frame.payload().remaining()).sum();
        ByteBuffer file = ByteBuffer.allocate(FILE_HEADER_BYTES + most);
        file.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4);
        file.putInt(0).putInt(0).putInt(SNAP_BYTES).putInt(LINKTYPE_RAW);
        frames.forEach(frame -> put(file, frame));
        byte[] bytes = new byte[file.flip().remaining()];
        file.get(bytes);
        return bytes;
    }

    private static ByteBuffer request(CommandLog.Entry command, int statusNumber) {
        ByteBuffer pdu = ByteBuffer.allocate(BHS_BYTES);
        pdu.put(0, (byte) SCSI_COMMAND).put(1, (byte) (command.flags() | FINAL));
        pdu.putLong(8, command.lun()).putInt(16, command.tag());
        pdu.putInt(20, (int) command.expectedBytes());
        pdu.putInt(24, command.sequenceNumber()).putInt(28, statusNumber);
        pdu.put(32, command.cdbBuffer(), 0, 16);
        return pdu;
    }

    private static ByteBuffer response(CommandLog.Entry command, int statusNumber) {
        boolean hasSense = command.status() == MeasuredCommand.CHECK_CONDITION;
        int dataBytes = hasSense ? 2 + SENSE_BYTES : 0;
        ByteBuffer pdu = ByteBuffer.allocate(BHS_BYTES + dataBytes);
        pdu.put(0, (byte) SCSI_RESPONSE).put(1, (byte) FINAL).put(3, (byte) command.status());
        pdu.putInt(4, dataBytes).putInt(16, command.tag()).putInt(24, statusNumber);
        pdu.putInt(28, command.sequenceNumber() + 1).putInt(32, command.sequenceNumber() + 32);
        if (hasSense) {
            int sense = BHS_BYTES + 2;
            pdu.putShort(BHS_BYTES, (short) SENSE_BYTES);
            pdu.put(sense, (byte) 0x70).put(sense + 2, (byte) (command.sense() >>> 16));
            pdu.put(sense + 7, (byte) (SENSE_BYTES - 8));
            pdu.putShort(sense + 12, (short) command.sense());
        }
        return pdu;
    }

    private void put(ByteBuffer file, Frame frame) {
        boolean v4 = initiator instanceof Inet4Address;
        int payload = frame.payload().remaining();
        int length = (v4 ? IPV4_BYTES : IPV6_BYTES) + TCP_BYTES + payload;
        file.putInt((int) frame.time().getEpochSecond()).putInt(frame.time().getNano());
        file.putInt(length).putInt(length);
        InetAddress from = frame.fromInitiator() ? initiator : target;
        InetAddress to = frame.fromInitiator() ? target : initiator;
        if (v4) {
            putIpv4(file, from, to, length);
        } else {
            putIpv6(file, from, to, length - IPV6_BYTES);
        }
        putTcp(file, frame, from, to);
    }

    private static void putIpv4(ByteBuffer file, InetAddress from, InetAddress to, int length) {
        int at = file.position();
        file.put((byte) 0x45).put((byte) 0).putShort((short) length).putInt(0);
        file.put((byte) HOPS).put((byte) PROTOCOL_TCP).putShort((short) 0);
        file.put(from.getAddress()).put(to.getAddress());
        file.putShort(at + 10, (short) ~sum(file, at, file.position(), 0));
    }

    private static void putIpv6(ByteBuffer file, InetAddress from, InetAddress to, int length) {
        file.putInt(6 << 28).putShort((short) length);
        file.put((byte) PROTOCOL_TCP).put((byte) HOPS);
        file.put(from.getAddress()).put(to.getAddress());
    }

    private void putTcp(ByteBuffer file, Frame frame, InetAddress from, InetAddress to) {
        boolean ours = !frame.fromInitiator();
        int length = frame.payload().remaining();
        int at = file.position();
        file.putShort((short) (ours ? ISCSI_PORT : initiatorPort));
        file.putShort((short) (ours ? initiatorPort : ISCSI_PORT));
        file.putInt(ours ? targetSequence : initiatorSequence);
        file.putInt(ours ? initiatorSequence : targetSequence);
        file.put((byte) (TCP_BYTES / 4 << 4)).put((byte) PSH_AND_ACK).putShort((short) WINDOW);
        file.putInt(0).put(frame.payload().duplicate());
        ByteBuffer addresses = ByteBuffer.allocate(2 * 16);
        addresses.put(from.getAddress()).put(to.getAddress());
        int pseudo = sum(addresses, 0, addresses.position(), PROTOCOL_TCP + TCP_BYTES + length);
        file.putShort(at + 16, (short) ~sum(file, at, file.position(), pseudo));
        if (ours) {
            targetSequence += length;
        } else {
            initiatorSequence += length;
        }
    }

    /** The ones' complement sum of the Internet checksum (RFC 1071); an even number of bytes. */
    private static int sum(ByteBuffer buffer, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i += 2) {
            sum += Short.toUnsignedInt(buffer.getShort(i));
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
