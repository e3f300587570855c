package org.dbstore.tests.interop;

import org.dbstore.tests.support.Json;
import org.dbstore.tests.support.Repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Compares a closed device with what it has to hold, as {@code dbsread.py} reads it. */
final class IndependentReader {
    private static final long LIMIT_SECONDS = 120;

    private IndependentReader() {}

    /** What differs: volumes, sizes, snapshots, or the contents of any of them. */
    static List<String> differences(Path device, Map<String, ModelVolume> expected)
            throws IOException, InterruptedException {
        Map<String, Json> found = new TreeMap<>();
        for (Json volume : read(device).get("volumes").elements()) {
            found.put(volume.get("volumeName").text(), volume);
        }
        List<String> different = new ArrayList<>();
        if (!found.keySet().equals(new TreeSet<>(expected.keySet()))) {
            different.add("volumes " + found.keySet() + ", not " + expected.keySet());
            return different;
        }
        found.forEach((name, volume) ->
                compare(name, volume, Objects.requireNonNull(expected.get(name)), different));
        return different;
    }

    private static void compare(
            String name, Json volume, ModelVolume expected, List<String> different) {
        long size = volume.get("volumeSize").number();
        if (size != expected.head().length) {
            different.add("%s: %d bytes, not %d".formatted(name, size, expected.head().length));
        }
        long head = volume.get("snapshotId").number();
        Map<Integer, String> hashes = new TreeMap<>();
        for (Json snapshot : volume.get("snapshots").elements()) {
            long id = snapshot.get("snapshotId").number();
            String hash = snapshot.get("content").get("sha256").text();
            if (id != head) {
                hashes.put(Math.toIntExact(id), hash);
            } else if (!hash.equals(hash(expected.head()))) {
                different.add(name + ": contents");
            }
        }
        if (!hashes.keySet().equals(expected.snapshots().keySet())) {
            different.add(
                    "%s: snapshots %s, not %s"
                            .formatted(name, hashes.keySet(), expected.snapshots().keySet()));
            return;
        }
        expected.snapshots()
                .forEach((id, contents) -> {
                    if (!hash(contents).equals(hashes.get(id))) {
                        different.add(name + "@" + id + ": contents");
                    }
                });
    }

    private static Json read(Path device) throws IOException, InterruptedException {
        Path output = device.resolveSibling("read.json");
        Path errors = device.resolveSibling("read.log");
        Process python =
                new ProcessBuilder(
                                "python3",
                                Repository.root().resolve("tests/golden/dbsread.py").toString(),
                                device.toString())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
        if (!python.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || python.exitValue() != 0) {
            python.destroyForcibly();
            throw new AssertionError("the reader refuses it: " + Files.readString(errors));
        }
        return Json.read(output);
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
