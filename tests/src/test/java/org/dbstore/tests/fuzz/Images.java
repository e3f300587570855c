package org.dbstore.tests.fuzz;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.ReservedExtents;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The whole devices that are damaged: each with volumes, snapshots, clones and branches. */
final class Images {
    static final long DEVICE_BYTES = Geometry.DEVICE_BYTES_MIN;

    /** The run of the system in which they were made. */
    static final UUID BOOT = new UUID(11, 11);

    private static final int MIB = 1 << 20;

    /**
     * A device.
     *
     * @param reserved its journal, mirrors and catalogue, if any
     */
    record Image(ImageDevice device, Optional<ReservedExtents> reserved) {}

    private static final List<Image> ALL = make();

    private Images() {}

    /** One of them: closed, as a crash leaves it, without a journal, empty. */
    static Image numbered(int number) {
        return ALL.get(number % ALL.size());
    }

    private static List<Image> make() {
        try {
            ImageDevice journaled = ImageDevice.blank(DEVICE_BYTES);
            BlockStore.initialize(journaled);
            ImageDevice crashed;
            try (BlockStore store = BlockStore.open(journaled, OpenOptions.DEFAULT, BOOT)) {
                fill(store, true);
                crashed = journaled.copy(DEVICE_BYTES);
            }
            ImageDevice plain = ImageDevice.blank(DEVICE_BYTES);
            BlockStore.initialize(plain);
            OpenOptions without =
                    new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE);
            try (BlockStore store = BlockStore.open(plain, without, BOOT)) {
                fill(store, false);
            }
            ImageDevice empty = ImageDevice.blank(DEVICE_BYTES);
            BlockStore.initialize(empty);
            return List.of(image(journaled), image(crashed), image(plain), image(empty));
        } catch (BackendException e) {
            throw new IllegalStateException("a device cannot be made", e);
        }
    }

    private static Image image(ImageDevice device) {
        return new Image(device, ReservedExtents.read(device.get(0, Geometry.BLOCK_BYTES)));
    }

    private static void fill(BlockStore store, boolean catalogued) throws BackendException {
        store.createVolume("one", 4L * MIB);
        store.createVolume("two", 2L * MIB);
        write(store, "one", 0, 1);
        write(store, "one", MIB + 8192, 2);
        write(store, "two", 4096, 3);
        int first = store.createSnapshot("one");
        write(store, "one", 0, 4);
        int second = store.createSnapshot("one");
        write(store, "one", 3L * MIB, 5);
        if (catalogued) {
            store.renameSnapshot(second, "named");
            store.labelVolume("two", Map.of("kind", "test"), Set.of());
            store.setScsiState("two", "state".getBytes(StandardCharsets.US_ASCII));
            store.linkClone(first, "branch");
            write(store, "branch", MIB, 6);
            store.rollback("one", first, false);
            write(store, "one", 2L * MIB, 7);
        }
        store.createVolume("gone", MIB);
        write(store, "gone", 0, 8);
        store.deleteVolume("gone");
    }

    private static void write(BlockStore store, String name, long offset, int value)
            throws BackendException {
        Volume volume = store.openVolume(name);
        byte[] bytes = new byte[12288];
        java.util.Arrays.fill(bytes, (byte) value);
        volume.write(offset, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
        volume.flush();
        store.release(volume);
    }
}
