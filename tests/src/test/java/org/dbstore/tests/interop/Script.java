package org.dbstore.tests.interop;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Volume;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A random life of a device, from its initialization to an orderly end, and what it then holds. */
final class Script {
    /** Seeds that are a multiple of this have their management done by {@code dbsctl}. */
    private static final int BY_COMMAND_ONE_IN = 20;

    private static final int OPERATIONS_MIN = 20;
    private static final int OPERATIONS_MAX = 120;
    private static final int COMMAND_OPERATIONS_MAX = 30;
    private static final long DEVICE_BYTES_MIN = 150L << 20;
    private static final int MIB = 1 << 20;
    private static final int VOLUME_MIB_MAX = 4;
    private static final int VOLUMES_MAX = 4;
    private static final int SNAPSHOTS_MAX = 5;
    private static final int LARGE_BYTES_MAX = 300_000;
    private static final int SMALL_BYTES_MAX = 10_000;
    private static final List<String> NAMES =
            List.of("a", "disk", "vm-1", "ein Datenträger", "磁盘", "x.y_z", "n".repeat(255));

    private final SplittableRandom random;
    private final boolean byCommand;
    private final Administration device;
    private final Map<String, ModelVolume> model = new TreeMap<>();
    private final List<String> log = new ArrayList<>();
    private int nameCount;

    /** Makes the device. */
    Script(Path path, long seed) throws Exception {
        random = new SplittableRandom(seed);
        byCommand = seed % BY_COMMAND_ONE_IN == 0;
        long bytes = DEVICE_BYTES_MIN + random.nextLong(32L * MIB) / 512 * 512;
        device = new Administration(path, bytes, byCommand);
    }

    /** Runs to its end; the device is closed then. */
    void run() throws Exception {
        int count =
                random.nextInt(OPERATIONS_MIN, byCommand ? COMMAND_OPERATIONS_MAX : OPERATIONS_MAX);
        try (device) {
            for (int i = 0; i < count; i++) {
                step();
            }
            device.store(); // at last by us, whatever was done
        }
    }

    /** What was done, for a report. */
    List<String> log() {
        return log;
    }

    /** What the device has to hold, by name of the volume. */
    Map<String, ModelVolume> model() {
        return model;
    }

    private void step() throws Exception {
        int dice = random.nextInt(100);
        if (model.isEmpty() || (dice < 6 && model.size() < VOLUMES_MAX)) {
            create();
            return;
        }
        String name = List.copyOf(model.keySet()).get(random.nextInt(model.size()));
        ModelVolume volume = Objects.requireNonNull(model.get(name));
        if (dice < 55) {
            write(name, volume);
        } else if (dice < 70) {
            unmap(name, volume);
        } else if (dice < 80 && volume.snapshots().size() < SNAPSHOTS_MAX) {
            int id = device.createSnapshot(name);
            log.add("snapshot " + name + " = " + id);
            volume.snapshots().put(id, volume.head().clone());
        } else if (dice < 88 && !volume.snapshots().isEmpty()) {
            int id = any(volume);
            log.add("delete snapshot " + id);
            device.deleteSnapshot(id);
            volume.snapshots().remove(id);
        } else if (dice < 92 && !volume.snapshots().isEmpty() && model.size() < VOLUMES_MAX) {
            cloneSnapshot(name, volume);
        } else if (dice < 95) {
            String newName = newName();
            log.add("rename " + name + " to " + newName);
            device.renameVolume(name, newName);
            model.remove(name);
            model.put(newName, volume);
        } else if (dice < 97 && model.size() > 1) {
            log.add("delete " + name);
            device.deleteVolume(name);
            model.remove(name);
        } else {
            log.add("close");
            device.close();
        }
    }

    private int any(ModelVolume volume) {
        List<Integer> ids = List.copyOf(volume.snapshots().keySet());
        return ids.get(random.nextInt(ids.size()));
    }

    private String newName() {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        if (!model.containsKey(name)) {
            return name;
        }
        String suffix = Integer.toString(++nameCount);
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return bytes.length + suffix.length() > 255 ? "o" + suffix : name + suffix;
    }

    private void create() throws Exception {
        String name = newName();
        int bytes = random.nextInt(1, VOLUME_MIB_MAX + 1) * MIB;
        log.add("create " + name + " " + bytes);
        device.createVolume(name, bytes);
        model.put(name, new ModelVolume(new byte[bytes]));
    }

    private void cloneSnapshot(String name, ModelVolume volume) throws Exception {
        int id = any(volume);
        String newName = newName();
        log.add("clone " + name + "@" + id + " to " + newName);
        device.cloneSnapshot(name, id, newName);
        byte[] contents = Objects.requireNonNull(volume.snapshots().get(id));
        model.put(newName, new ModelVolume(contents.clone()));
    }

    /** Any range, sometimes of blocks, sometimes of anything. */
    private int[] range(ModelVolume volume) {
        int size = volume.head().length;
        int unit = random.nextInt(3) == 0 ? 1 : 4096;
        int max = random.nextInt(4) == 0 ? LARGE_BYTES_MAX : SMALL_BYTES_MAX;
        int length = Math.min(size, unit * (1 + random.nextInt(Math.max(1, max / unit))));
        int offset = random.nextInt((size - length) / unit + 1) * unit;
        return new int[] {offset, length};
    }

    private void write(String name, ModelVolume volume) throws Exception {
        int[] range = range(volume);
        byte[] bytes = new byte[range[1]];
        random.nextBytes(bytes);
        log.add("write %s %d+%d".formatted(name, range[0], range[1]));
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        with(name, opened -> opened.write(range[0], data));
        volume.write(range[0], bytes);
    }

    private void unmap(String name, ModelVolume volume) throws Exception {
        boolean wide = random.nextInt(4) == 0;
        int[] range = wide ? new int[] {0, volume.head().length} : range(volume);
        if (random.nextBoolean()) {
            log.add("zero %s %d+%d".formatted(name, range[0], range[1]));
            with(name, opened -> opened.writeZeroes(range[0], range[1]));
            volume.zero(range[0], range[1]);
        } else {
            log.add("unmap %s %d+%d".formatted(name, range[0], range[1]));
            with(name, opened -> opened.unmap(range[0], range[1]));
            volume.unmap(range[0], range[1]);
        }
    }

    private interface Change {
        boolean run(Volume volume) throws Exception;
    }

    private void with(String name, Change change) throws Exception {
        BlockStore store = device.store();
        Volume volume = store.openVolume(name);
        try {
            change.run(volume);
            if (random.nextInt(4) == 0) {
                volume.flush();
            }
        } finally {
            store.release(volume);
        }
    }
}
