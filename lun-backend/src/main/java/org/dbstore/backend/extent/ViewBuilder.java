package org.dbstore.backend.extent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds the maps of what chains of layers show, in one pass over the table, however many and long
 * the chains are: at each position the entry of the layer nearest to the head; of two entries of
 * one layer the one with the higher index, as the original has it.
 */
public final class ViewBuilder {
    private static final int[] NO_CHAIN = {};

    private final ExtentTable table;

    /**
     * Creates the builder.
     *
     * @param table holds the entries
     */
    public ViewBuilder(ExtentTable table) {
        this.table = table;
    }

    /**
     * What to build.
     *
     * @param ids of the layers, head first
     * @param positionCount of the volume; entries beyond are left out
     */
    @SuppressWarnings("ArrayRecordComponent") // only handed over
    public record Chain(int[] ids, long positionCount) {}

    /**
     * Builds the map of a view, and notes which entries of its head hide an ancestor's.
     *
     * @param ids of the layers, head first
     * @param positionCount of the volume
     * @return the map
     */
    public ExtentMap build(int[] ids, long positionCount) {
        return build(List.of(new Chain(ids, positionCount)), true).getFirst();
    }

    /**
     * Builds maps for people to look at; the table stays as it is.
     *
     * @param chains whole, down to the root; they may share layers
     * @return a map for each
     */
    public List<ExtentMap> survey(List<Chain> chains) {
        return build(chains, false);
    }

    private List<ExtentMap> build(List<Chain> chains, boolean forView) {
        // Of two layers of a chain, the one farther from the root is nearer to the head; how far a
        // layer is from the root is the same in all chains that share it.
        int idCount = idCount(chains); // what has a higher id is in no chain
        char[] depths = new char[idCount]; // 0 = in no chain, 1 = root, ...
        int[][] chainsOf = new int[idCount][];
        Arrays.fill(chainsOf, NO_CHAIN);
        List<ExtentMap> maps = new ArrayList<>();
        for (int c = 0; c < chains.size(); c++) {
            int[] ids = chains.get(c).ids();
            for (int i = 0; i < ids.length; i++) {
                depths[ids[i]] = (char) (ids.length - i);
                chainsOf[ids[i]] = with(chainsOf[ids[i]], c);
            }
            maps.add(new ExtentMap(chains.get(c).positionCount()));
        }
        ExtentTable.Visitor visitor =
                (extent, owner, position) -> {
                    for (int c : owner < idCount ? chainsOf[owner] : NO_CHAIN) {
                        ExtentMap map = maps.get(c);
                        if (position < map.positionCount()) {
                            int head = forView ? chains.get(c).ids()[0] : 0;
                            enter(map, depths, extent, owner, position, head);
                        }
                    }
                };
        if (forView) {
            table.scanAtOnce(visitor); // a merge may be freeing what the map would lead to
        } else {
            table.scan(visitor);
        }
        return maps;
    }

    private static int idCount(List<Chain> chains) {
        int count = 1;
        for (Chain chain : chains) {
            for (int id : chain.ids()) {
                count = Math.max(count, id + 1);
            }
        }
        return count;
    }

    private static int[] with(int[] indexes, int another) {
        int[] more = Arrays.copyOf(indexes, indexes.length + 1);
        more[indexes.length] = another;
        return more;
    }

    /** Enters an extent; {@code head} is the layer whose entries note what they hide, 0 = none. */
    private void enter(
            ExtentMap map, char[] depths, int extent, int owner, long position, int head) {
        int present = map.get(position);
        // In a survey, what was seen before may have been freed meanwhile, or be another's.
        int presentOwner = present == ExtentMap.NONE ? 0 : table.owner(present);
        int presentDepth = presentOwner < depths.length ? depths[presentOwner] : 0;
        int shown = presentDepth == 0 || depths[owner] >= presentDepth ? extent : present;
        if (head != 0 && presentDepth != 0 && table.owner(shown) == head) {
            table.setCovers(shown, true);
        }
        map.put(position, shown);
    }
}
