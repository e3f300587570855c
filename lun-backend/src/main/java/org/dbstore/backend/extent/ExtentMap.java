package org.dbstore.backend.extent;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Sparse map from positions of a volume to device extents.
 *
 * <pre>
 *   root[position >> 16] -> node[position >> 6 &amp; 1023] -> leaf[position &amp; 63] = extent + 1
 * </pre>
 *
 * A leaf costs 272 bytes for each 64 MiB of volume that hold anything, the root 64 KiB for a volume
 * of 1 PiB. Nodes appear safely for many threads; an element of a leaf is guarded by the stripe
 * lock of its position. Nodes are never taken away.
 */
public final class ExtentMap {
    /** No extent; also "no further position". */
    public static final int NONE = -1;

    private static final int LEAF_BITS = 6;
    private static final int NODE_BITS = 10;
    private static final int LEAF_SIZE = 1 << LEAF_BITS;
    private static final int NODE_SIZE = 1 << NODE_BITS;

    private final long positionCount;
    private final AtomicReferenceArray<AtomicReferenceArray<int[]>> root;

    /**
     * Creates an empty map.
     *
     * @param positionCount of the volume, 1..2^32
     */
    public ExtentMap(long positionCount) {
        this.positionCount = positionCount;
        this.root =
                new AtomicReferenceArray<>(
                        Math.toIntExact(
                                Math.ceilDiv(positionCount, 1L << (LEAF_BITS + NODE_BITS))));
    }

    /**
     * Returns how many positions there are.
     *
     * @return extents of the volume, mapped or not
     */
    public long positionCount() {
        return positionCount;
    }

    /**
     * Looks a position up.
     *
     * @param position below {@link #positionCount}
     * @return device extent or {@link #NONE}
     */
    public int get(long position) {
        AtomicReferenceArray<int[]> node = root.get((int) (position >>> (LEAF_BITS + NODE_BITS)));
        if (node == null) {
            return NONE;
        }
        int[] leaf = node.get((int) (position >>> LEAF_BITS) & (NODE_SIZE - 1));
        return leaf == null ? NONE : leaf[(int) position & (LEAF_SIZE - 1)] - 1;
    }

    /**
     * Maps a position.
     *
     * @param position below {@link #positionCount}
     * @param extent device extent, or {@link #NONE} to unmap
     */
    public void put(long position, int extent) {
        int rootIndex = (int) (position >>> (LEAF_BITS + NODE_BITS));
        AtomicReferenceArray<int[]> node = root.get(rootIndex);
        if (node == null) {
            root.compareAndSet(rootIndex, null, new AtomicReferenceArray<>(NODE_SIZE));
            node = root.get(rootIndex);
        }
        int nodeIndex = (int) (position >>> LEAF_BITS) & (NODE_SIZE - 1);
        int[] leaf = node.get(nodeIndex);
        if (leaf == null) {
            node.compareAndSet(nodeIndex, null, new int[LEAF_SIZE]);
            leaf = node.get(nodeIndex);
        }
        leaf[(int) position & (LEAF_SIZE - 1)] = extent + 1;
    }

    /**
     * Finds the next mapped position, skipping what has no nodes. May be called without a lock;
     * then a change under way may or may not be seen.
     *
     * @param from where to begin
     * @param limit where to stop
     * @return the position, or {@code limit} if there is none before
     */
    public long nextMapped(long from, long limit) {
        long position = from;
        while (position < limit) {
            AtomicReferenceArray<int[]> node =
                    root.get((int) (position >>> (LEAF_BITS + NODE_BITS)));
            if (node == null) {
                position = nextMultiple(position, LEAF_BITS + NODE_BITS);
                continue;
            }
            int[] leaf = node.get((int) (position >>> LEAF_BITS) & (NODE_SIZE - 1));
            if (leaf == null) {
                position = nextMultiple(position, LEAF_BITS);
                continue;
            }
            if (leaf[(int) position & (LEAF_SIZE - 1)] != 0) {
                return position;
            }
            position++;
        }
        return limit;
    }

    private static long nextMultiple(long position, int bits) {
        return ((position >>> bits) + 1) << bits;
    }
}
