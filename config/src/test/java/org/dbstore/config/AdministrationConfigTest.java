package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.config.ScheduleConfig.VolumePattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of administration, logs, schedules, snapshot LUNs and limits. */
class AdministrationConfigTest {
    private static final String BASE =
            """
            devices: { main: { path: main.dbs, size: 10GiB, volumes: { vm1: 1GiB } } }
            portals: 127.0.0.1:3260
            """;

    @TempDir Path folder;

    @Test
    void withoutASectionTheServerIsAdministeredOnLoopback() throws Exception {
        DbsConfig config = read("");
        assertEquals(AdminConfig.DEFAULT, config.admin());
        assertEquals(LogConfig.DEFAULT, config.log());
        assertEquals(List.of(), config.schedules());
    }

    @Test
    void everyKeyOfAdministrationIsRead() throws Exception {
        file("server.pem", "rw-r--r--");
        file("server.key", "rw-------");
        file("token", "rw-------");
        DbsConfig config =
                read(
                        """
                        admin:
                          listen: 0.0.0.0:8443
                          certificate: server.pem
                          key: server.key
                          token-file: token
                          runtime-dir: run
                          metrics: open
                        log: { format: json, slow-commands: 500ms, audit-file: audit.log }
                        """);
        assertEquals(
                new AdminConfig(
                        Optional.of(new PortalConfig("0.0.0.0", 8443, 1)),
                        Optional.of(folder.resolve("run")),
                        Optional.of(folder.resolve("token")),
                        Optional.of(
                                new AdminConfig.Tls(
                                        folder.resolve("server.pem"),
                                        folder.resolve("server.key"))),
                        true),
                config.admin());
        assertEquals(
                new LogConfig(LogConfig.Format.JSON, 500, Optional.of(folder.resolve("audit.log"))),
                config.log());
    }

    @Test
    void theAdminApiCanBeTurnedOffOrTakeAnyFreePort() throws Exception {
        assertEquals(AdminConfig.OFF, read("admin: { listen: off }").admin());
        assertEquals(AdminConfig.DEFAULT, read("admin: { listen: \"127.0.0.1:0\" }").admin());
    }

    @Test
    void beyondLoopbackTheAdminApiNeedsTls() throws IOException {
        refused("admin: { listen: 0.0.0.0:8443 }", ":3: admin: listens beyond loopback");
        file("server.pem", "rw-r--r--");
        refused(
                "admin: { certificate: server.pem }",
                ":3: admin: certificate and key belong together");
    }

    @Test
    void aTokenThatOthersCanReadIsRefused() throws Exception {
        file("token", "rw-r--r--");
        refused("admin: { token-file: token }", ":3: admin.token-file: others may read");
        Path token = file("token", "rw-------");
        assertEquals(Optional.of(token), read("admin: { token-file: token }").admin().tokenFile());
    }

    @Test
    void aKeyThatOthersCanReadIsRefused() throws Exception {
        file("server.pem", "rw-r--r--");
        file("server.key", "rw-r--r--");
        refused(
                "admin: { listen: 0.0.0.0:8443, certificate: server.pem, key: server.key }",
                ":3: admin.key: others may read");
    }

    @Test
    void filesThatAreNotThereAreNamed() throws Exception {
        String text = "admin: { certificate: none.pem, key: none.key, token-file: none }";
        refused(text, ":3: admin.certificate: " + folder.resolve("none.pem") + " does not exist");
        refused(text, ":3: admin.key: " + folder.resolve("none.key") + " does not exist");
        refused(text, ":3: admin.token-file: " + folder.resolve("none") + " does not exist");
    }

    private Path file(String name, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "0".repeat(64));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aScheduleIsRead() throws Exception {
        DbsConfig config =
                read(
                        """
                        snapshot-schedules:
                          quarter: { every: 15m, keep: 8, volumes: main/vm1 }
                          night: { every: 1d, at: "02:30", keep: 14, prefix: daily, volumes: [ "main/vm*", main/db ] }
                        """);
        assertEquals(
                List.of(
                        new ScheduleConfig(
                                "quarter",
                                Duration.ofMinutes(15),
                                Optional.empty(),
                                8,
                                "quarter",
                                List.of(new VolumePattern("main", "vm1"))),
                        new ScheduleConfig(
                                "night",
                                Duration.ofDays(1),
                                Optional.of(LocalTime.of(2, 30)),
                                14,
                                "daily",
                                List.of(
                                        new VolumePattern("main", "vm*"),
                                        new VolumePattern("main", "db")))),
                config.schedules());
    }

