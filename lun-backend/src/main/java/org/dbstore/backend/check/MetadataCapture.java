package org.dbstore.backend.check;

import org.dbstore.backend.Finding;
import org.dbstore.backend.Problem;
import org.dbstore.backend.commit.MirrorBuilder;
import org.dbstore.backend.device.AlignedBuffers;
import org.dbstore.backend.device.BlockDevice;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.MirrorHeader;
import org.dbstore.backend.format.ReservedExtents;
import org.dbstore.backend.format.Superblock;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes a consistent copy of the metadata of a device that may be in use: superblock, tables and
 * reserved extents.
 */
public final class MetadataCapture {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final int ATTEMPTS_MAX = 20;
    private static final int LOOKS_MAX = 10;

    private final BlockDevice device;
    private final ByteBuffer chunk =
            AlignedBuffers.allocate(Geometry.EXTENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Set<Long> unreadable = new TreeSet<>();
    private MetadataImage image;
    private @Nullable JournalTail tail;

    /**
     * Prepares it.
     *
     * @param device read, never written
     */
    public MetadataCapture(BlockDevice device) {
        this.device = device;
        this.image = new MetadataImage(device);
    }

    /**
     * Runs it. If the device changes faster than it can be read, the last copy is taken all the
     * same: what seems to be wrong with it is not so in the next one.
     *
     * @return of one moment
     */
    public MetadataImage run() {
        boolean consistent = false;
        for (int attempt = 0; attempt < ATTEMPTS_MAX && !consistent; attempt++) {
            consistent = capture();
        }
        return image;
    }

    /**
     * Tells what could not be read; the image has zeroes there.
     *
     * @return after {@link #run}
     */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (long block : unreadable) {
            findings.add(
                    new Finding(
                            Problem.UNREADABLE,
                            "block " + block,
                            OptionalLong.of(block * BLOCK),
                            "block %d of metadata cannot be read".formatted(block)));
        }
        return findings;
    }

    /** Returns false if the device changed its kind meanwhile. */
    private boolean capture() {
        image = new MetadataImage(device);
        unreadable.clear();
        tail = null;
        if (device.sizeBytes() < Geometry.DEVICE_BYTES_MIN) {
            return true;
        }
        copy(new MetadataImage.Region(0, 1));
        ByteBuffer before = image.block(0);
        Geometry geometry = geometry(image.superblock());
        Optional<ReservedExtents> listed = image.reserved().filter(all -> fits(all, geometry));
        if (listed.isPresent() && !startTail(geometry, listed.get().journal())) {
            return false;
        }
        copy(new MetadataImage.Region(1, geometry.dataOffset() / BLOCK - 1));
        boolean followed = true;
        for (int extent : listed.map(MetadataCapture::extents).orElse(searched(geometry))) {
            copy(region(geometry, extent));
            followed &= follow(geometry, listed);
        }
        if (!followed || !isSameKind(before)) {
            return false;
        }
        settle(geometry, listed);
        listed.ifPresent(reserved -> voidIntents(geometry, reserved));
        return true;
    }

    /** They belong to a moment and a run of the system that are over when the image is used. */
    private void voidIntents(Geometry geometry, ReservedExtents reserved) {
        for (int extent : reserved.intents()) {
            long first = geometry.extentOffset(extent) / BLOCK;
            for (int i = 0; i < Geometry.EXTENT_BLOCKS; i++) {
                image.put(first + i, new byte[BLOCK]);
            }
        }
    }

    private Geometry geometry(Optional<Superblock> superblock) {
        long claimed = superblock.map(Superblock::deviceBytes).orElse(0L);
        return new Geometry(
                claimed >= Geometry.DEVICE_BYTES_MIN && claimed <= device.sizeBytes()
                        ? claimed
                        : device.sizeBytes());
    }

    private static boolean fits(ReservedExtents all, Geometry geometry) {
        return extents(all).stream()
                .allMatch(extent -> extent >= 0 && extent < geometry.usableExtents());
    }

    private static Set<Integer> extents(ReservedExtents reserved) {
        Set<Integer> extents = new TreeSet<>();
        reserved.all().forEach(kept -> extents.add(kept.extent()));
        return extents;
    }

    private static MetadataImage.Region region(Geometry geometry, int extent) {
        return new MetadataImage.Region(
                geometry.extentOffset(extent) / BLOCK, Geometry.EXTENT_BLOCKS);
    }

