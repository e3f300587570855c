package org.dbstore.backend.extent;

import java.util.Objects;
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
 *
 * <p>A map can be exchanged for another, or change its size, while nobody holds a stripe.
 */
public final class ExtentMap {
    /** No extent; also "no further position". */
    public static final int NONE = -1;

    private static final int LEAF_BITS = 6;
    private static final int NODE_BITS = 10;
    private static final int LEAF_SIZE = 1 << LEAF_BITS;
    private static final int NODE_SIZE = 1 << NODE_BITS;

    private record Root(
            long positionCount, AtomicReferenceArray<AtomicReferenceArray<int[]>> nodes) {
        static Root ofSize(long positionCount) {
            int count = Math.toIntExact(Math.ceilDiv(positionCount, 1L << (LEAF_BITS + NODE_BITS)));
            return new Root(positionCount, new AtomicReferenceArray<>(count));
        }
    }

    private volatile Root root; // written under all stripes

    /**
     * Creates an empty map.
     *
     * @param positionCount of the volume, 1..2^32
     */
    public ExtentMap(long positionCount) {
        this.root = Root.ofSize(positionCount);
    }

    /**
     * Returns how many positions there are.
     *
     * @return extents of the volume, mapped or not
     */
    public long positionCount() {
        return root.positionCount;
    }

    /**
     * Becomes the same map as another, which is not used any more. The caller holds all stripes.
     *
     * @param other of any size
     */
    public void become(ExtentMap other) {
        root = other.root;
    }

    /**
     * Changes the size; what lies beyond a smaller one is forgotten. The caller holds all stripes.
     *
     * @param positionCount 1..2^32
     */
    public void resize(long positionCount) {
        Root old = root;
        for (long at = nextMapped(positionCount, old.positionCount);
                at < old.positionCount;
                at = nextMapped(at + 1, old.positionCount)) {
            put(at, NONE);
        }
        Root resized = Root.ofSize(positionCount);
        int kept = Math.min(old.nodes.length(), resized.nodes.length());
        for (int i = 0; i < kept; i++) {
            resized.nodes.set(i, old.nodes.get(i));
        }
        root = resized;
    }

    /**
     * Looks a position up.
     *
     * @param position below {@link #positionCount}
     * @return device extent or {@link #NONE}
     * @throws IndexOutOfBoundsException if the map has become smaller
     */
    public int get(long position) {
        Root present = root;
        Objects.checkIndex(position, present.positionCount);
        AtomicReferenceArray<int[]> node =
                present.nodes.get((int) (position >>> (LEAF_BITS + NODE_BITS)));
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
        AtomicReferenceArray<AtomicReferenceArray<int[]>> nodes = root.nodes;
        int rootIndex = (int) (position >>> (LEAF_BITS + NODE_BITS));
        AtomicReferenceArray<int[]> node = nodes.get(rootIndex);
        if (node == null) {
            nodes.compareAndSet(rootIndex, null, new AtomicReferenceArray<>(NODE_SIZE));
            node = nodes.get(rootIndex);
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
        Root present = root;
        long end = Math.min(limit, present.positionCount);
        long position = from;
        while (position < end) {
            AtomicReferenceArray<int[]> node =
                    present.nodes.get((int) (position >>> (LEAF_BITS + NODE_BITS)));
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
