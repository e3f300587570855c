package org.dbstore.backend.recovery;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Problem;
import org.dbstore.backend.extent.ExtentTable;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Intent;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.operation.Directory;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Carries out what commits intended that the end of the process kept from coming: its writes were
 * acknowledged, and their data is still with the system. After the end of the system there is
 * nothing to carry out.
 */
final class IntentReplay {
    private final Directory directory;
    private final ExtentTable table;
    private final BitSet reserved;
    private final int usableExtents;
    private final Findings findings;

    IntentReplay(
            Directory directory,
            ExtentTable table,
            BitSet reserved,
            int usableExtents,
            Findings findings) {
        this.directory = directory;
        this.table = table;
        this.reserved = reserved;
        this.usableExtents = usableExtents;
        this.findings = findings;
    }

    /**
     * Reads the intents of one run of the system.
     *
     * @param reader of the device
     * @param geometry of the device
     * @param reserved where the log is, if there is one
     * @param run of the system
     * @return in the order of their writing
     */
    static List<Intent> read(
            MetadataReader reader, Geometry geometry, ReservedExtents reserved, UUID run)
            throws BackendException {
        List<Intent> intents = new ArrayList<>();
        for (int extent : reserved.intents()) {
            reader.forEachBlock(
                    geometry.extentOffset(extent),
                    Geometry.EXTENT_BLOCKS,
                    (block, bytes) -> {
                        for (int at = 0; at < Geometry.BLOCK_BYTES; at += Intent.BYTES) {
                            Intent intent = Intent.read(bytes, at, run);
                            if (intent != null) {
                                intents.add(intent);
                            }
                        }
                    });
        }
        intents.sort(Comparator.comparingLong(Intent::commit)); // stable: within, by their places
        return intents;
    }

    /**
     * Changes the table as they say, for the next commit.
     *
     * @param intents in the order of their writing
     * @param commit the last that the journal has
     * @return true if there was anything to do
     */
    boolean run(List<Intent> intents, long commit) {
        boolean any = false;
        for (Intent intent : intents) {
            if (intent.commit() > commit) {
                any = true;
                carryOut(intent);
            }
        }
        return any;
    }

    private void carryOut(Intent intent) {
        boolean possible =
                intent.extent() >= 0
                        && intent.extent() < usableExtents
                        && !reserved.get(intent.extent())
                        && directory.layer(intent.owner()) != null
                        && table.carryOut(intent);
        if (!possible) {
            findings.add(
                    Problem.REFUSED_INTENT,
                    "extent " + intent.extent(),
                    Geometry.extentEntryOffset(intent.extent()),
                    "a write of snapshot %d to extent %d, acknowledged before the process ended,"
                                    .formatted(intent.owner(), intent.extent())
                            + " contradicts the extent table: it is lost");
        }
    }
}
