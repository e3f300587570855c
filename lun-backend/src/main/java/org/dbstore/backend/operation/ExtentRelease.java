package org.dbstore.backend.operation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.extent.ExtentTable;

import java.util.stream.IntStream;

/** Frees extents that no view shows, durably, a part at a time. */
final class ExtentRelease {
    /** Extents freed by one commit; others may commit in between. */
    private static final int EXTENTS_PER_COMMIT = 4096;

    private final Management management;

    ExtentRelease(Management management) {
        this.management = management;
    }

    /** Says which extents go. */
    @FunctionalInterface
    interface Choice {
        /** Called with the lock of the table held. */
        boolean goes(int owner, long position);
    }

    /** Frees them all, and waits until that is on the medium. */
    void freeAll(Choice choice) throws BackendException {
        ExtentTable table = management.parts().table();
        IntStream.Builder chosen = IntStream.builder(); // there may be millions
        table.scan((extent, owner, position) -> {
            if (choice.goes(owner, position)) {
                chosen.add(extent);
            }
        });
        int[] extents = chosen.build().toArray();
        for (int i = 0; i < extents.length; i++) {
            table.free(extents[i]);
            if ((i + 1) % EXTENTS_PER_COMMIT == 0) {
                management.parts().commits().flush();
            }
        }
        if (extents.length > 0) {
            management.parts().commits().flush();
        }
    }
}
