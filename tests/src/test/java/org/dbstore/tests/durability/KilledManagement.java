package org.dbstore.tests.durability;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.tests.support.Repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs {@code dbsctl} while no server does, kills it at any moment, and knows what has to be there
 * afterwards: what it was told to do is done or not begun, and all else is as it was.
 */
final class KilledManagement {
    private static final int SNAPSHOTS_MAX = 4;
    private static final int CLONES_MAX = 2;
    private static final int FIRST_SNAPSHOT_LUN = 10;
    private static final int FIRST_CLONE_LUN = 100;
    private static final int DONE = 0;
    private static final long LIMIT_SECONDS = 120;

    /** How long after the first change of the device the kill comes, at most. */
    private static final int WORK_MILLIS_MAX = 12;

    /** Longer than most runs. */
    private static final int RUN_MILLIS_MAX = 900;

    private static final long POLL_NANOS = 200_000;

    /** A frozen view: what it shows is empty until the server has shown its source. */
    private static final class View {
        final int volume;
        long[] stamps = {};

        View(int volume) {
            this.volume = volume;
        }

        boolean isUnread() {
            return stamps.length == 0;
        }
    }

    private final Path device;
    private final List<String> volumes;
    private final SplittableRandom random;
    private final TreeMap<Integer, View> snapshots = new TreeMap<>();
    private final TreeMap<String, View> clones = new TreeMap<>();
    private int cloneNumber;
    private int kills;

    KilledManagement(Path device, List<String> volumes, SplittableRandom random) {
        this.device = device;
        this.volumes = volumes;
        this.random = random;
    }

    int kills() {
        return kills;
    }

    /** Units that show the snapshots and the clones, as YAML. */
    List<String> luns() {
        List<String> luns = new ArrayList<>();
        int number = FIRST_SNAPSHOT_LUN;
        for (Map.Entry<Integer, View> entry : snapshots.entrySet()) {
            luns.add(
                    "%d: { device: main, volume: %s, snapshot: %d }"
                            .formatted(
                                    number++,
                                    volumes.get(entry.getValue().volume),
                                    entry.getKey()));
        }
        number = FIRST_CLONE_LUN;
        for (String clone : clones.keySet()) {
            luns.add(
                    "%d: { device: main, volume: %s, read-only: true }".formatted(number++, clone));
        }
        return luns;
    }

    /** What is wrong in the units of {@link #luns}; {@code current} is what the volumes hold. */
    List<String> check(Contents.Reader reader, List<long[]> current) throws IOException {
        List<String> wrong = new ArrayList<>();
        int lun = FIRST_SNAPSHOT_LUN;
        for (Map.Entry<Integer, View> entry : snapshots.entrySet()) {
            wrong.addAll(
                    check("snapshot " + entry.getKey(), lun++, entry.getValue(), reader, current));
        }
        lun = FIRST_CLONE_LUN;
        for (Map.Entry<String, View> entry : clones.entrySet()) {
            wrong.addAll(check(entry.getKey(), lun++, entry.getValue(), reader, current));
        }
        return wrong;
    }

    private static List<String> check(
            String name, int lun, View view, Contents.Reader reader, List<long[]> current)
            throws IOException {
        if (view.isUnread()) {
            // Nothing was written since: what the volume shows, the view has to show.
            view.stamps = current.get(view.volume).clone();
        }
        List<String> wrong = new ArrayList<>();
        long[] found = reader.stamps(lun, view.stamps.length);
        for (int sector = 0; sector < found.length; sector++) {
            if (found[sector] != view.stamps[sector]) {
                wrong.add(
                        "%s, sector %d holds %d, not %d"
                                .formatted(name, sector, found[sector], view.stamps[sector]));
            }
        }
        return wrong;
    }

    /** One command, probably killed. */
    void act() throws IOException, InterruptedException, BackendException {
        int volume = random.nextInt(volumes.size());
        List<Integer> own =
                snapshots.entrySet().stream()
                        .filter(entry -> entry.getValue().volume == volume)
                        .map(Map.Entry::getKey)
                        .toList();
        List<Integer> read = own.stream().filter(id -> !snapshot(id).isUnread()).toList();
        int dice = random.nextInt(10);
        if (own.isEmpty() || (dice < 4 && own.size() < SNAPSHOTS_MAX)) {
            createSnapshot(volume);
        } else if (dice < 8 || read.isEmpty()) {
            deleteSnapshot(own.get(random.nextInt(own.size())));
        } else if (clones.size() < CLONES_MAX) {
            cloneSnapshot(read.get(random.nextInt(read.size())));
        } else {
            deleteClone(clones.firstKey());
        }
    }

