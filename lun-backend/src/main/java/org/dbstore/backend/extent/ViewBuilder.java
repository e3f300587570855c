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
     * Builds one map.
     *
     * @param ids of the layers, head first
     * @param positionCount of the volume
     * @return the map
     */
    public ExtentMap build(int[] ids, long positionCount) {
        return build(List.of(new Chain(ids, positionCount))).getFirst();
    }

    /**
     * Builds maps. Notes on the way which entries of a head hide an ancestor's.
     *
     * @param chains no layer is in two of them
     * @return a map for each
     */
    public List<ExtentMap> build(List<Chain> chains) {
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
        table.scan((extent, owner, position) -> {
            if (ranks[owner] != 0) {
                enter(maps.get(chainOf[owner]), ranks, extent, owner, position);
            }
        });
        return maps;
    }

    private void enter(ExtentMap map, char[] ranks, int extent, int owner, long position) {
        if (position >= map.positionCount()) {
            return;
        }
        int present = map.get(position);
        int shown = extent;
        if (present != ExtentMap.NONE) {
            int presentOwner = table.owner(present);
            shown = ranks[owner] <= ranks[presentOwner] ? extent : present;
            if (ranks[table.owner(shown)] == 1) {
                table.setCovers(shown, true);
            }
        }
        map.put(position, shown);
    }
}
