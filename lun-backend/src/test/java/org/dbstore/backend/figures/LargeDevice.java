package org.dbstore.backend.figures;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.Superblock;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

/** A device of a million extents in use, as the original would have left it, then used by us. */
final class LargeDevice {
    static final int EXTENTS = 1_000_000;
    static final String VOLUME = "large";
    static final long MIB = 1 << 20;
    private static final int FREE_EXTENTS = 1000;

    private LargeDevice() {}

    /** Makes the device; its contents are holes, only its tables take space. */
    static void make(Path file) throws BackendException, IOException {
        BlockStore.initialize(file, (EXTENTS + 2L * FREE_EXTENTS) * MIB, false);
        OpenOptions plain =
                new OpenOptions(OpenOptions.Io.BUFFERED, false, OpenOptions.Journal.NONE);
        int owner;
        try (BlockStore store = BlockStore.open(file, plain)) {
            store.createVolume(VOLUME, EXTENTS * MIB);
            owner = store.volume(VOLUME).headSnapshotId();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(entries(owner), Geometry.EXTENT_TABLE);
            ByteBuffer mark = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            channel.write(mark.putInt(EXTENTS).flip(), Superblock.HIGH_WATER);
        }
        try (BlockStore store = BlockStore.open(file, OpenOptions.DEFAULT)) {
            store.createVolume("small", 16 * MIB); // now it has a journal and a mirror
        }
    }

    private static ByteBuffer entries(int owner) {
        ByteBuffer entries =
                ByteBuffer.allocate(EXTENTS * ExtentEntry.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long[] oneBlock = {1, 0, 0, 0};
        for (int i = 0; i < EXTENTS; i++) {
            ExtentEntry.write(entries, i * ExtentEntry.BYTES, owner, i, oneBlock, 0);
        }
        return entries;
    }

    /** Main class of a process that opens the device and tells what that took. */
    static final class Opening {
        private Opening() {}

        /**
         * Opens it. A word says what is under way when the process ends then without closing:
         * "write", "delete-volume" or "delete-snapshot".
         *
         * @param args file, and perhaps the word
         */
        public static void main(String[] args) throws Exception {
            long begin = System.nanoTime();
            BlockStore store = BlockStore.open(Path.of(args[0]), OpenOptions.DEFAULT);
            long millis = (System.nanoTime() - begin) / 1_000_000;
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            long heap = runtime.totalMemory() - runtime.freeMemory();
            System.out.printf("%d %d %d%n", millis, heap / MIB, store.info().usedExtents());
            if (args.length > 1) {
                begin(args[1], store);
                Runtime.getRuntime().halt(0);
            }
            store.close();
        }

        private static void begin(String work, BlockStore store) throws Exception {
            switch (work) {
                case "write" -> {
                    Volume volume = store.openVolume("small");
                    for (int extent = 0; extent < 16; extent++) {
                        Bytes.write(volume, extent * MIB, Bytes.random(4096, extent));
                    }
                    volume.flush();
                }
                case "delete-volume" -> {
                    int volumes = store.info().volumeCount();
                    inBackground(() -> store.deleteVolume(VOLUME));
                    awaitThat(() -> store.info().volumeCount() < volumes);
                }
                case "delete-snapshot" -> {
                    int id = store.createSnapshot(VOLUME);
                    int snapshots = store.info().snapshotCount();
                    inBackground(() -> store.deleteSnapshot(id));
                    awaitThat(() -> store.info().snapshotCount() < snapshots);
                }
                default -> throw new IllegalArgumentException(work);
            }
        }

        private interface Work {
            void run() throws BackendException;
        }

        private static void inBackground(Work work) {
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        try {
                            work.run();
                        } catch (BackendException e) {
                            throw new IllegalStateException(e);
                        }
                    });
        }

        private static void awaitThat(BooleanSupplier event) throws InterruptedException {
            while (!event.getAsBoolean()) {
                Thread.sleep(1);
            }
        }
    }
}
