package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.format.Superblock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: what is fuzzed is what the engine writes, and what it wrote. */
class SealsTest {
    private static final int IDENTITY_SEAL = 48;

    // Of Images.
    private static final int CLOSED = 0;
    private static final int CRASHED = 1;

    @ParameterizedTest
    @ValueSource(ints = {CLOSED, CRASHED})
    void theSealsAreThoseOfTheEngine(int number) {
        Images.Image image = Images.numbered(number);
        assertArrayEquals(contents(image.device()), contents(mend(image, Seals.Kind.PRESENT)));
    }

    @ParameterizedTest
    @ValueSource(ints = {CLOSED, CRASHED})
    void aDeviceWithFormerSealsIsTheSameDevice(int number) throws Exception {
        Images.Image image = Images.numbered(number);
        ImageDevice mended = mend(image, Seals.Kind.FORMER);
        assertNotEquals(
                image.device().get(0, Superblock.BYTES).getInt(IDENTITY_SEAL),
                mended.get(0, Superblock.BYTES).getInt(IDENTITY_SEAL));
        assertEquals(
                Superblock.read(image.device().get(0, Superblock.BYTES)),
                Superblock.read(mended.get(0, Superblock.BYTES)));
        try (BlockStore former = BlockStore.open(mended, OpenOptions.DEFAULT, Images.BOOT);
                BlockStore present =
                        BlockStore.open(
                                image.device().copy(Images.DEVICE_BYTES),
                                OpenOptions.DEFAULT,
                                Images.BOOT)) {
            assertEquals(present.volumes(), former.volumes());
        }
    }

    private static ImageDevice mend(Images.Image image, Seals.Kind kind) {
        ImageDevice device = image.device().copy(Images.DEVICE_BYTES);
        Seals.mend(device, image.reserved().orElseThrow(), kind);
        return device;
    }

    private static byte[] contents(ImageDevice device) {
        return device.bytes(0, (int) Images.DEVICE_BYTES);
    }
}
