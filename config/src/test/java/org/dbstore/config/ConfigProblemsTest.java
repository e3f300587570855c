package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Goal: every mistake is named with file, line, key and remedy, and all of them at once. */
class ConfigProblemsTest {
    private static final String T1 = "targets.iqn.2026-01.org.dbstore:t1";
    private static final String T2 = "targets.iqn.2026-01.org.dbstore:t2";

    /** A whole configuration but for its targets: 4 lines. */
    private static final String BASE =
            """
            devices:
              main: { path: main.dbs }
            portals: [ 127.0.0.1:3260 ]
            targets:
            """;

    @TempDir Path directory;

    @Test
    void allProblemsOfAllSectionsComeAtOnceAndByLine() throws IOException {
        assertProblems(
                """
                devcies: {}
                devices:
                  main: { path: main.dbs, size: 10X }
                portals: [ somewhere ]
                discovery: some
                """,
                "1: devcies: unknown key; did you mean 'devices'?",
                "3: devices.main.size: '10X' has an unknown unit 'X'; use K, M, G, T, P, E (or KiB"
                        + " ...: powers of 1024) or KB, MB, GB ... (powers of 1000)",
                "4: portals: 'somewhere' is not a literal address; write one as 192.0.2.1 or"
                        + " [2001:db8::1], not a host name",
                "5: discovery: 'some' is not one of all, connected; write one of them");
    }

    @Test
    void unknownKeysAreNamedWithWhatWasMeant() throws IOException {
        assertProblems(
                """
                portals: [ { address: 127.0.0.1, grup: 2 } ]
                devices:
                  main: { path: a, whatever: 1 }
                targets:
                  iqn.2026-01.org.dbstore:t1:
                    Alias: a
                    luns:
                      0: { device: main, volume: v, blocksize: 512 }
                """,
                "1: portals.grup: unknown key; did you mean 'group'?",
                "3: devices.main.whatever: unknown key; known here: path, size, io, volumes,"
                        + " soft-threshold, volume-soft-thresholds",
                "6: " + T1 + ".Alias: unknown key; did you mean 'alias'?",
                "8: " + T1 + ".luns.0.blocksize: unknown key; did you mean 'block-size'?");
    }

    @Test
    void missingKeysAreNamed() throws IOException {
        assertProblems(
                """
                devices:
                  main: { size: 1G }
                targets:
                  iqn.2026-01.org.dbstore:t1:
                    luns:
                      0: {}
                """,
                "1: portals: missing; " + ConfigKey.PORTALS.manual(),
                "2: devices.main.path: missing; " + ConfigKey.DEVICE_PATH.manual(),
                "6: " + T1 + ".luns.0.device: missing; Name of the device.",
                "6: " + T1 + ".luns.0.volume: missing; Name of the volume on that device.");
    }

    @Test
    void wrongKindsOfValueAreNamed() throws IOException {
        assertProblems(
                """
                devices: main
                portals: 127.0.0.1
                discovery: { all: true }
                targets:
                  iqn.2026-01.org.dbstore:t1:
                    alias:
                    luns: [ a, b ]
                    portal-groups: [ [ 1 ] ]
                """,
                "8: " + T1 + ".portal-groups: a list within a list; write one list");
        assertProblems(
                """
                devices: main
                portals: 127.0.0.1
                discovery: { all: true }
                targets:
                  iqn.2026-01.org.dbstore:t1:
                    alias:
                    luns: [ a, b ]
                  iqn.2026-01.org.dbstore:t2:
                    alias: [ a, b ]
                """,
                "1: devices: a map is expected, not 'main'; indent its keys below",
                "3: discovery: one value is expected, not a map; write it behind the colon",
                "6: " + T1 + ".alias: has no value; give one or leave the key out",
                "7: " + T1 + ".luns: a list is not allowed here; give one map",
                "7: " + T1 + ".luns: a map is expected, not 'a'; indent its keys below",
                "9: " + T2 + ".alias: a list is not allowed here; give one text");
    }

    @Test
    void wrongDevicesAreNamed() throws IOException {
        assertProblems(
                """
                portals: 127.0.0.1
                devices:
                  a b: { path: x }
                  one: { path: sub/../x, io: fast, size: 0 }
                  two: { path: "", size: 1.0001K }
                  three:
                    path: y
                    volumes:
                      a/b: 1G
                      big: -1
                      "": 1G
                """,
                "3: devices.a b: 'a b' is not a name; use 1 to 64 letters, digits, '-' and '_', a"
                        + " letter or digit first",
                "4: devices.one: the device at @:3 has the same path; leave one of them",
                "4: devices.one.size: the size is 0; it must be above 0",
                "4: devices.one.io: 'fast' is not one of buffered, direct; write one of them",
                "5: devices.two.path: is empty; name a file or block device",
                "5: devices.two.size: '1.0001K' is not a whole number of bytes; use a smaller unit",
                "9: devices.three.volumes.a/b: 'a/b' is not a name for a volume; use 1 to 255 bytes"
                        + " without '/' and '@'",
                "10: devices.three.volumes.big: '-1' is not a size; write for example 10GiB, 500MB"
                        + " or 1048576",
                "11: devices.three.volumes.: '' is not a name for a volume; use 1 to 255 bytes"
                        + " without '/' and '@'");
    }

