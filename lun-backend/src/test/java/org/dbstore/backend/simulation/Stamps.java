package org.dbstore.backend.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Sector contents of the simulation: one number, over and over; 0 for zeroes. */
final class Stamps {
    /** Stands for a sector that holds no single stamp: torn or foreign. */
    static final int GARBAGE = -1;

    private static final int SECTOR_INTS = SimulatedDevice.SECTOR / Integer.BYTES;

    private Stamps() {}

    static ByteBuffer sectors(int count, int firstStamp) {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(count * SimulatedDevice.SECTOR)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int sector = 0; sector < count; sector++) {
            for (int i = 0; i < SECTOR_INTS; i++) {
                buffer.putInt(firstStamp + sector);
            }
        }
        return buffer.flip();
    }

    /** Adds the stamps of a buffer's sectors, except zeroes. */
    static void collect(ByteBuffer bytes, int firstSector, Map<Integer, Integer> stamps) {
        ByteBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int sector = firstSector;
        while (buffer.hasRemaining()) {
            int stamp = buffer.getInt();
            boolean whole = true;
            for (int i = 1; i < SECTOR_INTS; i++) {
                whole &= buffer.getInt() == stamp;
            }
            if (!whole || stamp != 0) {
                stamps.put(sector, whole ? stamp : GARBAGE);
            }
            sector++;
        }
    }
}
