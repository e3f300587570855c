package org.dbstore.backend.simulation;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Sector contents of the simulation: one number, over and over; 0 for zeroes. */
final class Stamps {
    /** Stands for a sector that holds no single stamp: torn or foreign. */
    static final int GARBAGE = -1;

    private static final ValueLayout.OfInt STAMP =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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
        MemorySegment all = MemorySegment.ofBuffer(bytes);
        for (long at = 0; at < all.byteSize(); at += SimulatedDevice.SECTOR) {
            int stamp = all.get(STAMP, at);
            long end = at + SimulatedDevice.SECTOR;
            long next = at + Integer.BYTES;
            boolean whole =
                    MemorySegment.mismatch(all, at, end - Integer.BYTES, all, next, end) < 0;
            if (!whole || stamp != 0) {
                int sector = firstSector + (int) (at / SimulatedDevice.SECTOR);
                stamps.put(sector, whole ? stamp : GARBAGE);
            }
        }
    }
}
