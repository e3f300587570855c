package org.dbstore.backend.catalogue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Finding;
import org.dbstore.backend.Problem;
import org.dbstore.backend.catalogue.RecordStore.RecordKey;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.format.CatalogueBlock;
import org.dbstore.backend.format.CataloguePart;
import org.dbstore.backend.format.Geometry;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Reads the catalogue's extents: of each block the valid copy with the higher sequence. A block
 * without a valid copy is damaged, unless both were never written; what it held is not known, and
 * nothing is written to it.
 */
final class CatalogueLoader {
    /** Read at once; divides the blocks of an extent. */
    private static final int WINDOW_BLOCKS = 16;

    private final RecordStore records;
    private final UUID deviceId;
    private final List<Finding> findings = new ArrayList<>();
    private final TreeSet<Integer> halfDamaged = new TreeSet<>();
    private final Map<RecordKey, List<Placed>> found = new HashMap<>();
    private final TreeSet<Integer> damaged = new TreeSet<>();
    private final TreeSet<Integer> unreadableSlots = new TreeSet<>();

    private record Placed(int slot, CataloguePart part) {}

    CatalogueLoader(RecordStore records, UUID deviceId) {
        this.records = records;
        this.deviceId = deviceId;
    }

    /** What is wrong. */
    List<Finding> findings() {
        return findings;
    }

    /** Blocks of which one copy is damaged. */
    Set<Integer> halfDamaged() {
        return halfDamaged;
    }

    /** Blocks that are damaged in both copies. */
    Set<Integer> damaged() {
        return damaged;
    }

    /** Slots of good blocks that hold neither a part nor nothing. */
    Set<Integer> unreadableSlots() {
        return unreadableSlots;
    }

    /** True if records may be missing. */
    boolean isDamaged() {
        return !damaged.isEmpty();
    }

    void load(CatalogueSpace space, Geometry geometry, BlockSource source) throws BackendException {
        int number = 0;
        ByteBuffer homes = AlignedBuffers.allocate(WINDOW_BLOCKS * CatalogueBlock.BYTES);
        ByteBuffer copies = AlignedBuffers.allocate(WINDOW_BLOCKS * CatalogueBlock.BYTES);
        for (CatalogueSpace.Pair pair : space.pairs()) {
            for (int done = 0; done < Geometry.EXTENT_BYTES; done += homes.capacity()) {
                source.read(geometry.extentOffset(pair.home()) + done, homes.clear());
                source.read(geometry.extentOffset(pair.copy()) + done, copies.clear());
                for (int at = 0; at < homes.capacity(); at += CatalogueBlock.BYTES) {
                    loadBlock(number++, slice(homes, at), slice(copies, at));
                }
            }
        }
        found.forEach(this::join);
    }

    private void loadBlock(int number, ByteBuffer home, ByteBuffer copy) {
        ByteBuffer chosen = choose(number, home, copy);
        if (chosen != null) {
            if (isForeign(home, number) || isForeign(copy, number)) {
                halfDamaged.add(number);
                report(Problem.CATALOGUE_COPY, number, ": one copy is damaged");
            }
            enter(number, chosen);
        } else if (!CatalogueBlock.isEmpty(home) || !CatalogueBlock.isEmpty(copy)) {
            damaged.add(number);
            report(
                    Problem.CATALOGUE_LOST,
                    number,
                    " is damaged in both copies: what it held is not known");
            for (int slot = 0; slot < CatalogueBlock.SLOTS; slot++) {
                records.keepOut(number * CatalogueBlock.SLOTS + slot);
            }
        }
    }

    private void report(Problem problem, int number, String what) {
        String object = "block %d of the catalogue".formatted(number);
        findings.add(new Finding(problem, object, OptionalLong.empty(), object + what));
    }

    private @Nullable ByteBuffer choose(int number, ByteBuffer home, ByteBuffer copy) {
        boolean homeValid = isUsable(home, number);
        boolean copyValid = isUsable(copy, number);
        if (homeValid && copyValid) {
            return CatalogueBlock.sequence(copy) > CatalogueBlock.sequence(home) ? copy : home;
        }
        if (homeValid) {
            return home;
        }
        return copyValid ? copy : null;
    }

    private boolean isUsable(ByteBuffer block, int number) {
        return CatalogueBlock.isValid(block, number)
                && CatalogueBlock.deviceId(block).equals(deviceId);
    }

    private boolean isForeign(ByteBuffer block, int number) {
        return !isUsable(block, number) && !CatalogueBlock.isEmpty(block);
    }

    private void enter(int number, ByteBuffer block) {
        ByteBuffer own =
                ByteBuffer.allocate(CatalogueBlock.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(0, block, 0, CatalogueBlock.BYTES);
        for (int inBlock = 0; inBlock < CatalogueBlock.SLOTS; inBlock++) {
            int slot = number * CatalogueBlock.SLOTS + inBlock;
            try {
                CataloguePart part = CataloguePart.read(own, inBlock).orElse(null);
                if (part != null) {
                    records.keepOut(slot);
                    found.computeIfAbsent(
                                    new RecordKey(part.kind(), part.id()), k -> new ArrayList<>())
                            .add(new Placed(slot, part));
                }
            } catch (IllegalArgumentException e) {
                records.keepOut(slot);
                unreadableSlots.add(slot);
                report(Problem.CATALOGUE_LOST, number, ": " + e.getMessage());
            }
        }
        records.addBlock(number, own);
    }

    private void join(RecordKey key, List<Placed> placed) {
        placed.sort(Comparator.comparingInt(each -> each.part().number()));
        List<CataloguePart> parts = placed.stream().map(Placed::part).toList();
        List<Integer> slots = placed.stream().map(Placed::slot).toList();
        records.place(key, slots, CataloguePart.join(parts).isPresent());
    }

    private static ByteBuffer slice(ByteBuffer extent, int at) {
        return extent.slice(at, CatalogueBlock.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
