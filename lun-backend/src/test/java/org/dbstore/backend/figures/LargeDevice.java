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
         * Opens it; the word "crash" ends the process then without closing.
         *
         * @param args file, and perhaps the word
         */
        public static void main(String[] args) throws Exception {
            long begin = System.nanoTime();
            BlockStore store = BlockStore.open(Path.of(args[0]), OpenOptions.DEFAULT);
            long millis = (System.nanoTime() - begin) / 1_000_000;
            if (store.info().usedExtents() < EXTENTS) {
                throw new IllegalStateException("only " + store.info().usedExtents() + " extents");
            }
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            long heap = runtime.totalMemory() - runtime.freeMemory();
            System.out.printf("%d %d%n", millis, heap / MIB);
            if (args.length > 1) {
                Volume volume = store.openVolume("small");
                for (int extent = 0; extent < 16; extent++) {
                    Bytes.write(volume, extent * MIB, Bytes.random(4096, extent));
                }
                volume.flush();
                Runtime.getRuntime().halt(0);
            }
            store.close();
        }
    }
}
