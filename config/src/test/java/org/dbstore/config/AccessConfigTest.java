package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetAccess.Redirect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goal: who may log in, and to what, is what the configuration says; secrets stay secret. */
@SuppressWarnings("AddressSelection") // numbers, not names
class AccessConfigTest {
    private static final String SECRET = "0123456789ab";
    private static final String OTHER_SECRET = "ba9876543210";
    private static final String REST =
            """
            devices: { main: { path: main.dbs } }
            portals: 127.0.0.1
            """;

    @TempDir Path directory;

    @Test
    void theExampleOfTheManualMeansWhatItSays() throws Exception {
        String manual = Files.readString(Path.of("..", "docs", "config.md"));
        int section = manual.indexOf("## Who may log in");
        int begin = manual.indexOf("```yaml\n", section) + "```yaml\n".length();
        DbsConfig config =
                read(
                        manual.substring(begin, manual.indexOf("```", begin)),
                        Map.of(
                                "HOST1_SECRET",
                                SECRET,
                                "HOST2_SECRET",
                                SECRET + "2",
                                "STORE_SECRET",
                                OTHER_SECRET));
        var hosts =
                new AuthGroupConfig(
                        "hosts",
                        List.of("SHA-256", "MD5"),
                        List.of(
                                new ChapUserConfig("host1", new Secret(SECRET), Optional.empty()),
                                new ChapUserConfig(
                                        "host2",
                                        new Secret(SECRET + "2"),
                                        Optional.of(
                                                new ChapUserConfig.Mutual(
                                                        "store", new Secret(OTHER_SECRET))))));
        assertEquals(Optional.of(hosts), config.discoveryAuth());
        assertEquals(
                new TargetAccess(
                        Optional.of(hosts),
                        List.of(
                                new AddressRange("192.0.2.0", 24),
                                new AddressRange("2001:db8::", 32)),
                        List.of(
                                new LunMapConfig(
                                        List.of("iqn.1994-05.com.redhat:host2"), Map.of(0, 1))),
                        Digest.REQUIRED,
                        Digest.ALLOWED,
                        new Limits(8, 256),
                        Optional.empty()),
                config.targets().getFirst().access());
    }

    @Test
    void whatIsLeftOutIsOpen() throws Exception {
        DbsConfig config = read(REST + "targets: { iqn.2026-01.org.dbstore:t: {} }\n", Map.of());
        assertEquals(Optional.empty(), config.discoveryAuth());
        assertEquals(TargetAccess.OPEN, config.targets().getFirst().access());
    }

    @Test
    void aRedirectNamesThePortal() throws Exception {
        DbsConfig config =
                read(
                        REST
                                + """
                                targets:
                                  iqn.2026-01.org.dbstore:t:
                                    redirect: "[2001:db8::1]:3261"
                                    redirect-kind: permanent
                                """,
                        Map.of());
        assertEquals(
                Optional.of(new Redirect(new PortalConfig("2001:db8::1", 3261, 1), true)),
                config.targets().getFirst().access().redirect());
    }

    @Test
    void portalGroupsHaveAccessStates() throws Exception {
        DbsConfig config =
                read(
                        """
                        devices: { main: { path: main.dbs } }
                        portals: [ 127.0.0.1, { address: 127.0.0.2, group: 2 } ]
                        targets:
                          iqn.2026-01.org.dbstore:t:
                            access-states: { 1: optimized, 2: non-optimized }
                            set-access-states: true
                        """,
                        Map.of());
        PortGroupStates states = config.targets().getFirst().access().portGroups();
        assertEquals(PortGroupStates.State.OPTIMIZED, states.state(1));
        assertEquals(PortGroupStates.State.NON_OPTIMIZED, states.state(2));
        assertTrue(states.settable());
    }

    @Test
    void anOptimizedGroupNeedNotBeNamed() throws Exception {
        DbsConfig config =
                read(
                        REST
                                + "targets: { iqn.2026-01.org.dbstore:t:"
                                + " { access-states: { 1: optimized } } }\n",
                        Map.of());
        assertEquals(TargetAccess.OPEN, config.targets().getFirst().access());
    }

    @Test
    void aSecretIsReadFromAFileOfItsOwner() throws Exception {
        secretFile("own", "rw-------", SECRET + "\n");
        DbsConfig config =
                read(
                        REST
                                + "auth-groups: { g: { users: { u: { secret-file: own } } } }\n"
                                + "discovery-auth-group: g\n",
                        Map.of());
        var user = config.discoveryAuth().orElseThrow().users().getFirst();
        assertEquals(new Secret(SECRET), user.secret());
    }

    @Test
    void aSecretThatOthersMayReadIsRefused() throws Exception {
        for (String mode : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            secretFile("shared", mode, SECRET);
            String problem =
                    problem("auth-groups: { g: { users: { u: { secret-file: shared } } } }");
            assertTrue(
                    problem.contains("dbs.yaml:3: auth-groups.g.users.u.secret-file: others may"),
                    problem);
            assertTrue(problem.contains(mode + "); chmod 600 it"), problem);
        }
    }

