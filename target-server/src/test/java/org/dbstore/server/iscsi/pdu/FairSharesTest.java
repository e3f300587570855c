package org.dbstore.server.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Goal: whoever takes all he can leaves enough for the others. */
class FairSharesTest {
    private static final int BUFFER_BYTES = 4096;
    private static final long BUDGET_BYTES = 24 * BUFFER_BYTES;

    private final BufferPool pool = new BufferPool(BUDGET_BYTES);
    private final FairShares shares = new FairShares(pool, BUDGET_BYTES);

    @Test
    void oneAloneGetsHalf() {
        assertEquals(12, takeAll(shares.newShare()).size());
    }

    @Test
    void theNextOneGetsAThirdWhateverTheFirstHolds() {
        takeAll(shares.newShare());
        assertEquals(8, takeAll(shares.newShare()).size());
        // The first holds more than it would get now, so less is left for the third.
        assertEquals(4, takeAll(shares.newShare()).size());
        assertEquals(BUDGET_BYTES, pool.lentBytes());
    }

    @Test
    void whatIsGivenBackIsThereForOthersAgain() {
        Buffers first = shares.newShare();
        Deque<ByteBuffer> held = takeAll(first);
        while (!held.isEmpty()) {
            first.giveBack(held.pop());
        }
        assertEquals(0, pool.lentBytes());
        assertEquals(12, takeAll(shares.newShare()).size());
    }

    @Test
    void whoHoldsNothingMayTakeMoreThanHisShare() {
        Buffers large = shares.newShare();
        ByteBuffer buffer = large.tryTake(16 * BUFFER_BYTES);
        assertNotNull(buffer);
        assertNull(large.tryTake(1));
        large.giveBack(buffer);
        assertEquals(0, pool.lentBytes());
    }

    @Test
    void theBudgetHoldsForAllTogether() {
        for (int i = 0; i < 24; i++) {
            assertNotNull(shares.newShare().tryTake(1));
        }
        assertNull(shares.newShare().tryTake(1));
    }

    private static Deque<ByteBuffer> takeAll(Buffers share) {
        Deque<ByteBuffer> taken = new ArrayDeque<>();
        for (ByteBuffer b = share.tryTake(1); b != null; b = share.tryTake(1)) {
            taken.push(b);
        }
        return taken;
    }
}
