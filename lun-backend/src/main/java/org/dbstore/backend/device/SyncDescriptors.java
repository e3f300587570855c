package org.dbstore.backend.device;

import java.util.ArrayDeque;

/**
 * Further descriptors of an open file, each lent to one writer at a time. The kernel tells of a
 * lost write-back once for each open file description: of two writers that share one, and wait for
 * what they wrote, one could take the other's error, and the other believe that all went well.
 */
final class SyncDescriptors {
    /** No descriptor, for now. */
    static final int NONE = -1;

    private static final int COUNT_MAX = 32;

    private final int original;
    private final ArrayDeque<Integer> idle = new ArrayDeque<>(); // guarded by this
    private int count; // of those idle and those lent; guarded by this
    private boolean closed; // guarded by this

    /**
     * Opens nothing yet.
     *
     * @param original descriptor of the file, open for writing until {@link #close}
     */
    SyncDescriptors(int original) {
        this.original = original;
    }

    /**
     * Lends a descriptor. It is open for as long as it is lent.
     *
     * @return {@link #NONE} if too many are lent, none can be opened or all are closed
     */
    synchronized int take() {
        if (closed) {
            return NONE;
        }
        Integer present = idle.pollLast();
        if (present != null) {
            return present;
        }
        if (count == COUNT_MAX) {
            return NONE;
        }
        // Not by the path, which may lead to another file by now.
        int descriptor = Native.open("/proc/self/fd/" + original, Native.O_RDWR);
        if (descriptor < 0) {
            return NONE;
        }
        count++;
        return descriptor;
    }

    /**
     * Takes a descriptor back.
     *
     * @param descriptor from {@link #take}
     */
    synchronized void give(int descriptor) {
        if (closed) {
            Native.close(descriptor);
        } else {
            idle.addLast(descriptor);
        }
    }

    /** Closes those that are idle now, and the others as they come back. */
    synchronized void close() {
        closed = true;
        idle.forEach(Native::close);
        idle.clear();
    }
}
