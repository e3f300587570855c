package org.dbstore.backend.operation;

import static org.dbstore.backend.Stores.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Bytes;
import org.dbstore.backend.ProgressListener;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Stores;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.backend.device.MemoryBlockDevice;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A store with random operations, and beside it what its volumes and snapshots must show. */
final class TreeWorld implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int VOLUMES_MAX = 6;
    private static final int SNAPSHOTS_MAX = 16;
    private static final int MIB_MAX = 8;

    /** Blocks that are ever written: some of each extent. */
    private static final int[] IN_EXTENT = {0, 1, 100, 255};

    /** What one view shows. */
    private record Content(long sizeBytes, Map<Integer, Integer> stamps) {
        Content copy() {
            return new Content(sizeBytes, new HashMap<>(stamps));
        }

        Content resized(long bytes) {
            Map<Integer, Integer> kept = new HashMap<>(stamps);
            kept.keySet().removeIf(block -> (long) block * BLOCK >= bytes);
            return new Content(bytes, kept);
        }
    }

    private final MemoryBlockDevice device = new MemoryBlockDevice("tree", 400 * MIB);
    private final SplittableRandom random;
    private final Map<String, Content> volumes = new TreeMap<>();
    private final Map<Integer, Content> snapshots = new TreeMap<>();
    private final Map<Integer, String> owners = new TreeMap<>();
    private final Map<String, Volume> open = new HashMap<>();
    private BlockStore store;
    private int named;
    private int stamp;
    private int branches;

    TreeWorld(long seed) throws BackendException {
        random = new SplittableRandom(seed);
        BlockStore.initialize(device);
        store = Stores.open(device);
    }

    void step() throws BackendException {
        switch (random.nextInt(20)) {
            case 0 -> create();
            case 1, 2, 3 -> snapshot();
            case 4, 5 -> linkClone();
            case 6 -> fullClone();
            case 7, 8 -> rollback();
            case 9 -> resize();
            case 10 -> flatten();
            case 11, 12 -> deleteSnapshot();
            case 13 -> deleteVolume();
            case 14 -> openOrRelease();
            case 15 -> unmap();
            case 16 -> reopen();
            default -> write();
        }
    }

    int branchCount() {
        return branches;
    }

    private String pickVolume() {
        List<String> names = new ArrayList<>(volumes.keySet());
        return names.isEmpty() ? "" : names.get(random.nextInt(names.size()));
    }

    private int pickSnapshot() {
        List<Integer> ids = new ArrayList<>(owners.keySet());
        return ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
    }

    private Content content(String volume) {
        return Objects.requireNonNull(volumes.get(volume));
    }

    private Content frozen(int id) {
        return Objects.requireNonNull(snapshots.get(id));
    }

    private String owner(int id) {
        return Objects.requireNonNull(owners.get(id));
    }

    private void create() throws BackendException {
        if (volumes.size() < VOLUMES_MAX) {
            String name = "v" + named++;
            long size = (1 + random.nextInt(MIB_MAX)) * MIB;
            store.createVolume(name, size);
            volumes.put(name, new Content(size, new HashMap<>()));
        }
    }

    /** The live view, of whoever has it open already or for this use alone. */
    private interface Use {
        void with(Volume volume) throws BackendException;
    }

    private void use(String name, Use use) throws BackendException {
        Volume volume = store.openVolume(name);
        try {
            use.with(volume);
        } finally {
            store.release(volume);
        }
    }

    private void write() throws BackendException {
        String name = pickVolume();
        if (name.isEmpty()) {
            return;
        }
        Content content = content(name);
        use(
                name,
                volume -> {
                    for (int i = 0; i < 3; i++) {
                        int block = pickBlock(content);
                        int next = ++stamp;
                        Bytes.write(volume, (long) block * BLOCK, stamped(next));
                        content.stamps.put(block, next);
                    }
                });
    }

    private int pickBlock(Content content) {
        int extent = random.nextInt((int) (content.sizeBytes / MIB));
        return extent * 256 + IN_EXTENT[random.nextInt(IN_EXTENT.length)];
    }

    private void unmap() throws BackendException {
        String name = pickVolume();
        if (name.isEmpty()) {
            return;
        }
        Content content = content(name);
        int block = pickBlock(content);
        int first = random.nextBoolean() ? block : block / 256 * 256;
        int count = first == block ? 1 : 256;
        use(name, volume -> volume.unmap((long) first * BLOCK, (long) count * BLOCK));
        content.stamps.keySet().removeIf(at -> at >= first && at < first + count);
    }

    private void snapshot() throws BackendException {
        String name = pickVolume();
        if (!name.isEmpty() && owners.size() < SNAPSHOTS_MAX) {
            int id = store.createSnapshot(name);
            keep(id, name, content(name).copy());
        }
    }

    private void keep(int id, String owner, Content content) {
        snapshots.put(id, content);
        owners.put(id, owner);
    }

    private void linkClone() throws BackendException {
        int id = pickSnapshot();
        if (volumes.size() >= VOLUMES_MAX || id == 0) {
            return;
        }
        String name = "v" + named++;
        if (random.nextInt(4) == 0) {
            String source = pickVolume();
            int head = store.volume(source).headSnapshotId();
            store.linkClone(head, name);
            keep(head, source, content(source).copy());
            volumes.put(name, content(source).copy());
        } else {
            branches++;
            store.linkClone(id, name);
            volumes.put(name, frozen(id).copy());
        }
    }

    private void fullClone() throws BackendException {
        int id = pickSnapshot();
        if (volumes.size() < VOLUMES_MAX && id != 0) {
            String name = "v" + named++;
            store.cloneSnapshot(id, name, ProgressListener.NONE);
            volumes.put(name, frozen(id).copy());
        }
    }

    private void rollback() throws BackendException {
        int id = pickSnapshot();
        if (id == 0 || owners.size() >= SNAPSHOTS_MAX + 8) {
            return;
        }
        String name = owner(id);
        boolean discard = random.nextBoolean();
        branches++;
        int safety = store.rollback(name, id, discard).orElse(0);
        assertEquals(discard, safety == 0);
        if (!discard) {
            keep(safety, name, content(name).copy());
        }
        volumes.put(name, frozen(id).copy());
    }

    private void resize() throws BackendException {
        String name = pickVolume();
        if (name.isEmpty()) {
            return;
        }
        long size = (1 + random.nextInt(MIB_MAX)) * MIB;
        store.resizeVolume(name, size, Shrink.DISCARD);
        volumes.put(name, content(name).resized(size));
    }

    private void flatten() throws BackendException {
        String name = pickVolume();
        if (!name.isEmpty()) {
            store.flatten(name, ProgressListener.NONE);
        }
    }

    private void deleteSnapshot() throws BackendException {
        int id = pickSnapshot();
        if (id != 0) {
            store.deleteSnapshot(id);
            snapshots.remove(id);
            owners.remove(id);
        }
    }

    private void deleteVolume() throws BackendException {
        String name = pickVolume();
        if (name.isEmpty()) {
            return;
        }
        Volume opened = open.remove(name);
        if (opened != null) {
            store.release(opened);
        }
        store.deleteVolume(name);
        volumes.remove(name);
        for (int id : List.copyOf(owners.keySet())) {
            if (owner(id).equals(name)) {
                owners.remove(id);
                snapshots.remove(id);
            }
        }
    }

    private void openOrRelease() throws BackendException {
        String name = pickVolume();
        if (name.isEmpty()) {
            return;
        }
        Volume opened = open.remove(name);
        if (opened == null) {
            open.put(name, store.openVolume(name));
        } else {
            store.release(opened);
        }
    }

    void reopen() throws BackendException {
        open.clear();
        store.close();
        store = Stores.open(device);
        assertEquals(List.of(), store.findings());
    }

    void check() throws BackendException {
        assertEquals(
                List.copyOf(volumes.keySet()),
                store.volumes().stream().map(VolumeInfo::name).sorted().toList());
        for (Map.Entry<String, Content> volume : volumes.entrySet()) {
            String name = volume.getKey();
            use(name, view -> compare(name, volume.getValue(), view));
            assertEquals(
                    owners.keySet().stream().filter(id -> owner(id).equals(name)).toList(),
                    store.snapshots(name).stream()
                            .filter(snapshot -> !snapshot.head())
                            .map(SnapshotInfo::id)
                            .sorted()
                            .toList());
        }
        for (Map.Entry<Integer, Content> snapshot : snapshots.entrySet()) {
            Volume view = store.openSnapshot(snapshot.getKey());
            compare("snapshot " + snapshot.getKey(), snapshot.getValue(), view);
            store.release(view);
        }
    }

    private static void compare(String what, Content content, Volume view) throws BackendException {
        assertEquals(content.sizeBytes, view.sizeBytes(), what);
        ByteBuffer buffer = ByteBuffer.allocateDirect(4);
        for (int extent = 0; extent < content.sizeBytes / MIB; extent++) {
            for (int inExtent : IN_EXTENT) {
                int block = extent * 256 + inExtent;
                view.read((long) block * BLOCK + 2048, buffer.clear());
                int expected = content.stamps.getOrDefault(block, 0);
                assertEquals(expected, buffer.getInt(0), what + ", block " + block);
            }
        }
    }

    private static byte[] stamped(int stamp) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (block.hasRemaining()) {
            block.putInt(stamp);
        }
        return block.array();
    }

    /** Deletes volumes and snapshots in random order until nothing is left. */
    void deleteAll() throws BackendException {
        while (!volumes.isEmpty()) {
            if (random.nextBoolean()) {
                deleteSnapshot();
            } else {
                deleteVolume();
            }
            check();
        }
        store.close();
        store = Stores.open(device);
        assertEquals(List.of(), store.findings());
        assertEquals("1.0.0", store.info().version());
    }

    long usedExtents() {
        return store.info().usedExtents();
    }

    @Override
    public void close() throws BackendException {
        store.close();
    }
}
