package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Goal: no record can hold what the server could not serve. */
class ConfigRecordsTest {
    private static final String TARGET = "iqn.2026-01.org.dbstore:t";

    @Test
    void aLunChecksItsNumbers() {
        assertEquals(255, lun(255, "", 512).number());
        refused(() -> lun(256, "", 512));
        refused(() -> lun(-1, "", 512));
        refused(() -> lun(0, "", 1024));
    }

    @Test
    void aSnapshotIsReadOnly() {
        assertTrue(lun(0, "1", 512).readOnly());
    }

    @Test
    void aVolumeHasANameAndASize() {
        assertEquals("ä".repeat(127) + "x", new VolumeConfig("ä".repeat(127) + "x", 1).name());
        refused(() -> new VolumeConfig("ä".repeat(128), 1));
        refused(() -> new VolumeConfig("", 1));
        refused(() -> new VolumeConfig("a/b", 1));
        refused(() -> new VolumeConfig("a@1", 1));
        refused(() -> new VolumeConfig("a\u0007", 1));
        refused(() -> new VolumeConfig("a", 0));
    }

    @Test
    void aDeviceNamesItsVolumesOnce() {
        var volume = new VolumeConfig("v", 1);
        refused(() -> new DeviceConfig("d", Path.of("d"), false, 0, List.of(volume, volume)));
        refused(() -> new DeviceConfig("d", Path.of("d"), false, -1, List.of(volume)));
        refused(() -> new SoftThresholds(101, Map.of()));
        refused(() -> new SoftThresholds(0, Map.of("v", 0)));
        refused(() -> new DeviceConfig("a b", Path.of("d"), false, 0, List.of(volume)));
    }

    @Test
    void aTargetHasItsLunsInOrder() {
        refused(() -> target(List.of(lun(1, "", 512), lun(0, "", 512))));
        refused(() -> target(List.of(lun(1, "", 512), lun(1, "", 512))));
        assertEquals(2, target(List.of(lun(0, "", 512), lun(1, "", 512))).luns().size());
    }

    @Test
    void aConfigurationHasAPortalAndKnownDevices() {
        var portals = List.of(new PortalConfig("127.0.0.1", 0, 1));
        var devices = List.of(new DeviceConfig("d", Path.of("d"), false, 0, List.of()));
        var targets = List.of(target(List.of(lun(0, "", 512))));
        var all = DbsConfig.Discovery.ALL;
        assertEquals(1, new DbsConfig(devices, portals, all, targets).targets().size());
        refused(() -> new DbsConfig(devices, List.of(), all, targets));
        refused(() -> new DbsConfig(List.of(), portals, all, targets));
        refused(() ->
                new DbsConfig(
                        devices, portals, all, List.of(targets.getFirst(), targets.getFirst())));
    }

    private static LunConfig lun(int number, String snapshot, int blockBytes) {
        return new LunConfig(
                number,
                "d",
                "v",
                snapshot,
                false,
                LunConfig.CacheMode.WRITETHROUGH,
                blockBytes,
                4096);
    }

    private static TargetConfig target(List<LunConfig> luns) {
        return new TargetConfig(TARGET, "", List.of(), List.of("*"), luns);
    }

    private static void refused(Executable construction) {
        assertThrows(IllegalArgumentException.class, construction);
    }
}
