package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What initiators do: write, unmap, zero, flush, read. */
final class DataActions {
    private static final int BLOCK_SECTORS = 8;

    /** Blocks of an extent that are used; the others would only cost time. */
    private static final int[] BLOCKS = {0, 1, 2, 3, 200, 254, 255};

    static final List<Action.Weighted> ALL =
            List.of(
                    new Action.Weighted("write", 46, DataActions::write),
                    new Action.Weighted("write through", 12, DataActions::writeThrough),
                    new Action.Weighted("write across extents", 4, DataActions::writeAcross),
                    new Action.Weighted("write atomically", 3, DataActions::writeAtomically),
                    new Action.Weighted("flush", 20, DataActions::flush),
                    new Action.Weighted("unmap", 6, w -> discard(w, false)),
                    new Action.Weighted("zero", 4, w -> discard(w, true)),
                    new Action.Weighted("read", 3, DataActions::read));

    /** What is enough to find a force that is left out. */
    static final List<Action.Weighted> WRITES =
            List.of(
                    new Action.Weighted("write", 50, DataActions::write),
                    new Action.Weighted("flush", 20, DataActions::flush));

    private DataActions() {}

    /** Picks a block of a volume, one of those that are used. */
    static int anyBlock(SplittableRandom random, int extents) {
        return random.nextInt(extents) * (VolumeModel.SECTORS_OF_EXTENT / BLOCK_SECTORS)
                + BLOCKS[random.nextInt(BLOCKS.length)];
    }

    private static void write(Workload workload) throws BackendException {
        write(workload, false);
    }

    private static void writeThrough(Workload workload) throws BackendException {
        write(workload, true);
    }

    private static void write(Workload workload, boolean through) throws BackendException {
        String name = workload.anyVolume();
        if (name == null) {
            return;
        }
        SplittableRandom random = workload.random();
        int position = random.nextInt(workload.model().volume(name).extents());
        int block = BLOCKS[random.nextInt(BLOCKS.length)];
        int skip = random.nextInt(3) == 0 ? random.nextInt(BLOCK_SECTORS) : 0;
        int first = position * VolumeModel.SECTORS_OF_EXTENT + block * BLOCK_SECTORS + skip;
        int limit = (position + 1) * VolumeModel.SECTORS_OF_EXTENT - first;
        int count = skip > 0 ? 1 + random.nextInt(10) : BLOCK_SECTORS * (1 + random.nextInt(3));
        workload.write(name, first, Math.min(limit, count), through);
    }

    private static void writeAcross(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name == null || workload.model().volume(name).extents() < 2) {
            return;
        }
        SplittableRandom random = workload.random();
        int border =
                (1 + random.nextInt(workload.model().volume(name).extents() - 1))
                        * VolumeModel.SECTORS_OF_EXTENT;
        int before = 1 + random.nextInt(12);
        workload.write(
                name, border - before, before + 1 + random.nextInt(12), random.nextInt(3) == 0);
    }

    private static void writeAtomically(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name == null) {
            return;
        }
        SplittableRandom random = workload.random();
        int end = workload.model().volume(name).extents() * VolumeModel.SECTORS_OF_EXTENT;
        int first =
                Math.max(
                        0,
                        anyBlock(random, workload.model().volume(name).extents()) * BLOCK_SECTORS
                                - random.nextInt(BLOCK_SECTORS));
        workload.writeAtomically(name, first, Math.min(end - first, 1 + random.nextInt(24)));
    }

    private static void discard(Workload workload, boolean zero) throws BackendException {
        String name = workload.anyVolume();
        if (name == null) {
            return;
        }
        SplittableRandom random = workload.random();
        VolumeModel model = workload.model().volume(name);
        int blocks = model.extents() * VolumeModel.SECTORS_OF_EXTENT / BLOCK_SECTORS;
        int first = random.nextInt(4) == 0 ? 0 : random.nextInt(blocks);
        int count = random.nextInt(3) == 0 ? blocks - first : 1 + random.nextInt(blocks - first);
        int from = first * BLOCK_SECTORS;
        int to = (first + count) * BLOCK_SECTORS;
        // A part of a block is zeroed by a write and left alone by an unmap.
        from += zero && random.nextInt(3) == 0 ? random.nextInt(BLOCK_SECTORS) : 0;
        List<Integer> touched = new ArrayList<>();
        for (int sector : model.live().keySet()) {
            if (sector >= from && sector < to) {
                touched.add(sector);
            }
        }
        touched.forEach(sector -> model.writing(sector, 0));
        long offset = (long) from * SimulatedDevice.SECTOR;
        long length = (long) (to - from) * SimulatedDevice.SECTOR;
        workload.change(
                name,
                volume -> {
                    if (!(zero
                            ? volume.writeZeroes(offset, length)
                            : volume.unmap(offset, length))) {
                        touched.forEach(model::harden);
                    }
                },
                () -> {});
    }

    private static void flush(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null) {
            Volume volume = workload.store().openVolume(name);
            try {
                volume.flush();
                workload.model().flushed();
            } finally {
                workload.store().release(volume);
            }
        }
    }

    private static void read(Workload workload) throws BackendException {
        String name = workload.anyVolume();
        if (name != null) {
            Volume volume = workload.store().openVolume(name);
            try {
                if (!workload.contentOf(volume).equals(workload.model().volume(name).live())) {
                    throw new IllegalStateException(name + " does not read as written");
                }
            } finally {
                workload.store().release(volume);
            }
        }
    }
}
