package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Goal: a device is made and shown, and never overwritten unasked. */
class DeviceCommandsTest extends CommandTestBase {
    @Test
    void initMakesASparseFileOfTheSize() throws Exception {
        Path file = directory.resolve("new.dbs");
        assertEquals(
                "Made an empty store on " + file + System.lineSeparator(),
                dbsctl("device", "init", file.toString(), "--size", "1G"));
        assertEquals(1L << 30, Files.size(file));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        device = file;
        assertEquals(
                "0", Json.object(dbsctl("device", "info", "-o", "json")).get("volumeCount") + "");
    }

    @Test
    void initTakesTheDeviceByOptionButNotFromTheEnvironment() {
        Path file = directory.resolve("new.dbs");
        dbsctl("device", "init", "-d", file.toString(), "--size", "128M");
        assertTrue(Files.exists(file));
        assertEquals(
                "dbsctl: no device is named; write dbsctl device init PATH\n",
                failing(ExitCode.USAGE, "device", "init"));
        failing(ExitCode.USAGE, "device", "init", file.toString(), "-d", device.toString());
    }

    @Test
    void initOfANewFileNeedsASize() {
        Path file = directory.resolve("new.dbs");
        assertEquals(
                "dbsctl: " + file + " does not exist; say --size SIZE to create it\n",
                failing(ExitCode.USAGE, "device", "init", file.toString()));
        assertFalse(Files.exists(file));
    }

    @Test
    void initReplacesNothingUnasked() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        String before = deviceDigest();
        assertEquals(
                "dbsctl: all that is on "
                        + device
                        + " will be lost; nothing was changed; --yes does it\n",
                failing(ExitCode.EXISTS, "device", "init", device.toString()));
        assertEquals(
                ExitCode.FAILED.number(),
                run(new CapturedTerminal().answering("n"), "device", "init", device.toString()));
        assertEquals(
                ExitCode.FAILED.number(),
                run(new CapturedTerminal().answering(), "device", "init", device.toString()));
        assertEquals(before, deviceDigest());
    }

    @Test
    void initReplacesWhatTheOperatorGivesUp() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        var terminal = new CapturedTerminal().answering("y");
        assertEquals(0, run(terminal, "device", "init", device.toString()));
        assertEquals(
                "all that is on " + device + " will be lost. Go on? [y/N]\n",
                terminal.complained());
        assertEquals(List.of(), Json.objects(dbsctl("volume", "list", "-o", "json")));
        dbsctl("volume", "create", "v", "1M");
        dbsctl("device", "init", device.toString(), "--force");
        assertEquals(List.of(), Json.objects(dbsctl("volume", "list", "-o", "json")));
    }

    @Test
    void infoHasTheDocumentedFields() throws Exception {
        dbsctl("volume", "create", "v", "4M");
        write("v", 0, noise(1, 5000));
        var info = Json.object(dbsctl("device", "info", "-o", "json"));
        assertEquals(
                List.of(
                        "path",
                        "version",
                        "deviceId",
                        "sizeBytes",
                        "usedBytes",
                        "freeBytes",
                        "totalExtents",
                        "usedExtents",
                        "highWaterExtents",
                        "volumeCount",
                        "snapshotCount",
                        "findings",
                        "remarks"),
                List.copyOf(info.keySet()));
        assertEquals(device.toString(), info.get("path"));
        assertEquals(128L * MIB, info.get("sizeBytes"));
        assertEquals((long) MIB, info.get("usedBytes"));
        assertEquals(1L, info.get("usedExtents"));
        assertEquals(1L, info.get("volumeCount"));
        assertEquals(1L, info.get("snapshotCount"));
        assertEquals(List.of(), info.get("findings"));
    }

    @Test
    void infoShowsUnitsToPeopleAndBytesOnDemand() {
        assertTrue(dbsctl("device", "info").contains("SIZE          128 MiB\n"));
        assertTrue(dbsctl("device", "info", "-b").contains("SIZE          134217728\n"));
        assertTrue(dbsctl("device", "info", "-H").contains("\n128 MiB\n"));
    }

    @Test
    void queriesChangeNothing() throws Exception {
        dbsctl("volume", "create", "v", "1M");
        String before = deviceDigest();
        dbsctl("device", "info");
        dbsctl("volume", "list");
        dbsctl("volume", "info", "v");
        dbsctl("snapshot", "list");
        dbsctl("volume", "export", "v", directory.resolve("v.raw").toString());
        assertEquals(before, deviceDigest());
    }

    @Test
    void aDeviceInUseNamesItsHolder() throws Exception {
        String before = deviceDigest();
        try (BlockStore holder = BlockStore.open(device, OpenOptions.READ_ONLY)) {
            assertFalse(holder.isFailed());
            String pid = String.valueOf(ProcessHandle.current().pid());
            for (String[] command :
                    List.of(
                            new String[] {"device", "info"},
                            new String[] {"volume", "create", "v", "1M"},
                            new String[] {"device", "init", device.toString(), "--yes"})) {
                String complaint = failing(ExitCode.BUSY, command);
                assertTrue(complaint.contains(pid), complaint);
            }
        }
        assertEquals(before, deviceDigest());
    }

    @Test
    void whatIsNoStoreIsSaidToBeNone() throws Exception {
        Files.write(device, noise(7, 128 * MIB));
        String complaint = failing(ExitCode.DAMAGED, "device", "info");
        assertTrue(
                complaint.endsWith(
                        "; name another device, or make this one by 'dbsctl device init'\n"),
                complaint);
    }

    @Test
    void aDeviceThatIsMissingIsNotFound() {
        assertEquals(
                "dbsctl: none.dbs does not exist; name a device, or make one by 'dbsctl device"
                        + " init'\n",
                failing(ExitCode.NOT_FOUND, "device", "info", "-d", "none.dbs"));
        assertEquals(ExitCode.USAGE.number(), Dbsctl.run(new CapturedTerminal(), "device", "info"));
    }

    @Test
    void directInputAndOutputShowTheSame() {
        assertEquals(dbsctl("device", "info"), dbsctl("device", "info", "--direct"));
    }
}
