package org.dbstore.backend.extent;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds the maps of what chains of layers show, in one pass over the table, however many and long
 * the chains are: at each position the entry of the layer nearest to the head; of two entries of
 * one layer the one with the higher index, as the original has it.
 */
public final class ViewBuilder {
    private static final int ID_COUNT = 1 << 16;

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
     * @param chains no layer is in two of them
     * @return a map for each
     */
    public List<ExtentMap> survey(List<Chain> chains) {
        return build(chains, false);
    }

    private List<ExtentMap> build(List<Chain> chains, boolean forView) {
        char[] ranks = new char[ID_COUNT]; // 0 = in no chain, 1 = head, ...
        int[] chainOf = new int[ID_COUNT];
        List<ExtentMap> maps = new ArrayList<>();
        for (int c = 0; c < chains.size(); c++) {
            int[] ids = chains.get(c).ids();
            for (int i = 0; i < ids.length; i++) {
                ranks[ids[i]] = (char) (i + 1);
                chainOf[ids[i]] = c;
            }
            maps.add(new ExtentMap(chains.get(c).positionCount()));
        }
        ExtentTable.Visitor visitor =
                (extent, owner, position) -> {
                    if (ranks[owner] != 0) {
                        enter(maps.get(chainOf[owner]), ranks, extent, owner, position, forView);
                    }
                };
        if (forView) {
            table.scanAtOnce(visitor); // a merge may be freeing what the map would lead to
        } else {
            table.scan(visitor);
        }
        return maps;
    }

    private void enter(
            ExtentMap map, char[] ranks, int extent, int owner, long position, boolean forView) {
        if (position >= map.positionCount()) {
            return;
        }
        int present = map.get(position);
        // In a survey, what was seen before may have been freed meanwhile.
        int presentRank = present == ExtentMap.NONE ? 0 : ranks[table.owner(present)];
        int shown = presentRank == 0 || ranks[owner] <= presentRank ? extent : present;
        if (forView && presentRank != 0 && ranks[table.owner(shown)] == 1) {
            table.setCovers(shown, true);
        }
        map.put(position, shown);
    }
}
