package org.dbstore.backend.space;

import java.util.Arrays;

/** Counts the extents that are freed when layers go or are merged into their heirs. */
final class Freeing implements SpaceSurvey.PositionVisitor {
    private final LayerForest forest;
    private final int[] heirs;
    private boolean[] gone = new boolean[16];
    private long freed;

    Freeing(LayerForest forest, int[] heirs) {
        this.forest = forest;
        this.heirs = heirs;
    }

    long freed() {
        return freed;
    }

    @Override
    public void visit(PositionEntries entries) {
        if (gone.length < entries.count()) {
            gone = Arrays.copyOf(gone, entries.count() * 2);
        }
        for (int entry = 0; entry < entries.count(); entry++) {
            gone[entry] = isFreed(entries, entry) || isIdleTombstone(entries, entry);
            freed += gone[entry] ? 1 : 0;
        }
    }

    private boolean isFreed(PositionEntries entries, int entry) {
        int heir = heirs[entries.rank(entry)];
        return heir == LayerForest.NONE
                || (heir != entries.rank(entry) && entries.isHidden(entry, heir));
    }

    /** An empty entry of a head that had something to hide, and has nothing any more. */
    private boolean isIdleTombstone(PositionEntries entries, int entry) {
        boolean idle =
                entries.mapped(entry) == 0
                        && entries.hasBelow(entry)
                        && forest.isHead(heirs[entries.rank(entry)]);
        for (int below = entry; idle && entries.hasBelow(below); ) {
            below = entries.below(below);
            idle = gone[below];
        }
        return idle;
    }
}
