package org.dbstore.tests.durability;

import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.ScsiAnswer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Reads all of a unit and tells the stamp of each sector. */
final class Contents {
    private static final int BLOCKS_AT_ONCE = 2048;
    private static final int ATTENTIONS_MAX = 4;

    private Contents() {}

    /** Reads units of a server over iSCSI, one after the other. */
    static final class Reader implements AutoCloseable {
        private final RawInitiator initiator;

        Reader(InetSocketAddress address) throws IOException {
            initiator = RawInitiator.connect(address).isid("40000137ffff").login(Dbsd.TARGET);
        }

        /** The stamps of a unit. */
        long[] stamps(int lun, int sectors) throws IOException {
            for (int i = 0; i < ATTENTIONS_MAX; i++) {
                if (initiator.read(lun, Cdb.testUnitReady(), 0).outcome().equals("GOOD")) {
                    break;
                }
            }
            long[] stamps = new long[sectors];
            for (int first = 0; first < sectors; first += BLOCKS_AT_ONCE) {
                int count = Math.min(BLOCKS_AT_ONCE, sectors - first);
                ScsiAnswer answer =
                        initiator.read(lun, Cdb.read10(first, count), count * Sectors.BYTES);
                if (!answer.outcome().equals("GOOD")) {
                    throw new AssertionError("LUN " + lun + ", block " + first + ": " + answer);
                }
                fill(stamps, first, ByteBuffer.wrap(answer.data()));
            }
            return stamps;
        }

        @Override
        public void close() throws IOException {
            initiator.close();
        }
    }

    /** Takes the stamps of the sectors in a buffer, the first of which is at {@code first}. */
    static void fill(long[] stamps, int first, ByteBuffer data) {
        for (int i = 0; i < data.limit() / Sectors.BYTES; i++) {
            stamps[first + i] = Sectors.operationOf(data, i * Sectors.BYTES, first + i);
        }
    }
}