    @Test
    void problemsWithSecretsAreNamedAndNeverQuoteThem() throws Exception {
        secretFile("short", "rw-------", "hush-hush");
        assertProblem(
                "auth-groups.g.users.u.secret-file: the secret has 9 bytes; use 12 to 255"
                        + " (Windows: 12 to 16)",
                "secret-file: short");
        assertProblem(
                "auth-groups.g.users.u.secret-file: "
                        + directory.resolve("absent")
                        + " does not exist; write the secret there",
                "secret-file: absent");
        assertProblem(
                "auth-groups.g.users.u.secret-env: the environment has no variable 'NOWHERE'; set"
                        + " it for dbsd",
                "secret-env: NOWHERE");
        assertProblem("auth-groups.g.users.u: has no secret; give secret-file or secret-env", "");
        assertProblem(
                "auth-groups.g.users.u.secret-env: there is secret-file too; leave one of them",
                "secret-file: short, secret-env: SECRET");
        assertProblem(
                "auth-groups.g.users.u: has no secret; give mutual-secret-file or"
                        + " mutual-secret-env",
                "secret-env: SECRET, mutual-name: m");
        assertProblem(
                "auth-groups.g.users.u: a mutual secret without mutual-name; give both or none",
                "secret-env: SECRET, mutual-secret-env: OTHER");
        assertProblem(
                "auth-groups.g: the mutual secret of user u is also a user's secret; make them"
                        + " differ",
                "secret-env: SECRET, mutual-name: m, mutual-secret-env: SECRET");
        assertProblem(
                "auth-groups.g.users.u.secret: unknown key; known here: secret-file, secret-env,"
                        + " mutual-name, mutual-secret-file, mutual-secret-env",
                "secret-env: SECRET, secret: hush-hush-hush");
    }

    @Test
    void problemsWithAccessAreNamed() throws Exception {
        assertTargetProblem(
                "auth-group: there is no auth group 'h'; define it under", "auth-group: h");
        assertTargetProblem(
                "addresses: '10.0.0.1' has bits behind its prefix of 8", "addresses: 10.0.0.1/8");
        assertTargetProblem("addresses: 'example' is not an address", "addresses: example");
        assertTargetProblem("addresses: '/33' is not in 0..32", "addresses: 10.0.0.0/33");
        assertTargetProblem("max-sessions: '0' is not a whole number", "max-sessions: 0");
        assertTargetProblem("max-commands: '257' is not a whole number", "max-commands: 257");
        assertTargetProblem("header-digest: 'crc' is not one of", "header-digest: crc");
        assertTargetProblem(
                "lun-maps.any.0: the target has no LUN 3; name one", "lun-maps: { any: { 0: 3 } }");
        assertTargetProblem(
                "access-states.2: the target is not reached through portal group 2; name one",
                "access-states: { 2: standby }");
        assertTargetProblem(
                "access-states.one: 'one' is not a whole number in 1..65535",
                "access-states: { one: standby }");
        assertTargetProblem(
                "access-states.1: 'standbye' is not one of optimized, non-optimized, standby,"
                        + " unavailable; did you mean 'standby'?",
                "access-states: { 1: standbye }");
        assertTargetProblem(
                "set-access-states: 'yes' is not one of true, false", "set-access-states: yes");
        assertTargetProblem(
                "lun-maps.nobody: there is no initiator group", "lun-maps: { nobody: {} }");
    }

    @Test
    void aSecretDoesNotShowItself() {
        assertFalse(new Secret(SECRET).toString().contains(SECRET));
        assertFalse(
                new ChapUserConfig("u", new Secret(SECRET), Optional.empty())
                        .toString()
                        .contains(SECRET));
    }

    @Test
    void rangesContainTheAddressesOfTheirPrefix() throws Exception {
        AddressRange half = AddressRange.parse("10.0.128.0/17");
        assertTrue(half.contains(InetAddress.getByName("10.0.128.0")));
        assertTrue(half.contains(InetAddress.getByName("10.0.255.255")));
        assertFalse(half.contains(InetAddress.getByName("10.0.127.255")));
        assertFalse(half.contains(InetAddress.getByName("::1")));
        assertTrue(AddressRange.parse("0.0.0.0/0").contains(InetAddress.getByName("9.9.9.9")));
        assertTrue(AddressRange.parse("::1").contains(InetAddress.getByName("::1")));
        assertFalse(AddressRange.parse("::1").contains(InetAddress.getByName("::2")));
    }

    @Test
    void theNetworkAroundAnAddressIsTheRangeOfItsPrefix() {
        assertEquals("192.0.2.0/24", AddressRange.around("192.0.2.7/24").text());
        assertEquals("192.0.2.4/30", AddressRange.around("192.0.2.7/30").text());
        assertEquals("192.0.2.7", AddressRange.around("192.0.2.7/32").text());
        assertEquals("2001:db8::7", AddressRange.around("2001:db8::7").text());
        assertEquals(
                AddressRange.parse("2001:db8:0:0:0:0:0:0/32"),
                AddressRange.around("2001:db8::7/32"));
        assertThrows(IllegalArgumentException.class, () -> AddressRange.around("192.0.2.7/33"));
        assertThrows(IllegalArgumentException.class, () -> AddressRange.around("host/8"));
    }

    private void secretFile(String name, String mode, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private void assertProblem(String expected, String userKeys) throws IOException {
        String problem = problem("auth-groups: { g: { users: { u: { " + userKeys + " } } } }");
        assertEquals(directory.resolve("dbs.yaml") + ":3: " + expected, problem);
    }

    private void assertTargetProblem(String expected, String keys) throws IOException {
        String problem = problem("targets: { iqn.2026-01.org.dbstore:t: { " + keys + " } }");
        assertTrue(problem.contains(":t." + expected), problem);
    }

    private String problem(String text) throws IOException {
        return String.join(
                "\n",
                assertThrows(ConfigException.class, () -> read(REST + text + "\n", environment()))
                        .problems());
    }

    private static Map<String, String> environment() {
        return Map.of("SECRET", SECRET, "OTHER", OTHER_SECRET);
    }

    private DbsConfig read(String text, Map<String, String> environment)
            throws IOException, ConfigException {
        Path file = Files.writeString(directory.resolve("dbs.yaml"), text);
        return ConfigReader.read(file, environment);
    }
}
