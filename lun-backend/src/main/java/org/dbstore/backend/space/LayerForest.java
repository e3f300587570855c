package org.dbstore.backend.space;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The layers of a device as trees, numbered so that a layer and all above it are a range: its
 * <i>rank</i> comes before the ranks of its descendants, which end at {@link #end}.
 */
public final class LayerForest {
    private static final int ID_COUNT = 1 << 16;
    static final int NONE = -1;

    private final int[] parents = new int[ID_COUNT];
    private final int[] owners = new int[ID_COUNT];
    private final BitSet ids = new BitSet();
    private final BitSet live = new BitSet();
    private final BitSet heads = new BitSet();
    private int[] ranks = {};
    private int[] idsByRank = {};
    private int[] parentRanks = {};
    private int[] ends = {};

    /**
     * Enters a layer.
     *
     * @param id 1..65535
     * @param parent id of the layer below, 0 = none
     * @param owner number of the volume that it is of, 0..255; 256 if it is of none
     * @param isLive false if it is to be deleted and only others still need it
     * @param isHead true if it is written to
     */
    public void add(int id, int parent, int owner, boolean isLive, boolean isHead) {
        ids.set(id);
        parents[id] = parent;
        owners[id] = owner;
        live.set(id, isLive);
        heads.set(id, isHead);
    }

    /** Numbers the layers; all of them are entered. Layers in a cycle get no rank. */
    void number() {
        int[] firstChild = new int[ID_COUNT];
        int[] nextSibling = new int[ID_COUNT];
        for (int id = ids.length(); (id = ids.previousSetBit(id - 1)) >= 0; ) {
            int parent = ids.get(parents[id]) ? parents[id] : 0; // 0 stands for what has no parent
            nextSibling[id] = firstChild[parent];
            firstChild[parent] = id;
        }
        ranks = new int[ID_COUNT];
        Arrays.fill(ranks, NONE);
        idsByRank = new int[ids.cardinality()];
        parentRanks = new int[idsByRank.length];
        ends = new int[idsByRank.length];
        int count = 0;
        int[] path = new int[idsByRank.length + 1];
        int depth = 0;
        int next = firstChild[0];
        while (next != 0 || depth > 0) {
            if (next == 0) {
                int done = path[--depth];
                ends[ranks[done]] = count;
                next = nextSibling[done];
            } else {
                ranks[next] = count;
                idsByRank[count] = next;
                parentRanks[count] = depth == 0 ? NONE : ranks[path[depth - 1]];
                count++;
                path[depth++] = next;
                next = firstChild[next];
            }
        }
        idsByRank = Arrays.copyOf(idsByRank, count);
    }

    int count() {
        return idsByRank.length;
    }

    /** Rank of a layer; {@link #NONE} for what is no layer. */
    int rank(int id) {
        return ranks[id];
    }

    int id(int rank) {
        return idsByRank[rank];
    }

    int parent(int rank) {
        return parentRanks[rank];
    }

    /** First rank behind the descendants. */
    int end(int rank) {
        return ends[rank];
    }

    int owner(int rank) {
        return owners[idsByRank[rank]];
    }

    boolean isLive(int rank) {
        return live.get(idsByRank[rank]);
    }

    boolean isHead(int rank) {
        return heads.get(idsByRank[rank]);
    }

    boolean isAbove(int rank, int above) {
        return rank <= above && above < ends[rank];
    }

    /**
     * Tells what becomes of each layer when some are deleted: what is not live goes if nothing is
     * left above it, is merged if one thing is, and stays if several are.
     *
     * @param deleted ids
     * @return for each rank that of the layer which has its extents then: its own if it stays,
     *     {@link #NONE} if it goes
     */
    int[] heirs(BitSet deleted) {
        int[] heirs = new int[count()];
        int[] heirsAbove = new int[count()]; // how many there are
        Arrays.fill(heirs, NONE);
        for (int rank = count() - 1; rank >= 0; rank--) {
            boolean stays = isLive(rank) && !deleted.get(id(rank));
            if (stays || heirsAbove[rank] > 1) {
                heirs[rank] = rank;
            }
            int parent = parent(rank);
            if (parent != NONE && heirs[rank] != NONE) {
                heirsAbove[parent]++;
                heirs[parent] = heirs[rank]; // if it is the only one
            }
        }
        return heirs;
    }
}
