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
     * @param growthBytesMax by how much heap and direct buffers may each have grown
     */
    public void assertReturned(long growthBytesMax) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        long heap = heapBytes() - heapBytes;
        long direct = directBytes() - directBytes;
        while (Math.max(heap, direct) > growthBytesMax && System.currentTimeMillis() < end) {
            Thread.sleep(200);
            heap = heapBytes() - heapBytes;
            direct = directBytes() - directBytes;
        }
        if (Math.max(heap, direct) > growthBytesMax) {
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
