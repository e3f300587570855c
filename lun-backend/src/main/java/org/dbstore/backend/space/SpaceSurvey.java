package org.dbstore.backend.space;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Shares out the extents of a device: collects them in one pass over the extent table, 8 bytes for
 * each that is in use, sorts them by position, and looks at each position once.
 *
 * <p>Of the entries at a position each is shown by its layer and all above, as far as no nearer
 * entry hides it. With layers numbered as {@link LayerForest} does, these are a range of ranks less
 * the ranges of the entries that hide it, so sums over the layers that show an entry are
 * differences of prefix sums.
 */
public final class SpaceSurvey {
    /** Number of a volume that stands for none. */
    public static final int NO_VOLUME = 256;

    private static final int MAPPED_BITS = 9; // 0..256 blocks
    private static final int RANK_BITS = 16;
    private static final int ID_COUNT = 1 << 16;

    private final LayerForest forest;
    private long[] entries = new long[1024]; // position, rank, mapped blocks: sorted as numbers
    private int count;
    private long lost;

    /**
     * Begins a survey.
     *
     * @param forest all layers, entered
     */
    public SpaceSurvey(LayerForest forest) {
        this.forest = forest;
        forest.number();
    }

    /**
     * Enters an extent.
     *
     * @param layerId owner
     * @param position in the volume, 0..2^32-1
     * @param mappedBlocks 0..256
     */
    public void add(int layerId, long position, int mappedBlocks) {
        int rank = forest.rank(layerId);
        if (rank == LayerForest.NONE) {
            lost++;
            return;
        }
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, count * 2);
        }
        entries[count++] = (position << RANK_BITS | rank) << MAPPED_BITS | mappedBlocks;
    }

    /**
     * Shares all extents out.
     *
     * @return what is whose
     */
    public SpaceReport report() {
        Sharing sharing = new Sharing(forest, heirs(new BitSet()));
        forEachPosition(sharing);
        return sharing.report(count + lost, lost);
    }

    /**
     * Tells what a deletion frees.
     *
     * @param layerIds layers that are deleted together
     * @return extents
     */
    public long freedBy(BitSet layerIds) {
        Freeing before = new Freeing(forest, heirs(new BitSet()));
        Freeing after = new Freeing(forest, heirs(layerIds));
        forEachPosition(before);
        forEachPosition(after);
        return after.freed() - before.freed();
    }

    private int[] heirs(BitSet deleted) {
        return forest.heirs(deleted);
    }

    private void forEachPosition(PositionVisitor visitor) {
        Arrays.sort(entries, 0, count);
        PositionEntries group = new PositionEntries(forest);
        int from = 0;
        while (from < count) {
            long position = entries[from] >>> (RANK_BITS + MAPPED_BITS);
            int to = from;
            group.clear();
            while (to < count && entries[to] >>> (RANK_BITS + MAPPED_BITS) == position) {
                int rank = (int) (entries[to] >>> MAPPED_BITS) & (ID_COUNT - 1);
                group.add(rank, (int) entries[to] & ((1 << MAPPED_BITS) - 1));
                to++;
            }
            visitor.visit(group);
            from = to;
        }
    }

    /** Sees the entries of one position after the other. */
    interface PositionVisitor {
        void visit(PositionEntries entries);
    }
}
