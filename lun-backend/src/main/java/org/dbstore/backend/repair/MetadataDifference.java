package org.dbstore.backend.repair;

import org.dbstore.backend.check.MetadataImage;
import org.dbstore.backend.format.BlockBitmap;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.SnapshotEntry;
import org.dbstore.backend.format.Superblock;
import org.dbstore.backend.format.VolumeEntry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares two copies of a device's metadata, entry by entry. */
final class MetadataDifference {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final int COUNT_MAX = 500;

    private final MetadataImage before;
    private final MetadataImage after;
    private final Geometry geometry;
    private final List<Change> changes = new ArrayList<>();
    private final Set<Long> described = new HashSet<>();
    private long omitted;

    private MetadataDifference(MetadataImage before, MetadataImage after, Geometry geometry) {
        this.before = before;
        this.after = after;
        this.geometry = geometry;
    }

    /** Lists the changes; where there are very many, the last one says how many more. */
    static List<Change> of(MetadataImage before, MetadataImage after, Geometry geometry) {
        try {
            MetadataDifference difference = new MetadataDifference(before, after, geometry);
            difference.run();
            return difference.changes;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // both are in memory
        }
    }

    private void run() throws IOException {
        compareSuperblocks();
        for (int slot = 0; slot < Geometry.VOLUME_COUNT_MAX; slot++) {
            long offset = Geometry.volumeEntryOffset(slot);
            String title = "volume slot #" + slot;
            compare(title, offset, VolumeEntry.BYTES, MetadataDifference::volume);
        }
        for (int id = 1; id <= Geometry.SNAPSHOT_ID_MAX; id++) {
            long offset = Geometry.snapshotEntryOffset(id);
            compare("snapshot " + id, offset, SnapshotEntry.BYTES, MetadataDifference::snapshot);
        }
        for (int extent = 0; extent < geometry.tableCapacity(); extent++) {
            long offset = Geometry.extentEntryOffset(extent);
            compare("extent " + extent, offset, ExtentEntry.BYTES, MetadataDifference::extent);
        }
        compareRest();
        compareReserved();
        if (omitted > 0) {
            changes.add(new Change("and more", 0, omitted + " other changes", "not listed"));
        }
    }

    private void add(Change change) {
        if (changes.size() < COUNT_MAX) {
            changes.add(change);
        } else {
            omitted++;
        }
    }

    private void compareSuperblocks() {
        ByteBuffer old = before.block(0);
        ByteBuffer now = after.block(0);
        if (!old.equals(now)) {
            add(new Change("superblock", 0, superblock(old), superblock(now)));
        }
    }

    private static String superblock(ByteBuffer block) {
        if (!Superblock.hasMagic(block)) {
            return "none";
        }
        Superblock superblock = Superblock.read(block);
        return "version %s%s, high-water mark %d, %s, %s"
                .formatted(
                        Superblock.versionName(superblock.version()),
                        superblock.isOpen() ? " (open)" : "",
                        superblock.highWaterExtents(),
                        superblock.identity().map(id -> "id " + id).orElse("no id"),
                        ReservedExtents.read(block)
                                .map(all -> all.all().size() + " reserved extents")
                                .orElse("no list of reserved extents"));
    }

    @FunctionalInterface
    private interface Words {
        String of(ByteBuffer entry);
    }

    private void compare(String object, long offset, int length, Words words) throws IOException {
        long last = (offset + length - 1) / BLOCK;
        boolean same = true;
        for (long block = offset / BLOCK; block <= last; block++) {
            same &= Arrays.equals(before.blocks().get(block), after.blocks().get(block));
        }
        if (same) {
            return;
        }
        ByteBuffer old = read(before, offset, length);
        ByteBuffer now = read(after, offset, length);
        if (!old.equals(now) && !words.of(old).equals(words.of(now))) {
            add(new Change(object, offset, words.of(old), words.of(now)));
            for (long block = offset / BLOCK; block <= last; block++) {
                described.add(block);
            }
        }
    }

    private static ByteBuffer read(MetadataImage image, long offset, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        image.read(offset, bytes);
        return bytes.flip();
    }

    private static String volume(ByteBuffer entry) {
        VolumeEntry volume = VolumeEntry.read(entry, 0);
        return volume.headId() == 0
                ? "free"
                : "\"%s\", %s bytes, head %d"
                        .formatted(
                                volume.name(),
                                Long.toUnsignedString(volume.sizeBytes()),
                                volume.headId());
    }

    private static String snapshot(ByteBuffer entry) {
        if (!SnapshotEntry.isUsed(entry, 0)) {
            return "free";
        }
        SnapshotEntry snapshot = SnapshotEntry.read(entry, 0);
        return "parent %d, created %d%s"
                .formatted(
                        snapshot.parentId(),
                        snapshot.unmarked().createdAt(),
                        snapshot.isMarked() ? ", being deleted" : "");
    }

    private static String extent(ByteBuffer entry) {
        int owner = ExtentEntry.owner(entry, 0);
        if (owner == 0) {
            return "free";
        }
        long[] bitmap = new long[BlockBitmap.WORDS];
        ExtentEntry.readBitmap(entry, 0, bitmap, 0);
        int blocks = Arrays.stream(bitmap).mapToInt(Long::bitCount).sum();
        String position = Integer.toUnsignedString(ExtentEntry.position(entry, 0));
        return owner == ReservedExtents.OWNER
                ? "reserved, kind " + position
                : "snapshot %d, position %s, %d blocks, bits %08x"
                        .formatted(owner, position, blocks, Arrays.hashCode(bitmap));
    }

    /** Blocks of the tables that differ where no entry says anything else. */
    private void compareRest() {
        TreeSet<Long> present = new TreeSet<>(before.blocks().keySet());
        present.addAll(after.blocks().keySet());
        for (long block : present.subSet(1L, geometry.dataOffset() / BLOCK)) {
            byte[] old = before.blocks().get(block);
            if (!described.contains(block) && !Arrays.equals(old, after.blocks().get(block))) {
                add(
                        new Change(
                                "block " + block,
                                block * BLOCK,
                                "as it is",
                                "written anew, without a difference in meaning"));
            }
        }
    }

    private void compareReserved() {
        Optional<ReservedExtents> reserved = after.reserved().or(before::reserved);
        if (reserved.isEmpty()) {
            return;
        }
        for (ReservedExtents.Kept kept : reserved.get().all()) {
            long first = geometry.extentOffset(kept.extent()) / BLOCK;
            TreeSet<Long> changed = new TreeSet<>();
            for (long block = first; block < first + Geometry.EXTENT_BLOCKS; block++) {
                byte[] old = before.blocks().get(block);
                if (!Arrays.equals(old, after.blocks().get(block))) {
                    changed.add(block);
                }
            }
            if (!changed.isEmpty()) {
                add(
                        new Change(
                                kind(kept),
                                changed.getFirst() * BLOCK,
                                "as it is",
                                kept.kind() == ReservedExtents.KIND_JOURNAL
                                        ? "new records"
                                        : changed.size() + " blocks written anew"));
            }
        }
    }

    private static String kind(ReservedExtents.Kept kept) {
        if (kept.kind() == ReservedExtents.KIND_JOURNAL) {
            return "journal";
        }
        if (kept.kind() == ReservedExtents.KIND_INTENTS) {
            return "log of intents";
        }
        return kept.kind() >= ReservedExtents.KIND_MIRROR
                ? "mirror extent " + (kept.kind() - ReservedExtents.KIND_MIRROR)
                : "catalogue extent " + (kept.kind() - ReservedExtents.KIND_CATALOGUE);
    }
}