    private View snapshot(int id) {
        return Objects.requireNonNull(snapshots.get(id));
    }

    private void createSnapshot(int volume)
            throws IOException, InterruptedException, BackendException {
        boolean done = dbsctl("snapshot", "create", volumes.get(volume));
        Set<Integer> now = present().snapshots();
        Set<Integer> fresh = new TreeSet<>(now);
        fresh.removeAll(snapshots.keySet());
        require(now.containsAll(snapshots.keySet()), "snapshots lost: have " + now);
        require(fresh.size() <= 1 && (!done || fresh.size() == 1), "new snapshots: " + fresh);
        fresh.forEach(id -> snapshots.put(id, new View(volume)));
    }

    private void deleteSnapshot(int id) throws IOException, InterruptedException, BackendException {
        boolean done = dbsctl("snapshot", "delete", Integer.toString(id), "--yes");
        Set<Integer> now = present().snapshots();
        Set<Integer> others = new TreeSet<>(snapshots.keySet());
        others.remove(id);
        boolean gone = now.equals(others);
        require(gone || (!done && now.equals(snapshots.keySet())), "snapshots now: " + now);
        if (gone) {
            snapshots.remove(id);
        }
    }

    private void cloneSnapshot(int id) throws IOException, InterruptedException, BackendException {
        View source = snapshot(id);
        String name = "clone" + ++cloneNumber;
        boolean done = dbsctl("snapshot", "clone", volumes.get(source.volume) + "@" + id, name);
        boolean there = present().volumes().contains(name);
        require(there || !done, "the clone is missing");
        if (there) {
            View clone = new View(source.volume);
            clone.stamps = source.stamps;
            clones.put(name, clone);
        }
    }

    private void deleteClone(String name)
            throws IOException, InterruptedException, BackendException {
        boolean done = dbsctl("volume", "delete", name, "--yes");
        boolean there = present().volumes().contains(name);
        require(!there || !done, "the deleted clone is there");
        if (!there) {
            clones.remove(name);
        }
    }

    /**
     * What the device has after recovery.
     *
     * @param volumes by name
     * @param snapshots ids of those of the volumes under load
     */
    private record Present(Set<String> volumes, Set<Integer> snapshots) {}

    private Present present() throws BackendException {
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            Set<String> names =
                    store.volumes().stream().map(VolumeInfo::name).collect(Collectors.toSet());
            require(names.containsAll(volumes), "volumes lost: have " + names);
            Set<Integer> ids = new TreeSet<>();
            for (String volume : volumes) {
                for (SnapshotInfo snapshot : store.snapshots(volume)) {
                    if (!snapshot.head()) {
                        ids.add(snapshot.id());
                    }
                }
            }
            return new Present(names, ids);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError("after a kill of dbsctl: " + message);
        }
    }

    /** Runs a command; false if it was killed before its end. */
    private boolean dbsctl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Repository.root().resolve("bin/dbsctl").toString());
        command.addAll(List.of("--device", device.toString()));
        command.addAll(List.of(arguments));
        Path log = device.resolveSibling("dbsctl.log");
        FileTime before = Files.getLastModifiedTime(device);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int dice = random.nextInt(4);
        boolean ended =
                switch (dice) {
                    case 0 -> process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
                    case 1 ->
                            process.waitFor(random.nextInt(RUN_MILLIS_MAX), TimeUnit.MILLISECONDS);
                    default -> {
                        awaitChange(process, before);
                        long micros = random.nextInt(WORK_MILLIS_MAX * 1000);
                        yield process.waitFor(micros, TimeUnit.MICROSECONDS);
                    }
                };
        if (!ended) {
            process.destroyForcibly().waitFor();
            kills++;
            return false;
        }
        if (process.exitValue() != DONE) {
            throw new AssertionError(command + " failed:\n" + Files.readString(log));
        }
        return true;
    }

    private void awaitChange(Process process, FileTime before) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (process.isAlive()
                && System.nanoTime() < end
                && Files.getLastModifiedTime(device).equals(before)) {
            java.util.concurrent.locks.LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
