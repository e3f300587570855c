package org.dbstore.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Goal: the last commands of a session are there, in bounded memory, and others can read them. */
class CommandLogTest {
    private static final int RECORD_HEADER = 16;

    private final CommandLog log = new CommandLog();

    @Test
    void anIdleSessionKeepsNothing() {
        assertEquals(0, log.sizeBytes());
        assertEquals(List.of(), log.entries());
    }

    @Test
    void theLastCommandsAreKeptOldestFirst() {
        for (int count : new int[] {1, 7, 8, 9, 100, 127, 128, 129, 1000}) {
            CommandLog each = new CommandLog();
            for (int lba = 0; lba < count; lba++) {
                add(each, FakeCommand.read(lba, 1, 1, 2), 3);
            }
            List<Integer> kept = each.entries().stream().map(CommandLog.Entry::tag).toList();
            int first = Math.max(0, count - CommandLog.COUNT_MAX);
            assertEquals(IntStream.range(first, count).boxed().toList(), kept, count + " commands");
            assertTrue(each.sizeBytes() <= 16 << 10);
        }
    }

    @Test
    void aCommandIsToldAsItWas() {
        add(log, FakeCommand.read(0x1234, 8, 1000, 5000), 9000);
        add(log, FakeCommand.read(1, 1, 1, 2).fails(2, 0x052100), 3);
        CommandLog.Entry read = log.entries().getFirst();
        assertEquals("READ_10", read.name());
        assertEquals("lba=4660 blocks=8", read.range());
        assertEquals("GOOD", read.outcome());
        assertEquals(8000, read.totalNanos());
        assertEquals(4096, read.dataBytes());
        assertEquals(4000, read.stageNanos().get(Stage.SEND.index()));
        assertEquals("ILLEGAL_REQUEST 05/21/00", log.entries().getLast().outcome());
    }

    @Test
    void aCaptureHasTheIscsiPdusInTcpOverIp() throws Exception {
        add(log, FakeCommand.read(7, 8, 1000, 2000), 3000);
        add(log, FakeCommand.read(8, 8, 1500, 2000).fails(2, 0x031100), 2500);
        for (String address : new String[] {"10.0.0.1", "2001:db8::1"}) {
            var labels =
                    new SessionMeter.Labels(
                            1,
                            "i",
                            "t",
                            new InetSocketAddress(address, 51000),
                            new InetSocketAddress(
                                    address.contains(":") ? "2001:db8::2" : "10.0.0.2", 4000));
            List<Frame> frames = parse(Pcap.write(labels, log.entries()));
            assertEquals(
                    List.of(0x01, 0x01, 0x21, 0x21),
                    frames.stream().map(frame -> frame.pdu().get(0) & 0x3f).toList(),
                    "two commands, then two answers, in the order of their times");
            ByteBuffer command = frames.getFirst().pdu();
            assertEquals(0x28, command.get(32), "CDB");
            assertEquals(7, command.getInt(34), "LBA");
            assertEquals(3260, frames.getFirst().targetPort());
            ByteBuffer failed = frames.get(2).pdu();
            assertEquals(8, failed.getInt(16), "initiator task tag of the shorter one");
            assertEquals(2, failed.get(3), "CHECK CONDITION");
            assertEquals(20, failed.getInt(4), "data segment");
            assertEquals(18, failed.getShort(48), "sense length");
            assertEquals(0x03, failed.get(52), "MEDIUM ERROR");
            assertEquals(0x1100, failed.getShort(62), "ASC and ASCQ");
        }
    }

    private static void add(CommandLog log, FakeCommand command, long sentNanos) {
        log.add(command, command.times(sentNanos));
    }

    private record Frame(int sourcePort, int targetPort, ByteBuffer pdu) {}

    /** Reads the file as a dissector does, checksums and TCP sequence numbers included. */
    private static List<Frame> parse(byte[] bytes) {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        assertEquals(0xa1b23c4d, file.getInt());
        assertEquals(2, file.getShort());
        assertEquals(4, file.getShort());
        assertEquals(101, file.getInt(20), "LINKTYPE_RAW");
        file.position(24);
        List<Frame> frames = new ArrayList<>();
        int[] next = {1, 1};
        while (file.hasRemaining()) {
            int length = file.getInt(file.position() + 8);
            assertEquals(length, file.getInt(file.position() + 12));
            ByteBuffer packet = file.slice(file.position() + RECORD_HEADER, length);
            file.position(file.position() + RECORD_HEADER + length);
            frames.add(frame(packet, next));
        }
        return frames;
    }

    private static Frame frame(ByteBuffer packet, int[] next) {
        boolean v4 = packet.get(0) >>> 4 == 4;
        int header = v4 ? 20 : 40;
        assertEquals(6, packet.get(v4 ? 9 : 6), "TCP");
        assertEquals(
                packet.remaining(),
                v4 ? packet.getShort(2) : packet.getShort(4) + 40,
                "length of the packet");
        if (v4) {
            assertEquals(0xffff, sum(packet.slice(0, header), 0), "header checksum");
        }
        ByteBuffer tcp = packet.slice(header, packet.remaining() - header);
        ByteBuffer addresses = v4 ? packet.slice(12, 8) : packet.slice(8, 32);
        int pseudo = sum(addresses, 6 + tcp.remaining());
        assertEquals(0xffff, sum(tcp, pseudo), "TCP checksum");
        int side = tcp.getShort(0) == 3260 ? 1 : 0;
        assertEquals(next[side], tcp.getInt(4), "TCP sequence number");
        assertEquals(next[1 - side], tcp.getInt(8), "TCP acknowledgement");
        ByteBuffer pdu = tcp.slice(20, tcp.remaining() - 20);
        next[side] += pdu.remaining();
        return new Frame(
                Short.toUnsignedInt(tcp.getShort(0)), Short.toUnsignedInt(tcp.getShort(2)), pdu);
    }

    private static int sum(ByteBuffer buffer, int start) {
        int sum = start;
        for (int i = 0; i < buffer.remaining(); i += 2) {
            sum += Short.toUnsignedInt(buffer.getShort(i));
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
