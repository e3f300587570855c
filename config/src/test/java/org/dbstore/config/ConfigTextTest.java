package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.dbstore.config.LunConfig.CacheMode;
import org.dbstore.config.ScheduleConfig.VolumePattern;
import org.dbstore.config.Secret.Reference;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.InitiatorQos;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetAccess.Redirect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Goal: what is written of a configuration reads back equal. */
class ConfigTextTest {
    private static final int CONFIGURATIONS = 500;
    private static final List<String> ODD_NAMES =
            List.of("vm1", "yes", "010", "0x1F", "a b", "ä€", "x: y", "#1", "*", "'", "null", "~");

    @TempDir Path folder;

    /** Secrets of the environment. */
    private final Map<String, String> variables = new TreeMap<>();

    @Test
    void theBuiltInConfigurationReadsBackEqual() throws Exception {
        DbsConfig config = ConfigReader.embeddedDefault(folder);
        assertEquals(config, readBack(config), () -> ConfigText.of(config));
    }

    @Test
    void anyConfigurationReadsBackEqual() throws Exception {
        for (String file : List.of("token", "c.pem", "k.pem")) {
            Files.createFile(
                    folder.resolve(file),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        for (int seed = 0; seed < CONFIGURATIONS; seed++) {
            DbsConfig config = new Generator(new Random(seed)).config();
            String text = ConfigText.of(config);
            DbsConfig again = readBack(config);
            assertEquals(config, again, "seed " + seed + "\n" + text);
            assertEquals(text, ConfigText.of(again), "the order is stable; seed " + seed);
        }
    }

    @Test
    void aSecretIsNamedAndNotShown() throws Exception {
        DbsConfig config =
                read(
                        """
                        devices: {}
                        portals: 127.0.0.1:3260
                        auth-groups:
                          lab: { users: { one: { secret-env: ONE } } }
                        discovery-auth-group: lab
                        """,
                        Map.of("ONE", "opensesame-12"));
        String text = ConfigText.of(config);
        assertEquals(
                """
                portals: ['127.0.0.1:3260']
                discovery-auth-group: lab
                auth-groups:
                  lab:
                    users:
                      one: {secret-env: ONE}
                """,
                text);
        assertFalse(text.contains("opensesame"));
    }

    @Test
    void anAuthGroupThatNothingUsesYetIsWrittenToo() throws Exception {
        DbsConfig config =
                read(
                        """
                        devices: {}
                        portals: 127.0.0.1:3260
                        auth-groups:
                          later: { users: { two: { secret-env: TWO } } }
                        """,
                        Map.of("TWO", "opensesame-12"));
        assertEquals(
                """
                portals: ['127.0.0.1:3260']
                auth-groups:
                  later:
                    users:
                      two: {secret-env: TWO}
                """,
                ConfigText.of(config));
    }

    @Test
    void aSecretThatIsKeptNowhereCannotBeWritten() {
        var user = new ChapUserConfig("one", new Secret("opensesame-12"), Optional.empty());
        var group = new AuthGroupConfig("lab", List.of("MD5"), List.of(user));
        var config =
                new DbsConfig(
                        List.of(),
                        List.of(new PortalConfig("::1", 3260, 1)),
                        DbsConfig.Discovery.ALL,
                        Optional.of(group),
                        List.of());
        var e = assertThrows(IllegalArgumentException.class, () -> ConfigText.of(config));
        assertEquals("the secret of one is kept nowhere; write it to a file", e.getMessage());
    }

    @Test
    void initiatorsThatSeveralPatternsNameGetAGroup() throws Exception {
        DbsConfig config =
                read(
                        """
                        devices: { main: { path: /main.dbs } }
                        portals: 127.0.0.1:3260
                        initiator-groups: { lab: [ "iqn.2026-01.a:*", "iqn.2026-01.b:*" ] }
                        targets:
                          iqn.2026-01.org.dbstore:vm1:
                            initiators: any
                            luns: { 3: { device: main, volume: vm1 } }
                            lun-maps: { lab: { 0: 3 } }
                        """,
                        Map.of());
        assertEquals(
                """
                devices:
                  main: {path: /main.dbs}
                portals: ['127.0.0.1:3260']
                initiator-groups:
                  initiators-1: ['iqn.2026-01.a:*', 'iqn.2026-01.b:*']
                targets:
                  iqn.2026-01.org.dbstore:vm1:
                    initiators: [any]
                    lun-maps:
                      initiators-1: {0: 3}
                    luns:
                      3: {device: main, volume: vm1}
                """,
                ConfigText.of(config));
    }

    private DbsConfig readBack(DbsConfig config) throws IOException, ConfigException {
        return read(ConfigText.of(config), variables);
    }

    private DbsConfig read(String text, Map<String, String> environment)
            throws IOException, ConfigException {
        Path file = folder.resolve("dbs.yaml");
        Files.writeString(file, text);
        return ConfigReader.read(file, environment);
    }

    /** Makes configurations as a reader could have read them. */
    private final class Generator {
        private final Random random;
        private int secretCount;

        Generator(Random random) {
            this.random = random;
        }

        DbsConfig config() throws IOException {
            List<DeviceConfig> devices = list(1, 3, this::device);
            List<PortalConfig> portals = list(1, 4, this::portal);
            List<Optional<AuthGroupConfig>> groups = new ArrayList<>(List.of(Optional.empty()));
            for (int i = random.nextInt(3); i > 0; i--) {
                groups.add(Optional.of(group("group" + i)));
            }
            List<TargetConfig> targets =
                    list(0, 5, index -> target(index, devices, portals, any(groups)));
            return new DbsConfig(
                    devices,
                    portals,
                    any(List.of(DbsConfig.Discovery.values())),
                    any(groups),
                    targets,
                    admin(),
                    list(0, 3, index -> schedule(index, devices)),
                    new LogConfig(
                            any(List.of(LogConfig.Format.values())),
                            random.nextBoolean() ? 0 : 1 + random.nextInt(600_000),
                            maybe(() -> folder.resolve("audit log"))),
                    random.nextBoolean(),
                    groups.stream().flatMap(Optional::stream).toList());
        }

        private DeviceConfig device(int index) {
            List<VolumeConfig> volumes =
                    list(0, 4, i -> new VolumeConfig(ODD_NAMES.get(i), size()));
            Map<String, Integer> percents = new TreeMap<>();
            volumes.stream()
                    .filter(_ -> random.nextBoolean())
                    .forEach(volume -> percents.put(volume.name(), 1 + random.nextInt(100)));
            return new DeviceConfig(
                    "device" + index,
                    folder.resolve("sub dir: " + index).resolve("#" + random.nextInt(1000)),
                    random.nextBoolean(),
                    random.nextBoolean() ? 0 : size(),
                    volumes,
                    new SoftThresholds(random.nextInt(101), percents));
        }

        private PortalConfig portal(int index) {
            return random.nextBoolean()
                    ? new PortalConfig("127.0.0." + (index + 1), 3260, 1 + random.nextInt(3))
                    : new PortalConfig("fe80::" + (index + 1), 1 + random.nextInt(65535), 1);
        }

        private AdminConfig admin() {
            if (random.nextInt(3) == 0) {
                return AdminConfig.OFF;
            }
            return new AdminConfig(
                    Optional.of(new PortalConfig("127.0.0.1", random.nextInt(65536), 1)),
                    maybe(() -> folder.resolve("run")),
                    maybe(() -> folder.resolve("token")),
                    maybe(() ->
                            new AdminConfig.Tls(folder.resolve("c.pem"), folder.resolve("k.pem"))),
                    random.nextBoolean());
        }

        private ScheduleConfig schedule(int index, List<DeviceConfig> devices) {
            boolean daily = random.nextBoolean();
            return new ScheduleConfig(
                    "rule" + index,
                    daily
                            ? Duration.ofDays(1 + random.nextInt(20))
                            : Duration.ofMinutes(1 + random.nextInt(100_000)),
                    daily
                            ? maybe(() -> LocalTime.ofSecondOfDay(random.nextInt(86400)))
                            : Optional.empty(),
                    1 + random.nextInt(ScheduleConfig.KEEP_MAX),
                    any(List.of("rule" + index, "nightly", "010")),
                    list(1, 3, _ -> new VolumePattern(any(devices).name(), any(ODD_NAMES))));
        }

        private AuthGroupConfig group(String name) throws IOException {
            List<ChapUserConfig> users = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                Secret secret = secret();
                Optional<ChapUserConfig.Mutual> mutual = Optional.empty();
                if (random.nextBoolean()) {
                    mutual = Optional.of(new ChapUserConfig.Mutual("own " + i, secret()));
                }
                users.add(new ChapUserConfig(ODD_NAMES.get(i), secret, mutual));
            }
            return new AuthGroupConfig(
                    name,
                    any(
                            List.of(
                                    ConfigKey.AUTH_ALGORITHMS.choices(),
                                    List.of("MD5"),
                                    List.of("MD5", "SHA-256"))),
                    users);
        }

        private Secret secret() throws IOException {
            String name = "SECRET_" + secretCount++;
            String text = "a long secret " + name;
            if (random.nextBoolean()) {
                variables.put(name, text);
                return new Secret(text, Optional.of(new Reference(Reference.Kind.VARIABLE, name)));
            }
            Path file = folder.resolve(name + ".secret");
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return new Secret(
                    text, Optional.of(new Reference(Reference.Kind.FILE, file.toString())));
        }

        private TargetConfig target(
                int index,
                List<DeviceConfig> devices,
                List<PortalConfig> portals,
                Optional<AuthGroupConfig> group) {
            // One volume for each LUN: what is served twice would have to be equal.
            List<LunConfig> luns =
                    list(0, 4, number -> lun(number, any(devices).name(), index + "-" + number));
            List<LunMapConfig> maps =
                    luns.isEmpty()
                            ? List.of()
                            : list(
                                    0,
                                    3,
                                    i ->
                                            new LunMapConfig(
                                                    patterns(i),
                                                    Map.of(
                                                            random.nextInt(128),
                                                            any(luns).number(),
                                                            128 + random.nextInt(128),
                                                            any(luns).number())));
            List<Integer> groups =
                    random.nextBoolean() ? List.of() : List.of(any(portals).groupTag());
            TargetAccess access =
                    new TargetAccess(
                            group,
                            list(0, 2, i -> AddressRange.parse(i == 0 ? "10.0.0.0/8" : "::1")),
                            maps,
                            any(List.of(Digest.values())),
                            any(List.of(Digest.values())),
                            new Limits(
                                    any(List.of(1, Limits.SESSIONS_MAX)),
                                    any(List.of(7, Limits.COMMANDS_MAX))),
                            maybe(() ->
                                    new Redirect(
                                            new PortalConfig("::2", 3261, 1),
                                            random.nextBoolean())),
                            list(0, 3, i -> new InitiatorQos(patterns(i), qos())),
                            new PortGroupStates(
                                    Map.of(
                                            groups.isEmpty()
                                                    ? any(portals).groupTag()
                                                    : groups.getFirst(),
                                            any(List.of(PortGroupStates.State.values()))),
                                    random.nextBoolean()));
            return new TargetConfig(
                    "iqn.2026-01.org.dbstore:t" + index,
                    any(ODD_NAMES),
                    groups,
                    random.nextBoolean() ? List.of() : patterns(index),
                    luns,
                    access);
        }

        private List<String> patterns(int index) {
            return any(
                    List.of(
                            List.of(index == 0 ? "*" : "iqn.2026-01.a:any"),
                            List.of("iqn.2026-01.a:" + index),
                            List.of("iqn.2026-01.a:*", "eui.02004567a425678d")));
        }

        private LunConfig lun(int number, String device, String volume) {
            int blockBytes = any(List.of(512, 4096));
            boolean frozen = random.nextInt(4) == 0;
            int first = 50 + number * 50;
            return new LunConfig(
                    number,
                    device,
                    volume,
                    frozen ? any(List.of("nightly", "17", "0b1")) : "",
                    random.nextBoolean(),
                    any(List.of(CacheMode.values())),
                    blockBytes,
                    blockBytes == 4096 ? 4096 : any(List.of(512, 4096)),
                    random.nextBoolean() ? QosConfig.UNLIMITED : qos(),
                    frozen
                            ? Optional.empty()
                            : maybe(() ->
                                    new SnapshotLuns(
                                            first,
                                            first + 49,
                                            any(List.of("*", "night*", "010")),
                                            random.nextInt(51))));
        }

        private QosConfig qos() {
            return new QosConfig(
                    random.nextInt(1000), random.nextInt(1 << 22), 1 + random.nextInt(60));
        }

        private long size() {
            return (1L + random.nextInt(5000)) << random.nextInt(45);
        }

        private <T> T any(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }

        private <T> Optional<T> maybe(Supplier<T> value) {
            return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
        }

        private <T> List<T> list(int min, int max, IntFunction<T> item) {
            List<T> list = new ArrayList<>();
            int count = min + random.nextInt(max - min + 1);
            for (int i = 0; i < count; i++) {
                list.add(item.apply(i));
            }
            return list;
        }
    }
}
