package org.dbstore.backend.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: every offset is where the original puts it, and no usable extent leaves the device. */
class GeometryTest {
    @ParameterizedTest
    @CsvSource({
        "104857600, 1, 99, 99, 8308",
        "134217728, 1, 127, 127, 8280",
        "1073741824, 1, 1023, 1023, 7384",
        "8804682957, 1, 8396, 8395, 11",
        "8816427008, 1, 8407, 8407, 0",
        "8817475584, 2, 8408, 8407, 27593",
        "8912896000, 2, 8499, 8498, 27502",
        "10737418240, 2, 10239, 10238, 25762",
        "10000000000, 2, 9536, 9534, 26465",
        "107374182400, 5, 102396, 102395, 16388",
        "1099511627776, 39, 1048538, 1048537, 8445",
        "4398046511104, 153, 4194152, 4194151, 8559",
        "109951162777600, 3801, 104853800, 104853799, 12207"
    })
    void numbersAreThoseOfTheOriginal(
            long deviceBytes, long dataMib, long total, int usable, long spare) {
        Geometry geometry = new Geometry(deviceBytes);
        assertEquals(dataMib << 20, geometry.dataOffset());
        assertEquals(total, geometry.totalExtents());
        assertEquals(usable, geometry.usableExtents());
        assertEquals(total + spare, geometry.tableCapacity());
    }

    @Test
    void noUsableExtentReachesBeyondTheDevice() {
        for (long size = Geometry.DEVICE_BYTES_MIN; size < 1L << 37; size += 77_777_777) {
            Geometry geometry = new Geometry(size);
            assertTrue(geometry.extentOffset(geometry.usableExtents()) <= size, "size " + size);
            assertTrue(geometry.usableExtents() <= geometry.totalExtents());
            assertTrue(geometry.totalExtents() - geometry.usableExtents() <= 2, "size " + size);
        }
    }

    @Test
    void entriesAreWhereTheDescriptionHasThem() {
        assertEquals(4096 + 266 * 255, Geometry.volumeEntryOffset(255));
        assertEquals(72192, Geometry.snapshotEntryOffset(1));
        assertEquals(727532, Geometry.snapshotEntryOffset(65535));
        assertEquals(733154, Geometry.extentEntryOffset(107));
    }

    @Test
    void idsNeverStraddleASector() {
        for (int extent = 0; extent < 100_000; extent++) {
            assertTrue(Geometry.extentEntryOffset(extent) % 512 <= 510);
        }
        for (int slot = 0; slot < 256; slot++) {
            assertTrue(Geometry.volumeEntryOffset(slot) % 512 <= 510);
        }
    }
}
