package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.LunConfig.CacheMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Goal: a configuration means what docs/config.md says. */
class ConfigReaderTest {
    @TempDir Path directory;

    @Test
    void softThresholdsArePercentages() throws Exception {
        var config =
                read(
                        """
                        devices:
                          main:
                            path: main.dbs
                            soft-threshold: 85
                            volume-soft-thresholds: { vm1: 70%, vm2: 100 }
                        portals: [ "127.0.0.1:3260" ]
                        """);
        assertEquals(
                new SoftThresholds(85, Map.of("vm1", 70, "vm2", 100)),
                config.devices().getFirst().thresholds());
    }

    @Test
    void everythingThatCanBeSaidIsRead() throws Exception {
        var config =
                read(
                        """
                        devices:
                          main: { path: store/main.dbs, size: 100GiB, io: direct, volumes: { vm1: 20GiB, yes: 1.5M } }
                          raw: { path: /dev/sdz }
                        portals:
                          - 0.0.0.0:3260
                          - { address: "[::1]:3261", group: 2 }
                        discovery: connected
                        initiator-groups:
                          lab: [ "iqn.1994-05.com.RedHat:*", iqn.1991-05.com.microsoft:host1 ]
                        targets:
                          iqn.2026-01.org.DBStore:vm1:
                            alias: "VM store"
                            initiators: [ lab, eui.02004567A425678D ]
                            portal-groups: [2, 1]
                            luns:
                              1: { device: main, volume: vm1, snapshot: nightly }
                              0: { device: main, volume: vm1, cache: writeback, block-size: 4096 }
                              7: { device: raw, volume: 0x10, read-only: true }
                          iqn.2026-01.org.dbstore:closed: {}
                          iqn.2026-01.org.dbstore:open: { initiators: any }
                        """);
        var lab = List.of("iqn.1994-05.com.redhat:*", "iqn.1991-05.com.microsoft:host1");
        assertEquals(
                new DbsConfig(
                        List.of(
                                new DeviceConfig(
                                        "main",
                                        directory.resolve("store/main.dbs"),
                                        true,
                                        100L << 30,
                                        List.of(
                                                new VolumeConfig("vm1", 20L << 30),
                                                new VolumeConfig("yes", 3 << 19))),
                                new DeviceConfig("raw", Path.of("/dev/sdz"), false, 0, List.of())),
                        List.of(
                                new PortalConfig("0.0.0.0", 3260, 1),
                                new PortalConfig("::1", 3261, 2)),
                        DbsConfig.Discovery.CONNECTED,
                        List.of(
                                new TargetConfig(
                                        "iqn.2026-01.org.dbstore:vm1",
                                        "VM store",
                                        List.of(2, 1),
                                        List.of(lab.get(0), lab.get(1), "eui.02004567a425678d"),
                                        List.of(
                                                lun(
                                                        0,
                                                        "main",
                                                        "vm1",
                                                        "",
                                                        false,
                                                        CacheMode.WRITEBACK,
                                                        4096),
                                                lun(
                                                        1,
                                                        "main",
                                                        "vm1",
                                                        "nightly",
                                                        true,
                                                        CacheMode.WRITETHROUGH,
                                                        512),
                                                lun(
                                                        7,
                                                        "raw",
                                                        "0x10",
                                                        "",
                                                        true,
                                                        CacheMode.WRITETHROUGH,
                                                        512))),
                                new TargetConfig(
                                        "iqn.2026-01.org.dbstore:closed",
                                        "",
                                        List.of(),
                                        List.of(),
                                        List.of()),
                                new TargetConfig(
                                        "iqn.2026-01.org.dbstore:open",
                                        "",
                                        List.of(),
                                        List.of("*"),
                                        List.of()))),
                config);
    }

    @Test
    void whatIsLeftOutHasItsDefault() throws Exception {
        var config = read("portals: 127.0.0.1");
        assertEquals(
                new DbsConfig(
                        List.of(),
                        List.of(new PortalConfig("127.0.0.1", 3260, 1)),
                        DbsConfig.Discovery.ALL,
                        List.of()),
                config);
    }

    @Test
    void filesBesideItAddToItKeyByKey() throws Exception {
        Path parts = Files.createDirectory(directory.resolve("conf.d"));
        Files.writeString(
                parts.resolve("vm2.yaml"),
                """
                devices: { main: { volumes: { vm2: 2G } } }
                targets:
                  iqn.2026-01.org.dbstore:vm2: { luns: { 0: { device: main, volume: vm2 } } }
                """);
        Files.writeString(parts.resolve("README"), "not a configuration: [");
        Files.writeString(parts.resolve("empty.yaml"), "# nothing yet\n");
        var config =
                read(
                        """
                        devices: { main: { path: main.dbs, volumes: { vm1: 1G } } }
                        portals: [ 127.0.0.1:3260 ]
                        """);
        assertEquals(
                List.of(new VolumeConfig("vm1", 1L << 30), new VolumeConfig("vm2", 2L << 30)),
                config.devices().getFirst().volumes());
        assertEquals("vm2", config.targets().getFirst().luns().getFirst().volume());
    }

    @Test
    void theBuiltInConfigurationServesADemoOnLoopback() {
        Path data = directory.resolve("it's: data");
        assertEquals(
                new DbsConfig(
                        List.of(
                                new DeviceConfig(
                                        "demo",
                                        data.resolve("demo.dbs"),
                                        false,
                                        10L << 30,
                                        List.of(new VolumeConfig("demo", 1L << 30)))),
                        List.of(
                                new PortalConfig("127.0.0.1", 3260, 1),
                                new PortalConfig("127.0.0.3", 3260, 1)),
                        DbsConfig.Discovery.CONNECTED,
                        List.of(
                                new TargetConfig(
                                        "iqn.2026-01.org.dbstore:demo",
                                        "Demo",
                                        List.of(),
                                        List.of("*"),
                                        List.of(
                                                lun(
                                                        1,
                                                        "demo",
                                                        "demo",
                                                        "",
                                                        false,
                                                        CacheMode.WRITETHROUGH,
                                                        512))))),
                ConfigReader.embeddedDefault(data));
    }

    @Test
    void theBuiltInConfigurationCanBeCopiedAnywhere() throws Exception {
        Path data = directory.resolve("data");
        assertEquals(ConfigReader.embeddedDefault(data), read(ConfigReader.defaultText(data)));
    }

    private DbsConfig read(String text) throws IOException, ConfigException {
        Path file = directory.resolve("dbs.yaml");
        Files.writeString(file, text);
        return ConfigReader.read(file);
    }

    private static LunConfig lun(
            int number,
            String device,
            String volume,
            String snapshot,
            boolean readOnly,
            CacheMode cache,
            int blockBytes) {
        return new LunConfig(number, device, volume, snapshot, readOnly, cache, blockBytes, 4096);
    }
}
