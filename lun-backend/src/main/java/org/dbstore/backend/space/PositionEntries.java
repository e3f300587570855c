package org.dbstore.backend.space;

import java.util.Arrays;

/** The entries of one position, parents first; used again for each position. */
final class PositionEntries {
    private static final int NONE = -1;

    private final LayerForest forest;
    private int[] ranks = new int[16];
    private int[] mapped = new int[16];
    private int[] below = new int[16];
    private int count;
    private int doubled;

    PositionEntries(LayerForest forest) {
        this.forest = forest;
    }

    void clear() {
        count = 0;
        doubled = 0;
    }

    /** Adds an entry; ranks ascend, so an entry comes after those that it hides. */
    void add(int rank, int mappedBlocks) {
        if (count > 0 && ranks[count - 1] == rank) {
            doubled++; // damage: only one of them is shown
            mapped[count - 1] = mappedBlocks;
            return;
        }
        if (count == ranks.length) {
            ranks = Arrays.copyOf(ranks, count * 2);
            mapped = Arrays.copyOf(mapped, count * 2);
            below = Arrays.copyOf(below, count * 2);
        }
        int hidden = count - 1;
        while (hidden != NONE && !forest.isAbove(ranks[hidden], rank)) {
            hidden = below[hidden];
        }
        ranks[count] = rank;
        mapped[count] = mappedBlocks;
        below[count] = hidden;
        count++;
    }

    int count() {
        return count;
    }

    /** How many entries have a layer and position that another has too. */
    int doubled() {
        return doubled;
    }

    int rank(int entry) {
        return ranks[entry];
    }

    int mapped(int entry) {
        return mapped[entry];
    }

    boolean hasBelow(int entry) {
        return below[entry] != NONE;
    }

    /** The entry that this one hides. */
    int below(int entry) {
        return below[entry];
    }

    /** Tells whether a layer is above an entry that hides another, or is that entry's own. */
    boolean isHidden(int entry, int fromRank) {
        for (int above = entry + 1; above < count; above++) {
            if (below[above] == entry && forest.isAbove(ranks[above], fromRank)) {
                return true;
            }
        }
        return false;
    }
}
