package org.dbstore.tests.interop;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tests.support.Json;
import org.dbstore.tests.support.Programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One device, changed by the engine in this process or by {@code bin/dbsctl}, which needs it
 * closed.
 */
final class Administration implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path device;
    private final boolean byCommand;
    private Optional<BlockStore> open = Optional.empty();

    /** Makes the device. */
    Administration(Path device, long sizeBytes, boolean byCommand) throws BackendException {
        this.device = device;
        this.byCommand = byCommand;
        BlockStore.initialize(device, sizeBytes, false);
    }

    /** The store, open. */
    BlockStore store() throws BackendException {
        if (open.isEmpty()) {
            open = Optional.of(BlockStore.open(device, OpenOptions.DEFAULT));
        }
        return open.get();
    }

    /** An orderly end; whatever comes next opens it again. */
    @Override
    public void close() throws BackendException {
        if (open.isPresent()) {
            open.get().close();
            open = Optional.empty();
        }
    }

    void createVolume(String name, long sizeBytes) throws Exception {
        if (byCommand) {
            dbsctl("volume", "create", name, Long.toString(sizeBytes));
        } else {
            store().createVolume(name, sizeBytes);
        }
    }

    void renameVolume(String name, String newName) throws Exception {
        if (byCommand) {
            dbsctl("volume", "rename", name, newName);
        } else {
            store().renameVolume(name, newName);
        }
    }

    void deleteVolume(String name) throws Exception {
        if (byCommand) {
            dbsctl("volume", "delete", name, "--yes");
        } else {
            store().deleteVolume(name);
        }
    }

    /** Its id. */
    int createSnapshot(String volume) throws Exception {
        return byCommand
                ? Math.toIntExact(dbsctl("snapshot", "create", volume).get("id").number())
                : store().createSnapshot(volume);
    }

    void deleteSnapshot(int id) throws Exception {
        if (byCommand) {
            dbsctl("snapshot", "delete", Integer.toString(id), "--yes");
        } else {
            store().deleteSnapshot(id);
        }
    }

    void cloneSnapshot(String volume, int id, String newName) throws Exception {
        if (byCommand) {
            dbsctl("snapshot", "clone", volume + "@" + id, newName);
        } else {
            store().cloneSnapshot(id, newName, (done, total) -> {});
        }
    }

    private Json dbsctl(String... arguments) throws Exception {
        close();
        List<String> all =
                new ArrayList<>(List.of("--device", device.toString(), "--output", "json"));
        all.addAll(Arrays.asList(arguments));
        Path log = device.resolveSibling("dbsctl.log");
        Programs.Result result = Programs.run(LIMIT, log, "dbsctl", all.toArray(new String[0]));
        if (result.status() != 0) {
            throw new IOException("dbsctl " + all + " failed: " + result.output());
        }
        Json answer = Json.read(log);
        Files.delete(log);
        return answer;
    }
}
