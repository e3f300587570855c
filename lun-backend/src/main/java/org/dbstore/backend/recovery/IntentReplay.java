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
    private final MetadataReader reader;
    private final Geometry geometry;
    private final UUID run;
    private final Directory directory;
    private final ExtentTable table;
    private final BitSet reserved;
    private final Findings findings;

    IntentReplay(
            MetadataReader reader,
            Geometry geometry,
            UUID run,
            Directory directory,
            ExtentTable table,
            BitSet reserved,
            Findings findings) {
        this.reader = reader;
        this.geometry = geometry;
        this.run = run;
        this.directory = directory;
        this.table = table;
        this.reserved = reserved;
        this.findings = findings;
    }

    /**
     * What became of intents.
     *
     * @param any true if the table differs from the medium because of them
     * @param done the last commit whose intents are not needed any more
     * @param lost true if what they stood for is lost, though the system runs on
     */
    record Outcome(boolean any, long done, boolean lost) {}

    /**
     * Changes the table as they say, for the next commit, whose number is above theirs. A device
     * that was closed has no use for intents, and somebody else may have used it since.
     *
     * @param found what is to be believed
     */
    Outcome run(MetadataRecovery.Result found) throws BackendException {
        List<Intent> intents = new ArrayList<>();
        if (found.reserved().isPresent()) {
            read(found.reserved().get(), intents);
        }
        boolean revoked = intents.removeIf(Intent::isRevocation);
        long done = found.journal().commit();
        long last = intents.stream().mapToLong(Intent::commit).reduce(done, Math::max);
        table.numberCommitsFrom(last + 1);
        if (!found.superblock().isOpen() || revoked) {
            return new Outcome(false, last, revoked);
        }
        intents.removeIf(intent -> intent.commit() <= done);
        return new Outcome(!intents.isEmpty(), done, !carryOut(intents));
    }

    private void read(ReservedExtents where, List<Intent> intents) throws BackendException {
        for (int extent : where.intents()) {
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
    }

    /** Returns false if one of them could not be carried out. */
    private boolean carryOut(List<Intent> intents) {
        Set<Long> claimed = new HashSet<>();
        intents.forEach(each -> claimed.add(key(each.owner(), each.position())));
        Map<Long, Integer> held = new HashMap<>();
        table.scan((extent, owner, position) -> {
            if (claimed.contains(key(owner, (int) position))) {
                held.put(key(owner, (int) position), extent);
            }
        });
        boolean all = true;
        for (Intent intent : intents) {
            all &= isSuperseded(intent, held) || carryOut(intent, held);
        }
        return all;
    }

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
