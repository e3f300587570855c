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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Geometry geometry;
    private final Findings findings;

    IntentReplay(
            Directory directory,
            ExtentTable table,
            BitSet reserved,
            Geometry geometry,
            Findings findings) {
        this.directory = directory;
        this.table = table;
        this.reserved = reserved;
        this.geometry = geometry;
        this.findings = findings;
    }

    /**
     * Reads the intents of one run of the system.
     *
     * @param reader of the device
     * @param geometry of the device
     * @param reserved where the log is, if there is one
     * @param run of the system
     * @return ascending by commit
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
        intents.sort(Comparator.comparingLong(Intent::commit));
        return intents;
    }

    /**
     * Changes the table as they say, for the next commit.
     *
     * @param intents ascending by commit
     * @param commit the last that the journal has
     * @return what became of them
     */
    Outcome run(List<Intent> intents, long commit) {
        List<Intent> open = intents.stream().filter(each -> each.commit() > commit).toList();
        Set<Long> claimed = new HashSet<>();
        open.forEach(each -> claimed.add(key(each.owner(), each.position())));
        Map<Long, Integer> held = new HashMap<>();
        table.scan((extent, owner, position) -> {
            if (claimed.contains(key(owner, (int) position))) {
                held.put(key(owner, (int) position), extent);
            }
        });
        boolean refused = false;
        for (Intent intent : open) {
            refused |= !isSuperseded(intent, held) && !carryOut(intent, held);
        }
        return new Outcome(!open.isEmpty(), refused);
    }

    /**
     * What became of intents.
     *
     * @param any true if there were some
     * @param refused true if one of them could not be carried out
     */
    record Outcome(boolean any, boolean refused) {}

    private static long key(int owner, int position) {
        return (long) owner << 32 | Integer.toUnsignedLong(position);
    }

    /** A part of its commit has come: the extent was freed, and another has taken its position. */
    private static boolean isSuperseded(Intent intent, Map<Long, Integer> held) {
        Integer holder = held.get(key(intent.owner(), intent.position()));
        return holder != null && holder != intent.extent();
    }

    private boolean carryOut(Intent intent, Map<Long, Integer> held) {
        int extent = intent.extent();
        boolean possible =
                extent >= 0
                        && extent < geometry.tableCapacity()
                        && (table.owner(extent) != 0 || isAvailable(extent))
                        && directory.layer(intent.owner()) != null
                        && table.carryOut(intent);
        if (possible) {
            held.put(key(intent.owner(), intent.position()), extent);
            return true;
        }
        findings.add(
                Problem.REFUSED_INTENT,
                "extent " + extent,
                Geometry.extentEntryOffset(extent),
                "a write of snapshot %d to extent %d, acknowledged before the process ended,"
                                .formatted(intent.owner(), extent)
                        + " contradicts the extent table: it is lost");
        return false;
    }

    private boolean isAvailable(int extent) {
        return extent < geometry.usableExtents() && !reserved.get(extent);
    }
}
