package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Volume;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A device to begin with: of a certain size, with its low extents taken. It is made once; each use
 * is a copy.
 *
 * @param deviceBytes of any alignment
 * @param ballastExtents extents of a volume that nobody touches
 * @param used false if it was never written to: its journal is still to be made
 */
record Template(long deviceBytes, int ballastExtents, boolean used) {
    private static final Map<Template, SimulatedDevice> MADE = new ConcurrentHashMap<>();

    /** The smallest there is, just initialized. */
    static final Template NEW = new Template(100L << 20, 0, false);

    /** As small, and empty, with a journal. */
    static final Template USED = new Template(100L << 20, 0, true);

    /** A few extents are free. */
    static final Template NEARLY_FULL = new Template((100L << 20) + 4096 * 5 + 512, 88, true);

    /**
     * Entries 202, 229 and 485 straddle sectors: the first within the position, the others behind
     * the id; entry 431 is the first that straddles 4096 bytes.
     */
    static final Template[] STRADDLING = {
        new Template(600L << 20, 195, true),
        new Template(600L << 20, 200, true),
        new Template(600L << 20, 226, true),
        new Template((600L << 20) + 512 * 77, 229, true),
        new Template((600L << 20) + 4096, 427, true),
        new Template(600L << 20, 483, true),
    };

    SimulatedDevice device() {
        return MADE.computeIfAbsent(this, Template::make).copy();
    }

    /** What {@link #device} promises. */
    void addTo(StoreModel model) {
        if (ballastExtents > 0) {
            VolumeModel ballast = new VolumeModel(ballastExtents);
            for (int position = 0; position < ballastExtents; position += stride()) {
                ballast.writing(position * VolumeModel.SECTORS_OF_EXTENT, stamp(position));
            }
            ballast.flushed();
            model.volumes().put(Workload.BALLAST, ballast);
        }
    }

    private SimulatedDevice make() {
        SimulatedDevice device = new SimulatedDevice(deviceBytes);
        try {
            BlockStore.initialize(device);
            try (BlockStore store = device.open(OpenOptions.DEFAULT)) {
                if (ballastExtents > 0) {
                    fill(store);
                } else if (used) {
                    store.createVolume(Workload.BALLAST, 1);
                    store.deleteVolume(Workload.BALLAST);
                }
            }
            return device;
        } catch (BackendException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fill(BlockStore store) throws BackendException {
        store.createVolume(Workload.BALLAST, (long) ballastExtents << 20);
        Volume volume = store.openVolume(Workload.BALLAST);
        for (int position = 0; position < ballastExtents; position++) {
            volume.write((long) position << 20, Stamps.sectors(1, stamp(position)));
        }
        volume.flush();
        store.release(volume);
    }

    private int stride() {
        return 1;
    }

    private static int stamp(int position) {
        return 0x7000_0000 + position;
    }
}
