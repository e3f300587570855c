package org.dbstore.backend.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.device.MemoryBlockDevice;
import org.dbstore.backend.format.ExtentEntry;
import org.dbstore.backend.format.Geometry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Goal: what the original wrote reads bit-exactly, and opening it changes nothing of it. */
class GoldenImagesTest {
    private static final int BLOCK = Geometry.BLOCK_BYTES;

    /** Volumes above are compared by what is mapped only. */
    private static final long HASHED_BYTES_MAX = 2L << 30;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-empty",
                "02-one-volume",
                "03-volumes-names",
                "04-chain3",
                "05-clone",
                "06-delsnap-middle",
                "07-delvol-free",
                "08-unmap",
                "09-full",
                "10-meta-over-1MiB",
                "11-thin-1TiB",
                "12-high-ids",
                "14-max-volumes",
                "15-unaligned-size",
                "16-straddle-full-128MiB",
                "18-head-empty"
            })
    void everyVolumeAndSnapshotReadsAsTheOriginalReadsIt(String name) throws Exception {
        MemoryBlockDevice device = SparseImage.load(name);
        Json expected = Json.verify(name);
        byte[] superblock = bytes(device, 0, 24);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            assertEquals(List.of(), store.findings());
            compareDevice(expected.get("device"), store, device);
            List<VolumeInfo> volumes = store.volumes();
            List<Json> expectedVolumes = expected.get("volumes").list();
            assertEquals(expectedVolumes.size(), volumes.size());
            for (int i = 0; i < volumes.size(); i++) {
                compareVolume(expectedVolumes.get(i), store, volumes.get(i));
            }
        }
        assertEquals(
                HexFormat.of().formatHex(superblock),
                HexFormat.of().formatHex(bytes(device, 0, 24)),
                "superblock after close");
        compareTable(expected.get("device"), device);
    }

    private static void compareDevice(Json expected, BlockStore store, MemoryBlockDevice device)
            throws Exception {
        assertEquals(expected.get("deviceSize").number(), store.info().sizeBytes());
        assertEquals(
                expected.get("allocatedDeviceExtents").number(), store.info().highWaterExtents());
        assertEquals(expected.get("volumeCount").number(), store.info().volumeCount());
        Geometry geometry = new Geometry(device.sizeBytes());
        assertEquals(expected.get("totalDeviceExtents").number(), geometry.totalExtents());
        assertEquals(expected.get("dataOffset").number(), geometry.dataOffset());
        compareTable(expected, device);
    }

    private static void compareTable(Json expected, MemoryBlockDevice device) throws Exception {
        long count =
                Math.min(
                        expected.get("allocatedDeviceExtents").number(),
                        expected.get("totalDeviceExtents").number());
        byte[] table = bytes(device, Geometry.EXTENT_TABLE, (int) count * ExtentEntry.BYTES);
        assertEquals(expected.get("extentTableSha256").string(), hex(sha256().digest(table)));
    }

    private static void compareVolume(Json expected, BlockStore store, VolumeInfo info)
            throws Exception {
        assertEquals(expected.get("volumeName").string(), info.name());
        assertEquals(expected.get("volumeSize").number(), info.sizeBytes());
        assertEquals(expected.get("snapshotId").number(), info.headSnapshotId());
        assertEquals(expected.get("createdAt").number(), info.headCreatedAt().getEpochSecond());
        assertEquals(expected.get("snapshotCount").number(), info.snapshotCount());
        long mapped = expected.get("content").get("mappedBlocks").number();
        assertEquals(mapped * BLOCK, info.mappedBytes());

        String address = "#" + info.slot();
        List<SnapshotInfo> chain = store.snapshots(address);
        List<Json> expectedChain = expected.get("snapshots").list();
        assertEquals(expectedChain.size(), chain.size());
        for (int i = 0; i < chain.size(); i++) {
            SnapshotInfo layer = chain.get(i);
            Json expectedLayer = expectedChain.get(i);
            assertEquals(expectedLayer.get("snapshotId").number(), layer.id());
            assertEquals(expectedLayer.get("parentSnapshotId").number(), layer.parentId());
            assertEquals(
                    expectedLayer.get("createdAt").number(), layer.createdAt().getEpochSecond());
            assertEquals(i == 0, layer.head());
            Volume view = i == 0 ? store.openVolume(address) : store.openSnapshot(layer.id());
            compareContent(expectedLayer.get("content"), view);
            store.release(view);
        }
    }

    private static void compareContent(Json expected, Volume volume) throws Exception {
        if (expected.isNull()) {
            return; // the original was asked for a few of the many snapshots only
        }
        assertEquals(expected.get("size").number(), volume.sizeBytes());
        assertEquals(expected.get("mappedSha256").string(), mappedSha256(expected, volume));
        if (!expected.get("sha256").isNull() && volume.sizeBytes() <= HASHED_BYTES_MAX) {
            assertEquals(
                    expected.get("sha256").string(), rangeSha256(volume, 0, volume.sizeBytes()));
        }
        for (Json range : expected.get("ranges").list()) {
            long offset = range.list().get(0).number();
            long length = range.list().get(1).number();
            assertEquals(range.list().get(2).string(), rangeSha256(volume, offset, length));
        }
    }

    private static String mappedSha256(Json expected, Volume volume) throws Exception {
        MessageDigest digest = sha256();
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long count = 0;
        long offset = 0;
        while (offset < volume.sizeBytes()) {
            VolumeContents.Run run = volume.runAt(offset);
            assertTrue(run.lengthBytes() > 0 && run.lengthBytes() % BLOCK == 0);
            long end = offset + run.lengthBytes();
            while (run.mapped() && offset < end) {
                volume.read(offset, block.clear());
                digest.update(number.putLong(0, offset / BLOCK).clear());
                digest.update(block.flip());
                offset += BLOCK;
                count++;
            }
            offset = end;
        }
        assertEquals(expected.get("mappedBlocks").number(), count);
        return hex(digest.digest());
    }

    private static String rangeSha256(Volume volume, long offset, long length)
            throws BackendException, NoSuchAlgorithmException {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocateDirect(3 << 20); // windows that cross extents
        long at = offset;
        while (at < offset + length) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), offset + length - at));
            volume.read(at, buffer);
            at += buffer.position();
            digest.update(buffer.flip());
        }
        return hex(digest.digest());
    }

    private static byte[] bytes(MemoryBlockDevice device, long offset, int length)
            throws IOException {
        byte[] bytes = new byte[length];
        device.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static MessageDigest sha256() throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