    @Test
    void wrongPortalsAreNamed() throws IOException {
        assertProblems(
                """
                portals:
                  - 127.0.0.1:0
                  - 127.0.0.1:65536
                  - ::1
                  - localhost:3260
                  - address: 127.0.0.1
                    group: 65536
                  - 127.0.0.1:3260
                  - "[::1]:3261"
                  - "[::]:3261"
                  - "[::]:3262"
                """,
                "2: portals: '0' is not a whole number in 1..65535; write one",
                "3: portals: '65536' is not a whole number in 1..65535; write one",
                "4: portals: '::1' is not ADDRESS:PORT; an IPv6 address stands in brackets:"
                        + " [::1]:3260",
                "5: portals: 'localhost' is not a literal address; write one as 192.0.2.1 or"
                        + " [2001:db8::1], not a host name",
                "7: portals.group: '65536' is not a whole number in 1..65535; write one",
                "8: portals: the portal at @:6 has this address already; leave one",
                "10: portals: the portal at @:9 has this address already; leave one");
    }

    @Test
    void wrongTargetsAreNamed() throws IOException {
        assertProblems(
                BASE
                        + """
                          disk1: {}
                          iqn.2026-13.org.dbstore:x: {}
                          iqn.2026-01.org.dbstore:t1:
                            portal-groups: [ 1, 2, x ]
                            initiators: [ lba, nobody, "*", "host*" ]
                          IQN.2026-01.org.dbstore:t1: {}
                        initiator-groups:
                          lab: [ redhat ]
                          any: iqn.2026-01.org.dbstore:i
                        """,
                "5: targets.disk1: 'disk1' is not an iSCSI name; write"
                    + " iqn.YEAR-MONTH.DOMAIN-REVERSED:NAME as in iqn.2026-01.com.example:disk1",
                "6: targets.iqn.2026-13.org.dbstore:x: 'iqn.2026-13.org.dbstore:x' is not an iSCSI"
                        + " name; write iqn.YEAR-MONTH.DOMAIN-REVERSED:NAME as in"
                        + " iqn.2026-01.com.example:disk1",
                "8: "
                        + T1
                        + ".portal-groups: no portal is in group 2; give one portal the key group:"
                        + " 2",
                "8: " + T1 + ".portal-groups: 'x' is not a whole number in 1..65535; write one",
                "9: " + T1 + ".initiators: there is no initiator group 'lba'; did you mean 'lab'?",
                "9: "
                        + T1
                        + ".initiators: there is no initiator group 'nobody'; define it under"
                        + " initiator-groups, or write a name or any",
                "9: " + T1 + ".initiators: '*' would admit everybody; if that is meant, write any",
                "9: "
                        + T1
                        + ".initiators: 'host*' is not an iSCSI name; names begin with iqn., eui."
                        + " or naa.",
                "10: targets.IQN.2026-01.org.dbstore:t1: the target at @:7 has the same name; leave"
                        + " one of them",
                "12: initiator-groups.lab: 'redhat' is not an iSCSI name; write"
                    + " iqn.YEAR-MONTH.DOMAIN-REVERSED:NAME as in iqn.2026-01.com.example:disk1",
                "13: initiator-groups.any: 'any' means everybody; choose another name");
    }

    @Test
    void wrongLunsAreNamed() throws IOException {
        assertProblems(
                BASE
                        + """
                          iqn.2026-01.org.dbstore:t1:
                            luns:
                              0: { device: mian, volume: v }
                              00: { device: main, volume: v }
                              256: { device: main, volume: v }
                              1: { device: main, volume: "" }
                              2: { device: main, volume: v, snapshot: 65536, read-only: maybe }
                              3: { device: main, volume: w, cache: write-back, block-size: 1024 }
                        """,
                "7: " + T1 + ".luns.0.device: there is no device 'mian'; did you mean 'main'?",
                "8: " + T1 + ".luns.00: '00' has leading zeroes; leave them out",
                "9: " + T1 + ".luns.256: '256' is not a whole number in 0..255; write one",
                "10: " + T1 + ".luns.1.volume: is empty; name a volume of the device",
                "11: "
                        + T1
                        + ".luns.2.snapshot: '65536' is not a whole number in 1..65535; write one",
                "11: "
                        + T1
                        + ".luns.2.read-only: 'maybe' is not one of true, false; write one of them",
                "12: "
                        + T1
                        + ".luns.3.cache: 'write-back' is not one of writethrough, writeback; did"
                        + " you mean 'writeback'?",
                "12: "
                        + T1
                        + ".luns.3.block-size: '1024' is not one of 512, 4096; write one of them");
    }

