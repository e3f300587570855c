package org.dbstore.backend.space;

import java.util.Arrays;

/** Counts for whom the extents are. */
final class Sharing implements SpaceSurvey.PositionVisitor {
    private static final int ID_COUNT = 1 << 16;

    private final LayerForest forest;
    private final int[] heirs;

    // Sums over live layers of lower rank.
    private final long[] liveBefore;
    private final long[] ownersBefore;
    private final long[] squaresBefore;

    // Differences of what the layer of a rank has and the one before.
    private final long[] shown;
    private final long[] mapped;
    private final long[] shared;

    private final long[] freed; // by rank
    private final long[] exclusive = new long[SpaceSurvey.NO_VOLUME + 1];
    private long sharedCount;
    private long unreferenced;

    // Of the entries of one position: sums over the live layers that show them.
    private long[] live = new long[16];
    private long[] owners = new long[16];
    private long[] squares = new long[16];
    private boolean[] isShared = new boolean[16];

    Sharing(LayerForest forest, int[] heirs) {
        this.forest = forest;
        this.heirs = heirs;
        int count = forest.count();
        liveBefore = new long[count + 1];
        ownersBefore = new long[count + 1];
        squaresBefore = new long[count + 1];
        shown = new long[count + 1];
        mapped = new long[count + 1];
        shared = new long[count + 1];
        freed = new long[count];
        for (int rank = 0; rank < count; rank++) {
            long owner = forest.isLive(rank) ? forest.owner(rank) : 0;
            liveBefore[rank + 1] = liveBefore[rank] + (forest.isLive(rank) ? 1 : 0);
            ownersBefore[rank + 1] = ownersBefore[rank] + owner;
            squaresBefore[rank + 1] = squaresBefore[rank] + owner * owner;
        }
    }

    @Override
    public void visit(PositionEntries entries) {
        sum(entries);
        for (int entry = 0; entry < entries.count(); entry++) {
            shareOut(entry);
        }
        unreferenced += entries.doubled();
        for (int entry = 0; entry < entries.count(); entry++) {
            spread(entries, entry);
            int rank = entries.rank(entry);
            if (forest.isLive(rank)) {
                freed[rank] += freedWithLayer(entries, entry);
            }
        }
    }

    private void sum(PositionEntries entries) {
        if (live.length < entries.count()) {
            live = new long[entries.count() * 2];
            owners = new long[live.length];
            squares = new long[live.length];
            isShared = new boolean[live.length];
        }
        for (int entry = 0; entry < entries.count(); entry++) {
            int from = entries.rank(entry);
            int to = forest.end(from);
            live[entry] = liveBefore[to] - liveBefore[from];
            owners[entry] = ownersBefore[to] - ownersBefore[from];
            squares[entry] = squaresBefore[to] - squaresBefore[from];
        }
        for (int entry = entries.count() - 1; entry >= 0; entry--) {
            if (entries.hasBelow(entry)) { // its whole range was counted below as well
                int from = entries.rank(entry);
                int to = forest.end(from);
                int below = entries.below(entry);
                live[below] -= liveBefore[to] - liveBefore[from];
                owners[below] -= ownersBefore[to] - ownersBefore[from];
                squares[below] -= squaresBefore[to] - squaresBefore[from];
            }
        }
    }

    private void shareOut(int entry) {
        // All owners are the same if their mean square is the square of their mean.
        boolean one = live[entry] * squares[entry] == owners[entry] * owners[entry];
        isShared[entry] = !one;
        if (live[entry] == 0) {
            unreferenced++;
        } else if (one) {
            exclusive[(int) (owners[entry] / live[entry])]++;
        } else {
            sharedCount++;
        }
    }

    /** Counts an entry for all layers that show it: for its range, instead of the one it hides. */
    private void spread(PositionEntries entries, int entry) {
        int below = entries.below(entry);
        boolean hides = entries.hasBelow(entry);
        int from = entries.rank(entry);
        int to = forest.end(from);
        add(shown, from, to, hides ? 0 : 1);
        add(mapped, from, to, entries.mapped(entry) - (hides ? entries.mapped(below) : 0));
        add(shared, from, to, (isShared[entry] ? 1 : 0) - (hides && isShared[below] ? 1 : 0));
    }

    private static void add(long[] differences, int from, int to, long value) {
        differences[from] += value;
        differences[to] -= value;
    }

    /** What goes with the entry's layer alone: the entry, and perhaps a tombstone above it. */
    private long freedWithLayer(PositionEntries entries, int entry) {
        int rank = entries.rank(entry);
        int heir = LayerForest.NONE;
        int heirCount = 0;
        for (int above = rank + 1; above < forest.end(rank) && heirCount < 2; ) {
            if (heirs[above] != LayerForest.NONE) { // of a child: those above it are passed over
                heir = heirs[above];
                heirCount++;
            }
            above = forest.end(above);
        }
        if (heirCount == 0) {
            return 1;
        }
        if (heirCount > 1 || !entries.isHidden(entry, heir)) {
            return 0;
        }
        for (int above = entry + 1; above < entries.count(); above++) {
            boolean tombstone =
                    entries.rank(above) == heir
                            && entries.below(above) == entry
                            && entries.mapped(above) == 0
                            && forest.isHead(heir);
            if (tombstone && !entries.hasBelow(entry)) {
                return 2;
            }
        }
        return 1;
    }

    SpaceReport report(long used, long lost) {
        return new SpaceReport(
                used,
                sharedCount,
                unreferenced,
                lost,
                byId(sums(shown)),
                byId(sums(mapped)),
                byId(sums(shared)),
                byId(freed),
                exclusive);
    }

    private static long[] sums(long[] differences) {
        long[] sums = differences.clone();
        Arrays.parallelPrefix(sums, Long::sum);
        return sums;
    }

    private long[] byId(long[] byRank) {
        long[] result = new long[ID_COUNT];
        for (int rank = 0; rank < forest.count(); rank++) {
            result[forest.id(rank)] = byRank[rank];
        }
        return result;
    }
}
