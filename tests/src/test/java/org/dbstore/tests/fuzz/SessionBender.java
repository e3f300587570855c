package org.dbstore.tests.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Bends recorded sessions: fields, lengths, data, order, repetition, and pieces of other sessions.
 * Most PDUs of most sessions stay as they were, so that the bent ones arrive somewhere.
 */
final class SessionBender {
    private static final int PDUS_MAX = 64;
    private static final int REPETITIONS_MAX = 24;
    private static final int[] NUMBERS = {
        0, 1, -1, 2, 0x7fffffff, 0x80000000, 512, 4096, 1 << 20, 1 << 24, 256 << 10, 255, 65535
    };
    private static final int[] FIELDS = {4, 8, 16, 20, 24, 28, 32, 36, 40, 44};
    private static final int[] OPCODES = {
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x1c, 0x1d, 0x1e, 0x20, 0x25, 0x31, 0x3f
    };
    private static final int[] OPERATION_CODES = {
        0x00, 0x03, 0x12, 0x1a, 0x15, 0x25, 0x28, 0x2a, 0x2f, 0x34, 0x35, 0x41, 0x42, 0x48, 0x4d,
        0x55, 0x5a, 0x5e, 0x5f, 0x83, 0x84, 0x88, 0x89, 0x8a, 0x8b, 0x8f, 0x91, 0x93, 0x9c, 0x9e,
        0xa0, 0xa3, 0xa4, 0xa8, 0xaa
    };

    private final SplittableRandom random;
    private final List<List<RecordedPdu>> recordings;

    SessionBender(SplittableRandom random, List<List<RecordedPdu>> recordings) {
        this.random = random;
        this.recordings = recordings;
    }

    /** A session to play. */
    List<RecordedPdu> next() {
        List<RecordedPdu> session = new ArrayList<>();
        recorded().forEach(pdu -> session.add(pdu.copy()));
        for (int i = random.nextInt(5); i > 0; i--) {
            bend(session);
        }
        return session.subList(0, Math.min(session.size(), PDUS_MAX));
    }

    private List<RecordedPdu> recorded() {
        return recordings.get(random.nextInt(recordings.size()));
    }

    private void bend(List<RecordedPdu> session) {
        // The login is as often meant as the rest, though it is only the beginning.
        int at = random.nextInt(4) == 0 ? 0 : random.nextInt(session.size());
        RecordedPdu pdu = session.get(at);
        switch (random.nextInt(14)) {
            case 0 -> pdu.header()[0] = (byte) (random.nextInt(2) << 6 | pick(OPCODES));
            case 1 -> pdu.header()[1] ^= (byte) (1 << random.nextInt(8));
            case 2 -> pdu.put32(pick(FIELDS), pick(NUMBERS));
            case 3 ->
                    pdu.header()[random.nextInt(RecordedPdu.HEADER_BYTES)] =
                            (byte) random.nextInt(256);
            case 4 -> {
                if (pdu.opcode() == 1) {
                    pdu.header()[32] = (byte) pick(OPERATION_CODES);
                } else {
                    pdu.header()[random.nextInt(4)] = (byte) random.nextInt(256);
                }
            }
            case 5 -> session.set(at, pdu.withData(bent(pdu.data())));
            // The header says one length, and there is another.
            case 6 -> session.set(at, new RecordedPdu(pdu.header(), pdu.ahs(), bent(pdu.data())));
            case 7 -> session.add(at, pdu.copy());
            case 8 -> {
                for (int i = random.nextInt(REPETITIONS_MAX); i > 0; i--) {
                    session.add(at, pdu.copy());
                }
            }
            case 9 -> {
                if (session.size() > 1) {
                    session.remove(at);
                }
            }
            case 10 -> {
                int other = random.nextInt(session.size());
                session.set(at, session.get(other));
                session.set(other, pdu);
            }
            case 11 -> {
                List<RecordedPdu> foreign = recorded();
                session.add(at, foreign.get(random.nextInt(foreign.size())).copy());
            }
            case 12 -> session.set(at, withHeaderSegment(pdu));
            default -> pdu.put32(24, random.nextInt(1, 40));
        }
    }

    private RecordedPdu withHeaderSegment(RecordedPdu pdu) {
        byte[] ahs = new byte[4 * random.nextInt(1, 8)];
        random.nextBytes(ahs);
        byte[] header = pdu.header().clone();
        header[4] = (byte) (ahs.length / 4);
        return new RecordedPdu(header, ahs, pdu.data());
    }

    private byte[] bent(byte[] data) {
        if (data.length == 0 || random.nextInt(4) == 0) {
            byte[] other = new byte[random.nextInt(random.nextInt(8) == 0 ? 300_000 : 600)];
            random.nextBytes(other);
            return other;
        }
        byte[] other = Arrays.copyOf(data, 1 + random.nextInt(data.length * 2));
        for (int i = random.nextInt(8); i > 0; i--) {
            other[random.nextInt(other.length)] = (byte) random.nextInt(256);
        }
        return other;
    }

    private int pick(int[] values) {
        return values[random.nextInt(values.length)];
    }
}
