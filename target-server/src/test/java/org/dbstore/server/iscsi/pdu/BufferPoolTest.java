package org.dbstore.server.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

/** Goal: memory for initiators' data is bounded, aligned and used again. */
class BufferPoolTest {
    private final BufferPool pool = new BufferPool(64 << 10);

    @Test
    void aBufferIsAlignedAndHasTheLimitAskedFor() {
        ByteBuffer buffer = take(5000);
        assertEquals(0, buffer.alignmentOffset(0, 4096));
        assertEquals(5000, buffer.limit());
        assertEquals(8192, buffer.capacity());
        assertTrue(buffer.isDirect());
    }

    @Test
    void whatIsGivenBackIsLentAgain() {
        ByteBuffer buffer = take(4096);
        pool.giveBack(buffer.position(7));
        assertSame(buffer, take(1));
        assertEquals(0, buffer.position());
        assertEquals(1, buffer.limit());
    }

    @Test
    void theBudgetBoundsWhatIsLentAtOnce() {
        ByteBuffer all = take(64 << 10);
        assertNull(pool.tryTake(1));
        pool.giveBack(all);
        assertNotNull(pool.tryTake(1));
    }

    @Test
    void aRefusalCostsNoBudget() {
        assertNull(pool.tryTake(128 << 10));
        assertEquals(0, pool.lentBytes());
    }

    @Test
    void nothingAbove8MiBIsLent() {
        assertThrows(IllegalArgumentException.class, () -> pool.tryTake((8 << 20) + 1));
        assertThrows(IllegalArgumentException.class, () -> pool.tryTake(0));
    }

    private ByteBuffer take(int bytes) {
        ByteBuffer buffer = pool.tryTake(bytes);
        assertNotNull(buffer);
        return buffer;
    }
}
