package org.dbstore.tests.fuzz;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A device whose metadata somebody has changed: it is refused with a {@link BackendException}, or
 * it serves, and then a write to one volume changes no other volume and no snapshot, and all of it
 * is the same at the next opening. An opening takes little memory whatever the device says.
 *
 * <pre>
 * byte 0  bits 0-1 which of {@link Images}, bit 2 opened read-only, bit 3 the checksums are made
 *         right again, bit 4 the device is cut off, bit 5 the system ran on, bit 6 no journal,
 *         bit 7 the last volume is written to, not the first
 * byte 1  with bit 4: 4 KiB blocks that are cut off, in 256; without: bit 0 the checksums are made
 *         as they were formerly
 * for each change
 *   byte    bits 0-2 where: superblock, volumes, snapshots, extents, journal, mirror, catalogue,
 *           data; bits 3-4 what: bytes replaced, bytes xored, a block of zeroes, a block copied
 *   2 byte  where in there, and for a copy 2 byte from where
 *   byte    1..32 bytes, and these
 * </pre>
 */
public final class DeviceImageFuzz {
    private static final int BLOCK = Geometry.BLOCK_BYTES;
    private static final int CHANGES_MAX = 24;
    private static final int READ_BYTES = 64 << 10;
    private static final long CONTENT_BYTES_MAX = 16L << 20;
    private static final int RUNS_MAX = 64;
    private static final long HEAP_BYTES_MAX = 192L << 20;
    private static final Set<BackendError> REFUSALS =
            EnumSet.of(BackendError.CORRUPT, BackendError.NOT_A_STORE, BackendError.IO);

