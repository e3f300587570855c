package org.dbstore.tests.cost;

import org.dbstore.tests.support.TestServer;

/** The commands that are measured, all of 4 KiB, and what they may cost the server. */
enum CommandCost {
    // Measured on Temurin 25.0.3: 432 and 432 bytes, 3 and 1.06 calls.
    READ("a READ of 4 KiB", false, TestServer.LUN, 1, 512, 3.1),
    READ_BATCH("each of 32 READs of 4 KiB sent at once", false, TestServer.LUN, 32, 512, 1.3),
    // 448 and 432 bytes, 3 and 1.13 calls.
    WRITE("a WRITE of 4 KiB to the cache", true, TestServer.LARGE_BLOCK_LUN, 1, 512, 3.1),
    WRITE_BATCH(
            "each of 32 WRITEs of 4 KiB to the cache sent at once",
            true,
            TestServer.LARGE_BLOCK_LUN,
            32,
            512,
            1.5),
    // 1312 bytes, most of them for the commit; 3 calls.
    DURABLE_WRITE("a WRITE of 4 KiB to the medium", true, TestServer.LUN, 1, 1450, 3.1),

    /** As READ, while something of the server's wastes {@link CommandCosts#WASTED_BYTES} each. */
    WASTEFUL_READ("a wasteful READ of 4 KiB", false, TestServer.LUN, 1, 512, 3.1);

    static final int BYTES = 4096;

    private final String title;
    private final boolean write;
    private final int lun;
    private final int depth;
    private final double allocatedBytesMax;
    private final double transfersMax;

    CommandCost(
            String title,
            boolean write,
            int lun,
            int depth,
            double allocatedBytesMax,
            double transfersMax) {
        this.title = title;
        this.write = write;
        this.lun = lun;
        this.depth = depth;
        this.allocatedBytesMax = allocatedBytesMax;
        this.transfersMax = transfersMax;
    }

    boolean isWrite() {
        return write;
    }

    int lun() {
        return lun;
    }

    /** Commands under way at once, sent in one piece. */
    int depth() {
        return depth;
    }

    /**
     * Fails if a command allocates more than it may.
     *
     * @param bytes of the heap, on average
     */
    void checkAllocated(double bytes) {
        if (bytes > allocatedBytesMax) {
            throw new AssertionError(
                    "%s allocates %.1f bytes in the server; the limit is %.0f"
                            .formatted(title, bytes, allocatedBytesMax));
        }
    }

    /**
     * Fails if a command takes more system calls than it may.
     *
     * @param calls that read or write, on average
     */
    void checkTransfers(double calls) {
        if (calls > transfersMax) {
            throw new AssertionError(
                    "%s takes %.2f calls that read or write socket or device; the limit is %.1f"
                            .formatted(title, calls, transfersMax));
        }
    }
}