    /** What the extent table has of reserved extents, for a superblock that does not list them. */
    private Set<Integer> searched(Geometry geometry) {
        Set<Integer> found = new TreeSet<>();
        ByteBuffer two = ByteBuffer.allocate(2 * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (int extent = 0; extent < geometry.usableExtents(); extent++) {
            long offset = Geometry.extentEntryOffset(extent);
            byte[] bytes = image.blocks().get(offset / BLOCK);
            if (bytes != null) {
                int at = (int) (offset % BLOCK);
                two.clear().put(0, bytes); // the id does not straddle blocks
                if (ExtentEntry.owner(two, at) == ReservedExtents.OWNER) {
                    found.add(extent);
                }
            }
        }
        return found;
    }

    private boolean startTail(Geometry geometry, int journal) {
        Optional<Superblock> superblock = image.superblock();
        if (superblock.isEmpty()
                || !superblock.get().isOpen()
                || superblock.get().identity().isEmpty()) {
            return true;
        }
        JournalTail started = new JournalTail(superblock.get().identity().get());
        for (int look = 0; look < LOOKS_MAX; look++) {
            if (readJournal(geometry, journal) && started.follow(chunk)) {
                tail = started;
                return true;
            }
        }
        return true; // a record is really missing, or cannot be read: for the opening to find
    }

    private boolean readJournal(Geometry geometry, int journal) {
        try {
            device.read(geometry.extentOffset(journal), chunk.clear());
            return true;
        } catch (IOException e) {
            return false; // copied block by block below, which says so
        }
    }

    private boolean follow(Geometry geometry, Optional<ReservedExtents> listed) {
        JournalTail following = tail;
        if (following == null || listed.isEmpty()) {
            return true;
        }
        for (int look = 0; look < LOOKS_MAX; look++) {
            if (readJournal(geometry, listed.get().journal()) && following.follow(chunk)) {
                return true;
            }
        }
        return false;
    }

    /** Copies blocks; the journal is looked at after each piece. */
    private void copy(MetadataImage.Region region) {
        image.add(region);
        Geometry geometry = geometry(image.superblock());
        Optional<ReservedExtents> listed = image.reserved().filter(all -> fits(all, geometry));
        long end = Math.min(region.first() + region.count(), device.sizeBytes() / BLOCK);
        for (long block = region.first(); block < end; block += chunk.capacity() / BLOCK) {
            int count = (int) Math.min(chunk.capacity() / BLOCK, end - block);
            try {
                device.read(block * BLOCK, chunk.clear().limit(count * BLOCK));
                for (int i = 0; i < count; i++) {
                    put(block + i, i);
                }
            } catch (IOException e) {
                copySingly(block, count);
            }
            follow(geometry, listed);
        }
    }

    private void copySingly(long first, int count) {
        for (int i = 0; i < count; i++) {
            try {
                device.read((first + i) * BLOCK, chunk.clear().limit(BLOCK));
                put(first + i, 0);
            } catch (IOException e) {
                unreadable.add(first + i); // reported by its number
            }
        }
    }

    private void put(long block, int index) {
        byte[] bytes = new byte[BLOCK];
        chunk.clear().get(index * BLOCK, bytes);
        image.put(block, bytes);
    }

    /** Whether journal and list are where they were, and somebody uses the device as before. */
    private boolean isSameKind(ByteBuffer before) {
        try {
            device.read(0, chunk.clear().limit(BLOCK));
        } catch (IOException e) {
            return true; // as unreadable as it was
        }
        return chunk.getInt(Superblock.VERSION_FIELD) == before.getInt(Superblock.VERSION_FIELD)
                && chunk.slice(Superblock.IDENTITY, BLOCK - Superblock.IDENTITY)
                        .equals(before.slice(Superblock.IDENTITY, BLOCK - Superblock.IDENTITY));
    }

    /** Brings homes, mirror and copies to the moment of the journal's last record. */
    private void settle(Geometry geometry, Optional<ReservedExtents> listed) {
        JournalTail followed = tail;
        if (followed == null || listed.isEmpty()) {
            return;
        }
        long journal = geometry.extentOffset(listed.get().journal()) / BLOCK;
        for (int i = 0; i < Geometry.EXTENT_BLOCKS; i++) {
            image.put(
                    journal + i, Arrays.copyOfRange(followed.latest(), i * BLOCK, (i + 1) * BLOCK));
        }
        if (followed.moved()) {
            for (Map.Entry<Long, byte[]> each : followed.images().entrySet()) {
                settle(geometry, listed.get(), each.getKey(), each.getValue());
            }
        }
    }

    private void settle(Geometry geometry, ReservedExtents reserved, long block, byte[] bytes) {
        if (!image.has(block)) {
            return; // of a catalogue that grew meanwhile
        }
        image.put(block, bytes);
        if (block < MirrorBuilder.coveredBlocks(geometry, reserved)) {
            int m = (int) (block / MirrorHeader.BLOCKS);
            int i = (int) (block % MirrorHeader.BLOCKS);
            long first = geometry.extentOffset(reserved.mirrors().get(m)) / BLOCK;
            MirrorHeader header = MirrorHeader.read(image.block(first));
            if (header != null) {
                header.checksums()[i] = MirrorHeader.checksum(ByteBuffer.wrap(bytes));
                ByteBuffer sealed = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
                header.write(sealed);
                image.put(first, sealed.array());
                image.put(first + 1 + i, bytes);
            }
        }
        List<Integer> catalogue = reserved.catalogue();
        for (int k = 0; k < catalogue.size(); k += 2) {
            long home = geometry.extentOffset(catalogue.get(k)) / BLOCK;
            if (block >= home && block < home + Geometry.EXTENT_BLOCKS) {
                long copy = geometry.extentOffset(catalogue.get(k + 1)) / BLOCK;
                image.put(copy + block - home, bytes);
            }
        }
    }
}
