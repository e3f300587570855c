package org.dbstore.tests.support;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** Memory that this process holds, heap and direct buffers, compared with an earlier moment. */
public final class MemoryWatch {
    private static final long PATIENCE_MILLIS = 20_000;

    private final long heapBytes = heapBytes();
    private final long directBytes = directBytes();

    /**
     * Fails unless memory is soon back to what it was, give or take.
     *
     * @param heapBytesMax by how much the heap may have grown
     * @param directBytesMax by how much direct buffers may have grown: pools keep some
     */
    public void assertReturned(long heapBytesMax, long directBytesMax) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        long heap = heapBytes() - heapBytes;
        long direct = directBytes() - directBytes;
        while ((heap > heapBytesMax || direct > directBytesMax)
                && System.currentTimeMillis() < end) {
            Thread.sleep(200);
            heap = heapBytes() - heapBytes;
            direct = directBytes() - directBytes;
        }
        if (heap > heapBytesMax || direct > directBytesMax) {
            throw new AssertionError("memory kept: heap " + heap + ", direct " + direct);
        }
    }

    /** Direct buffers held now, in bytes. */
    public static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
