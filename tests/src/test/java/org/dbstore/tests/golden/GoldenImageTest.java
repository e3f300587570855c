package org.dbstore.tests.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.tests.support.Cdb;
import org.dbstore.tests.support.Json;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.Repository;
import org.dbstore.tests.support.Requirements;
import org.dbstore.tests.support.ScsiAnswer;
import org.dbstore.tests.support.SparseImage;
import org.dbstore.tests.support.TestServer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Goal: devices that the original wrote show the same volumes and snapshots over iSCSI, and are
 * left as they were by a server that wrote nothing.
 */
class GoldenImageTest {
    private static final String TARGET = "iqn.2026-01.org.dbstore.tests:golden";

    /** Volumes up to this size are hashed as a whole, of larger ones the runs of mapped blocks. */
    private static final long WHOLE_BYTES_MAX = 256 << 20;

    private static final String PACKED = ".img.sparse.gz";
    private static final Pattern ODD_NAME = Pattern.compile("[\\p{Cntrl}/@]");
    private static final int VOLUMES_MAX = 256;
    private static final int VOLUME_TABLE_OFFSET = 4096;
    private static final int VOLUME_ENTRY_BYTES = 266;

    private static final int READ_BYTES = 1 << 20;

    @TempDir Path folder;

    /**
     * A frozen view and where it is to be found.
     *
     * @param lun what shows it
     * @param content the original's hashes of it
     */
    private record View(LunConfig lun, Json content) {}

    @TestFactory
    List<DynamicTest> imagesReadRightOverIscsi() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Repository.goldenImages())) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(PACKED))
                    .map(file -> file.substring(0, file.length() - PACKED.length()))
                    .sorted()
                    .forEach(name -> tests.add(dynamicTest(name, () -> readsRight(name))));
        }
        assertTrue(tests.size() >= 15, "images: " + tests.size());
        return tests;
    }

    private void readsRight(String name) throws Exception {
        Path device = folder.resolve(name + ".img");
        Path golden = Repository.goldenImages();
        SparseImage.expand(golden.resolve(name + PACKED), device);
        Json verified = Json.read(golden.resolve(name + ".verify.json"));
        List<View> views = views(verified.get("volumes"), usedSlots(device));

        List<LunConfig> luns = views.stream().map(View::lun).toList();
        DeviceConfig config = new DeviceConfig("main", device, false, 0, List.of());
        try (TestServer server =
                TestServer.start(config, List.of(TestServer.target(TARGET, luns)))) {
            if (!views.isEmpty()) {
                try (RawInitiator session = RawInitiator.loggedIn(server.address(), TARGET)) {
                    for (View view : views) {
                        assertShows(session, view);
                    }
                }
            }
        }
        assertUnchanged(name, device);
        Files.delete(device);
    }

    /** Each head and each snapshot as a LUN. */
    private static List<View> views(Json volumes, List<Integer> slots) {
        List<View> views = new ArrayList<>();
        if (volumes.isNull()) {
            return views;
        }
        int index = 0;
        for (Json volume : volumes.elements()) {
            String address = address(volume.get("volumeName").text(), slots.get(index++));
            long head = volume.get("snapshotId").number();
            for (Json snapshot : volume.get("snapshots").elements()) {
                long id = snapshot.get("snapshotId").number();
                int snapshotId = id == head ? 0 : (int) id;
                views.add(
                        new View(
                                TestServer.lun(views.size(), address, snapshotId, id != head, 512),
                                snapshot.get("content")));
            }
        }
        return views;
    }

    /** How a volume is named in a configuration: odd names only by their slot. */
    private static String address(String name, int slot) {
        return ODD_NAME.matcher(name).find() || name.isEmpty() ? "#" + slot : name;
    }

    /** Slots of the volume table that hold a volume, from the image itself. */
    private static List<Integer> usedSlots(Path device) throws IOException {
        List<Integer> slots = new ArrayList<>();
        try (RandomAccessFile image = new RandomAccessFile(device.toFile(), "r")) {
            byte[] entry = new byte[VOLUME_ENTRY_BYTES];
            for (int slot = 0; slot < VOLUMES_MAX; slot++) {
                image.seek(VOLUME_TABLE_OFFSET + (long) slot * VOLUME_ENTRY_BYTES);
                image.readFully(entry);
                // The head's snapshot id, little-endian; 0 = no volume.
                if ((entry[0] | entry[1]) != 0) {
                    slots.add(slot);
                }
            }
        }
        return slots;
    }

    private static void assertShows(RawInitiator session, View view) throws Exception {
        int lun = view.lun().number();
        session.read(lun, Cdb.testUnitReady(), 0);
        long bytes = view.content().get("size").number();
        if (bytes <= WHOLE_BYTES_MAX && !view.content().get("sha256").isNull()) {
            assertEquals(
                    view.content().get("sha256").text(),
                    hash(session, lun, 0, bytes),
                    view.lun().toString());
        }
        for (Json range : view.content().get("ranges").elements()) {
            List<Json> parts = range.elements();
            assertEquals(
                    parts.get(2).text(),
                    hash(session, lun, parts.get(0).number(), parts.get(1).number()),
                    () -> view.lun() + ", range " + range);
        }
    }

    private static String hash(RawInitiator session, int lun, long offset, long bytes)
            throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (long done = 0; done < bytes; ) {
            int part = (int) Math.min(READ_BYTES, bytes - done);
            ScsiAnswer answer =
                    session.read(lun, Cdb.read16((offset + done) / 512, part / 512), part);
            assertEquals("GOOD", answer.outcome());
            digest.update(answer.data());
            done += part;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The independent reader still finds what the original reported. */
    private void assertUnchanged(String name, Path device)
            throws IOException, InterruptedException {
        Requirements.programs("python3");
        Path manifest = folder.resolve("manifest.json");
        Files.writeString(
                manifest,
                """
                {"images": [{"name": "%s", "file": "%s", "verify": "%s"}]}
                """
                        .formatted(
                                name,
                                device,
                                Repository.goldenImages().resolve(name + ".verify.json")));
        Process reader =
                new ProcessBuilder(
                                "python3",
                                Repository.root().resolve("tests/golden/dbsread.py").toString(),
                                "--check",
                                manifest.toString())
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, reader.waitFor(), said);
        assertEquals(name + " SAME", said);
    }
}