    @Test
    void aScheduleThatCannotBeIsRefusedWithItsLine() throws IOException {
        refused(schedule("every: 30s, keep: 8, volumes: main/vm1"), "below a minute");
        refused(schedule("every: often, keep: 8, volumes: main/vm1"), "not a span of time");
        refused(schedule("every: 1h, at: \"02:30\", keep: 8, volumes: main/vm1"), "whole days");
        refused(schedule("every: 1h, keep: 0, volumes: main/vm1"), "1..10000");
        refused(schedule("every: 1h, keep: 1, volumes: mian/vm1"), "did you mean 'main'?");
        refused(schedule("every: 1h, keep: 1, volumes: vm1"), "not DEVICE/VOLUME");
        refused(schedule("every: 1h, volumes: main/vm1"), "keep: missing");
        refused(schedule("every: 1h, keep: 2"), "volumes: missing");
    }

    @Test
    void snapshotsAppearAsLunsWhereTheLunSaysSo() throws Exception {
        LunConfig all = lun("snapshots: auto");
        assertEquals(Optional.of(SnapshotLuns.AUTO), all.snapshots());
        LunConfig some = lun("snapshots: { luns: 100-109, names: \"daily-*\", newest: 5 }");
        assertEquals(Optional.of(new SnapshotLuns(100, 109, "daily-*", 5)), some.snapshots());
        SnapshotLuns range = some.snapshots().orElseThrow();
        assertTrue(range.shows("daily-20260131T0215Z"));
        assertFalse(range.shows("hourly-1"));
        assertTrue(range.contains(109));
        assertFalse(range.contains(110));
    }

    @Test
    void rangesOfSnapshotLunsMustBeFree() throws IOException {
        refused(target("snapshots: yes"), "is not auto");
        refused(target("snapshots: { luns: 9-3 }"), "no range");
        refused(target("snapshots: { luns: 100 }"), "not a range");
        refused(target("snapshots: { luns: 100-101, newest: 3 }"), "do not have a LUN each");
        refused(target("snapshots: { luns: 0-9 }"), "where LUN 1 is");
        refused(target("snapshot: 3, snapshots: auto"), "a snapshot has no snapshots");
        refused(
                BASE
                        + """
                        targets:
                          iqn.2026-01.org.dbstore:t:
                            luns:
                              1: { device: main, volume: vm1, snapshots: auto }
                              2: { device: main, volume: vm1, snapshots: { luns: 200-201 } }
                        """,
                "those of LUN 2 appear too");
    }

    @Test
    void limitsOfALunAndOfInitiatorsAreRead() throws Exception {
        assertEquals(
                new QosConfig(1000, 10_000_000, 5),
                lun("qos: { iops: 1000, bandwidth: 10MB, burst: 5 }").qos());
        assertEquals(QosConfig.UNLIMITED, lun("cache: writeback").qos());
        TargetConfig target =
                read("""
                initiator-groups: { lab: [ "iqn.2026-01.org.example:*" ] }
                targets:
                  iqn.2026-01.org.dbstore:t:
                    initiator-qos:
                      lab: { iops: 500 }
                      iqn.2026-01.org.other:*: { bandwidth: 1MiB }
                """)
                        .targets()
                        .getFirst();
        assertEquals(
                List.of(
                        new TargetAccess.InitiatorQos(
                                List.of("iqn.2026-01.org.example:*"), new QosConfig(500, 0, 1)),
                        new TargetAccess.InitiatorQos(
                                List.of("iqn.2026-01.org.other:*"), new QosConfig(0, 1 << 20, 1))),
                target.access().initiatorQos());
    }

    @Test
    void aLimitThatCannotBeIsRefused() throws IOException {
        refused(target("qos: { iops: 0 }"), "1..100000000");
        refused(target("qos: { bandwith: 1M }"), "did you mean 'bandwidth'?");
        refused(target("qos: { burst: 0 }"), "1..3600");
    }

    private static String schedule(String keys) {
        return "snapshot-schedules: { rule: { " + keys + " } }";
    }

    private static String target(String keys) {
        return """
        targets:
          iqn.2026-01.org.dbstore:t:
            luns: { 1: { device: main, volume: vm1, %s } }
        """
                .formatted(keys);
    }

    private LunConfig lun(String keys) throws Exception {
        return read(target(keys)).targets().getFirst().luns().getFirst();
    }

    private DbsConfig read(String text) throws IOException, ConfigException {
        Path file = folder.resolve("dbs.yaml");
        Files.writeString(file, text.startsWith(BASE) ? text : BASE + text);
        return ConfigReader.read(file, Map.of());
    }

    private void refused(String text, String words) throws IOException {
        ConfigException refused = assertThrows(ConfigException.class, () -> read(text));
        assertTrue(
                refused.problems().stream().anyMatch(problem -> problem.toString().contains(words)),
                refused.problems().toString());
    }
}