    /** What a store that works may still have to say of a volume. */
    private static final Set<BackendError> PARTIAL =
            EnumSet.of(
                    BackendError.CORRUPT,
                    BackendError.NO_SPACE,
                    BackendError.LIMIT,
                    BackendError.BUSY,
                    BackendError.INVALID,
                    BackendError.NOT_FOUND,
                    BackendError.READ_ONLY);

    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(BLOCK);
    private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(READ_BYTES);
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean)
                    java.lang.management.ManagementFactory.getThreadMXBean();

    private final OpenOptions options;
    private final UUID boot;
    private final ImageDevice device;
    private final boolean last;

    private DeviceImageFuzz(FuzzInput input) {
        int how = input.u8();
        Images.Image image = Images.numbered(how & 3);
        int cut = input.u8();
        long size = Images.DEVICE_BYTES - ((how & 16) != 0 ? (long) cut * 256 * BLOCK : 0);
        device = image.device().copy(size);
        options =
                new OpenOptions(
                        OpenOptions.Io.BUFFERED,
                        (how & 4) != 0,
                        (how & 64) != 0
                                ? OpenOptions.Journal.NONE
                                : OpenOptions.Journal.WHERE_POSSIBLE);
        last = (how & 128) != 0;
        boot = (how & 32) != 0 ? Images.BOOT : new UUID(12, 12);
        for (int i = 0; i < CHANGES_MAX && input.hasMore(); i++) {
            change(input, image);
        }
        if ((how & 8) != 0) {
            boolean former = (how & 16) == 0 && (cut & 1) != 0;
            Seals.Kind kind = former ? Seals.Kind.FORMER : Seals.Kind.PRESENT;
            image.reserved().ifPresent(reserved -> Seals.mend(device, reserved, kind));
        }
    }

    private void change(FuzzInput input, Images.Image image) {
        int what = input.u8();
        long at = place(what & 7, input.u16(), image);
        switch (what >> 3 & 3) {
            case 0 -> device.put(at, input.bytes(1 + (input.u8() & 31)));
            case 1 -> {
                byte[] mask = input.bytes(1 + (input.u8() & 31));
                byte[] bytes = device.bytes(at, mask.length);
                for (int i = 0; i < mask.length; i++) {
                    bytes[i] ^= mask[i];
                }
                device.put(at, bytes);
            }
            case 2 -> device.put(at / BLOCK * BLOCK, new byte[BLOCK]);
            default -> {
                long from = place(what >> 5, input.u16(), image) / BLOCK * BLOCK;
                device.put(at / BLOCK * BLOCK, device.bytes(from, BLOCK));
            }
        }
    }

    /** A byte of a part of the device; what it does not have is the superblock. */
    private static long place(int part, int where, Images.Image image) {
        Geometry geometry = new Geometry(Images.DEVICE_BYTES);
        ReservedExtents reserved =
                image.reserved().orElse(new ReservedExtents(0, List.of(0), List.of(0), List.of()));
        return switch (part) {
            case 0 -> where % 256;
            case 1 -> Geometry.VOLUME_TABLE + where % (6 * 266);
            case 2 -> Geometry.SNAPSHOT_TABLE + where % 256;
            case 3 -> Geometry.EXTENT_TABLE + where % (64 * 38);
            // A third of the places in the first bytes of the first blocks, where the headers are.
            case 4 -> geometry.extentOffset(reserved.journal()) + spread(where);
            case 5 -> geometry.extentOffset(reserved.mirrors().getFirst()) + spread(where);
            case 6 ->
                    geometry.extentOffset(
                                    reserved.catalogue().get(where % reserved.catalogue().size()))
                            + spread(where);
            default -> geometry.dataOffset() + where * 64L;
        };
    }

    private static long spread(int where) {
        return (long) (where >> 8) % 24 * BLOCK
                + ((where & 1) == 0 ? where >> 1 & 0x3f : (where & 0xff) * 16L);
    }

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] data) throws BackendException {
        new DeviceImageFuzz(new FuzzInput(data)).run();
    }

    private void run() throws BackendException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        BlockStore store;
        try {
            store = BlockStore.open(device, options, boot);
        } catch (BackendException e) {
            boolean branched =
                    e.error() == BackendError.INVALID
                            && options.journal() == OpenOptions.Journal.NONE;
            Check.that(
                    branched || REFUSALS.contains(e.error()),
                    () -> "refused as " + e.error() + ": " + e);
            Check.that(!options.readOnly() || device.writes() == 0, "a refusal that writes");
            return;
        }
        long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        Check.that(taken < HEAP_BYTES_MAX, () -> "an opening takes " + taken + " bytes");
        Map<String, Long> after;
        try {
            if (!options.readOnly()) {
                work(store);
            }
            after = contents(store);
        } finally {
            store.close();
        }
        Check.that(!options.readOnly() || device.writes() == 0, "read-only, and writes");
        try (BlockStore again = BlockStore.open(device, options, boot)) {
            Map<String, Long> then = contents(again);
            Check.that(
                    then.equals(after),
                    () -> "reads otherwise when opened again: " + then + " after " + after);
        }
    }

    /** Writes to the first or the last volume that is served: nothing else may change. */
    private void work(BlockStore store) throws BackendException {
        Map<String, Long> before = contents(store);
        List<String> slots = before.keySet().stream().filter(name -> name.startsWith("#")).toList();
        if (!slots.isEmpty()) {
            String slot = last ? slots.getLast() : slots.getFirst();
            Volume volume = store.openVolume(slot);
            try {
                long last = Math.max(0, Math.min(volume.sizeBytes(), CONTENT_BYTES_MAX) - BLOCK);
                write(volume, 0, 0x51);
                write(volume, last, 0x52);
                volume.writeZeroes(BLOCK, 2L * BLOCK);
                volume.flush();
            } catch (BackendException e) {
                Check.that(PARTIAL.contains(e.error()), () -> "a write ends as " + e);
            } finally {
                store.release(volume);
            }
            Map<String, Long> then = contents(store);
            before.remove(slot);
            then.remove(slot);
            Check.that(
                    then.equals(before),
                    () -> "a write to " + slot + " changes " + before + " to " + then);
            snapshot(store, slot);
        }
    }

    private static void write(Volume volume, long offset, int value) throws BackendException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK);
        while (bytes.hasRemaining()) {
            bytes.put((byte) value);
        }
        volume.write(offset, bytes.flip());
        ByteBuffer back = ByteBuffer.allocateDirect(BLOCK);
        volume.read(offset, back);
        Check.that(back.flip().equals(bytes.rewind()), "what was written does not read back");
    }

    private static void snapshot(BlockStore store, String slot) throws BackendException {
        Map<String, Long> before = contents(store);
        try {
            store.createSnapshot(slot);
        } catch (BackendException e) {
            Check.that(PARTIAL.contains(e.error()), () -> "a snapshot ends as " + e);
            return;
        }
        Map<String, Long> then = contents(store);
        then.keySet().retainAll(before.keySet());
        Check.that(then.equals(before), () -> "a snapshot changes " + before + " to " + then);
    }

    /** Checksums of all that is served: volumes as "#slot", snapshots as "@id". */
    private static Map<String, Long> contents(BlockStore store) throws BackendException {
        Map<String, Long> contents = new TreeMap<>();
        for (VolumeInfo info : store.volumes()) {
            String slot = "#" + info.slot();
            add(contents, slot, store, () -> store.openVolume(slot));
            for (SnapshotInfo layer : store.snapshots(slot)) {
                if (!layer.head()) {
                    add(contents, "@" + layer.id(), store, () -> store.openSnapshot(layer.id()));
                }
            }
        }
        return contents;
    }

    private interface Opening {
        Volume open() throws BackendException;
    }

    private static void add(
            Map<String, Long> contents, String name, BlockStore store, Opening opening)
            throws BackendException {
        if (contents.containsKey(name)) {
            return;
        }
        Volume volume;
        try {
            volume = opening.open();
        } catch (BackendException e) {
            Check.that(PARTIAL.contains(e.error()), () -> name + " opens as " + e);
            return;
        }
        try {
            contents.put(name, checksum(volume));
        } finally {
            store.release(volume);
        }
    }

    private static long checksum(Volume volume) throws BackendException {
        CRC32C crc = new CRC32C();
        long size = Math.min(volume.sizeBytes(), CONTENT_BYTES_MAX);
        long at = 0;
        for (int runs = 0; at < size && runs < RUNS_MAX; runs++) {
            VolumeContents.Run run = volume.runAt(at);
            Check.that(run.lengthBytes() > 0, "a run of nothing");
            long end = Math.min(size, at + run.lengthBytes());
            for (; run.mapped() && at < end; at += READ_BYTES) {
                BUFFER.clear().limit((int) Math.min(READ_BYTES, end - at));
                volume.read(at, BUFFER);
                BUFFER.flip();
                add(crc, at);
            }
            at = end;
        }
        return crc.getValue() + (size << 32);
    }

    /** Blocks of zeroes do not count: whether they are mapped is nobody's business. */
    private static void add(CRC32C crc, long at) {
        for (int i = 0; i < BUFFER.limit(); i += BLOCK) {
            ByteBuffer block = BUFFER.slice(i, Math.min(BLOCK, BUFFER.limit() - i));
            if (block.mismatch(ZEROES.slice(0, block.limit())) >= 0) {
                crc.update((int) ((at + i) / BLOCK));
                crc.update((int) ((at + i) / BLOCK) >> 8);
                crc.update(block);
            }
        }
    }
}