    @Test
    void aVolumeLooksTheSameOnEveryWay() throws IOException {
        assertProblems(
                BASE
                        + """
                          iqn.2026-01.org.dbstore:t1:
                            luns:
                              0: { device: main, volume: v }
                              1: { device: main, volume: w, cache: writeback, read-only: true }
                          iqn.2026-01.org.dbstore:t2:
                            luns:
                              0: { device: main, volume: v, cache: writeback }
                              1: { device: main, volume: w, block-size: 4096 }
                        """,
                "11: "
                        + T2
                        + ".luns.0: the same volume is written with cache writethrough at @:7; make"
                        + " them equal, or one of them read-only",
                "12: "
                        + T2
                        + ".luns.1: the same volume has block-size 512 and physical-block-size 4096"
                        + " at @:8: initiators would see two disks of one identity; make them"
                        + " equal");
    }

    @Test
    void aDoubledKeyIsNamedWithBothPlaces() throws IOException {
        assertProblems(
                """
                portals: 127.0.0.1
                devices:
                  main: { path: a }
                  main: { path: b }
                portals: 127.0.0.2
                """,
                "4: devices.main: given twice, first at @:3; leave one",
                "5: portals: given twice, first at @:1; leave one");
    }

    @Test
    void aKeyInTwoFilesIsNamedWithBothPlaces() throws IOException {
        Path parts = Files.createDirectory(directory.resolve("conf.d"));
        Path part = parts.resolve("more.yaml");
        Files.writeString(
                part,
                """
                devices: { main: { path: b, size: 1G } }
                portals: [ 127.0.0.2, 127.0.0.3 ]
                """);
        Files.writeString(parts.resolve("more.yml"), "");
        Path file = write("portals: 127.0.0.1\ndevices: { main: { path: a } }\n");
        assertEquals(
                List.of(
                        part
                                + ":1: devices.main.path: given twice, first at "
                                + file
                                + ":2; leave one",
                        part + ":2: portals: given twice, first at " + file + ":1; leave one",
                        parts.resolve("more.yml") + ": is not read; name it .yaml"),
                problems(file));
    }

    @Test
    void whatIsNoYamlIsNamedByLine() throws IOException {
        assertProblems(
                "portals: 127.0.0.1\ndevices:\n\tmain: 1\n",
                "3: a tab stands where YAML wants spaces; indent with spaces");
        assertProblems(
                "portals: [ 127.0.0.1\ndevices: 1\n",
                "2: is not YAML: while parsing a flow sequence, expected ',' or ']', but got :;"
                        + " check indentation, colons and quotes");
        assertProblems("- a\n- b\n", "1: a map of keys is expected; see docs/config.md");
        assertProblems(
                "portals: 127.0.0.1\n? [a]\n: b\n",
                "2: a key must be a plain word; put it in quotes");
        assertProblems(
                "a: 1\n---\nb: 2\n",
                "2: is not YAML: expected a single document in the stream, but found another"
                        + " document; check indentation, colons and quotes");
    }

    @Test
    void aFileThatMultipliesItselfIsRefused() throws IOException {
        StringBuilder bomb = new StringBuilder("l0: &l0 { a: 1, b: 2 }\n");
        for (int level = 1; level <= 15; level++) {
            String below = "*l" + (level - 1);
            bomb.append("l%d: &l%d { ".formatted(level, level));
            for (String key : List.of("a", "b", "c", "d")) {
                bomb.append(key + ": " + below + ", ");
            }
            bomb.append("}\n");
        }
        List<String> problems = problems(write(bomb.toString()));
        assertEquals(1, problems.size());
        assertEquals(
                "the file has too many entries; use fewer aliases",
                problems.getFirst().replaceFirst("^.*: ", ""));
    }

    @Test
    void aFileThatHoldsItselfIsRefused() throws IOException {
        List<String> problems = problems(write("devices: &loop { a: *loop }\n"));
        assertEquals(1, problems.size());
        assertEquals(
                "nested too deeply; see docs/config.md",
                problems.getFirst().replaceFirst("^.*: ", ""));
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path missing = directory.resolve("none.yaml");
        assertEquals(
                List.of(missing + ": does not exist; name the configuration file"),
                problems(missing));
        Path latin = directory.resolve("latin.yaml");
        Files.write(latin, new byte[] {'a', ':', ' ', (byte) 0xE4});
        assertEquals(List.of(latin + ": is not text in UTF-8; save it as UTF-8"), problems(latin));
    }

    /** In the expected lines "@" is the file; each begins with its line number. */
    private void assertProblems(String text, String... expected) throws IOException {
        Path file = write(text);
        List<String> lines = new ArrayList<>();
        for (String line : expected) {
            lines.add(file + ":" + line.replace("@:", file + ":"));
        }
        assertEquals(String.join("\n", lines), String.join("\n", problems(file)));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("dbs.yaml"), text);
    }

    private static List<String> problems(Path file) {
        return assertThrows(ConfigException.class, () -> ConfigReader.read(file)).problems();
    }
}
