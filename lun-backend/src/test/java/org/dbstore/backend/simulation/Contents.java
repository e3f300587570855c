package org.dbstore.backend.simulation;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Reads volumes of stamps. Belongs to one thread. */
final class Contents {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);

    /** Returns the stamps of all sectors that are not zero. */
    Map<Integer, Integer> of(Volume volume) throws BackendException {
        Map<Integer, Integer> stamps = new HashMap<>();
        long offset = 0;
        while (offset < volume.sizeBytes()) {
            VolumeContents.Run run = volume.runAt(offset);
            if (run.mapped()) {
                read(volume, offset, offset + run.lengthBytes(), stamps);
            }
            offset += run.lengthBytes();
        }
        return stamps;
    }

    private void read(Volume volume, long from, long to, Map<Integer, Integer> stamps)
            throws BackendException {
        long offset = from;
        while (offset < to) {
            int length = (int) Math.min(buffer.capacity(), to - offset);
            volume.read(offset, buffer.clear().limit(length));
            Stamps.collect(buffer.flip(), (int) (offset / SimulatedDevice.SECTOR), stamps);
            offset += length;
        }
    }
}
