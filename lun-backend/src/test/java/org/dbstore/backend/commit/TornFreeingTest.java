package org.dbstore.backend.commit;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.Geometry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

/** Goal: a freeing of which only some sectors reached the medium hides nothing. */
class TornFreeingTest {
    private static final int SECTOR = 512;
    private static final int BLOCK = 4096;
    private static final int EXTENTS = 490;

    @ParameterizedTest
    @ValueSource(ints = {202, 229, 485})
    void anEntryAcrossTwoSectorsIsFreedWhollyOrNotAtAll(int extent) throws Exception {
        MemoryBlockDevice device = new MemoryBlockDevice("memory", 600 * MIB);
        BlockStore.initialize(device);
        ByteBuffer idSector = ByteBuffer.allocateDirect(SECTOR);
        long entry = Geometry.extentEntryOffset(extent);
        try (BlockStore store = Stores.openPlain(device)) {
            store.createVolume("v", EXTENTS * MIB);
            Volume v = store.openVolume("v");
            for (int position = 0; position < EXTENTS; position++) {
                Bytes.write(v, position * MIB, Bytes.random(BLOCK, position));
            }
            v.flush();
            device.read(entry / SECTOR * SECTOR, idSector);
            v.unmap(extent * MIB, MIB);
            v.flush();
        }
        device.write(entry / SECTOR * SECTOR, idSector.flip()); // as if it had stayed in the cache
        try (BlockStore store = Stores.openPlain(device)) {
            assertEquals(List.of(), store.findings());
            Volume v = store.openVolume("v");
            for (int position = 0; position < EXTENTS; position++) {
                if (position != extent) {
                    assertArrayEquals(
                            Bytes.random(BLOCK, position),
                            Bytes.read(v, position * MIB, BLOCK),
                            "position " + position);
                }
            }
        }
    }
}
