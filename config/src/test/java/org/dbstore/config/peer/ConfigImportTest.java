package org.dbstore.config.peer;

import static org.dbstore.config.peer.Imports.assertNoted;
import static org.dbstore.config.peer.Imports.luns;
import static org.dbstore.config.peer.Imports.target;
import static org.dbstore.config.peer.Imports.users;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ConfigException;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.peer.ConfigImport.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Goal: what other targets are told becomes ours, and what does not is said. */
class ConfigImportTest {
    private static final String LIO = "iqn.2003-01.org.example.host:sn.";
    private static final String TGT = "iqn.2008-09.com.example:";
    private static final String CTL = "iqn.2012-06.com.example:";
    private static final String SCST = "iqn.2006-10.net.example:";

    @TempDir Path folder;

    @Test
    void saveconfigOfTargetcliBecomesOurs() throws Exception {
        Imported imported = read(Format.TARGETCLI, "saveconfig.json");
        DbsConfig config = check(imported);
        assertEquals(
                List.of("0.0.0.0:3260", "[2001:db8::1]:3261"),
                config.portals().stream().map(PortalConfig::address).toList());
        assertEquals(
                Map.of("mail", 10L << 30),
                Map.of(
                        config.devices().getFirst().volumes().getFirst().name(),
                        config.devices().getFirst().volumes().getFirst().sizeBytes()));
        TargetConfig open = target(config, LIO + "open");
        assertEquals(List.of("*"), open.initiators());
        assertEquals("LIO Target", open.alias());
        assertEquals(Digest.ALLOWED, open.access().headerDigest());
        assertEquals(Digest.REQUIRED, open.access().dataDigest());
        assertEquals(List.of(1), open.portalGroups());
        assertEquals(List.of("0 mail read-only writeback 512"), luns(open));
        TargetConfig closed = target(config, LIO + "closed");
        assertEquals(
                List.of("iqn.1994-05.com.redhat:one", "iqn.1994-05.com.redhat:two"),
                closed.initiators());
        assertEquals(
                List.of(
                        "0 mail writeback 512",
                        "5 archive read-only 4096",
                        "255 mail read-only writeback 512"),
                luns(closed));
        assertEquals(
                List.of(
                        new LunMapConfig(List.of("iqn.1994-05.com.redhat:one"), Map.of(0, 0, 5, 5)),
                        new LunMapConfig(List.of("iqn.1994-05.com.redhat:two"), Map.of(0, 255))),
                closed.access().lunMaps());
        assertEquals(List.of("one", "two"), users(closed.access().authGroup().orElseThrow()));
        assertEquals(List.of("finder"), users(config.discoveryAuth().orElseThrow()));
        assertNoted(imported, "saveconfig.json:28: storage object scratch was not carried over");
        assertNoted(imported, "saveconfig.json:85: target naa.5001405000000001 was not carried");
        assertNoted(imported, "saveconfig.json:70: two: the secret has 5 bytes");
        assertNoted(
                imported,
                "saveconfig.json:11: copy the data: dbsctl -d /var/lib/dbs/main.dbs volume import"
                        + " mail /srv/images/mail.img --create --size 10240MiB");
        assertNoted(imported, "volume import archive /dev/vg0/archive --create");
        assertNoted(imported, "192.0.2.1:3260 is a part of 0.0.0.0:3260");
    }

    @Test
    void targetsConfOfTgtBecomesOurs() throws Exception {
        Files.createDirectory(folder.resolve("more"));
        Files.writeString(
                folder.resolve("more/a.conf"),
                """
                <target iqn.2008-09.com.example:included>
                  backing-store /srv/included.img
                </target>
                """);
        Imported imported = read(Format.TGT, "targets.conf");
        DbsConfig config = check(imported);
        assertEquals(
                List.of("included", "plain", "mixed", "single", "blocks").stream()
                        .map(TGT::concat)
                        .toList(),
                config.targets().stream().map(TargetConfig::name).toList());
        assertEquals(List.of("1 plain writeback 512"), luns(target(config, TGT + "plain")));
        TargetConfig mixed = target(config, TGT + "mixed");
        assertEquals(List.of("1 one 512", "2 two 512", "3 sdb 512"), luns(mixed));
        assertEquals(List.of("*"), mixed.initiators());
        assertEquals("192.0.2.0", mixed.access().addresses().getFirst().network());
        AuthGroupConfig group = mixed.access().authGroup().orElseThrow();
        assertEquals(List.of("joe", "ann"), users(group));
        assertEquals("host", group.users().getFirst().mutual().orElseThrow().name());
        assertEquals(List.of("10 single writeback 512"), luns(target(config, TGT + "single")));
        assertEquals(
                List.of("iqn.1994-05.com.redhat:one"), target(config, TGT + "single").initiators());
        assertEquals(
                List.of("1 other.img writeback 512", "15 blocks.img read-only writeback 512"),
                luns(target(config, TGT + "blocks")));
        assertEquals(List.of("finder"), users(config.discoveryAuth().orElseThrow()));
        assertNoted(imported, "targets.conf:15: vendor_id was not carried over");
        assertNoted(imported, "targets.conf:16: MaxConnections was not carried over");
        assertNoted(imported, "targets.conf:37: /dev/sr0 was not carried over: it is a cd");
        assertNoted(imported, "targets.conf:7: the size of /dev/vg0/plain cannot be seen here");
    }

    @Test
    void ctlConfBecomesOurs() throws Exception {
        Imported imported = read(Format.CTL, "ctl.conf");
        DbsConfig config = check(imported);
        assertEquals(
                List.of("127.0.0.1:3260", "0.0.0.0:3261", "[2001:db8::1]:3261"),
                config.portals().stream().map(PortalConfig::address).toList());
        TargetConfig open = target(config, CTL + "open");
        assertEquals("Open to all", open.alias());
        assertEquals(List.of("*"), open.initiators());
        assertEquals(List.of(), open.portalGroups());
        assertEquals(List.of("0 open 4096"), luns(open));
        TargetConfig chap = target(config, CTL + "chap");
        assertEquals(List.of("*"), chap.initiators());
        assertEquals(List.of("chapuser"), users(chap.access().authGroup().orElseThrow()));
        TargetConfig lab = target(config, CTL + "lab");
        assertEquals(List.of("iqn.1994-05.com.redhat:one"), lab.initiators());
        assertEquals("192.0.2.0", lab.access().addresses().getFirst().network());
        assertEquals(List.of("one", "two"), users(lab.access().authGroup().orElseThrow()));
        assertEquals(List.of("0 shared 512", "1 second read-only 512"), luns(lab));
        assertEquals(List.of(), target(config, CTL + "nobody").initiators());
        assertTrue(config.discoveryAuth().isEmpty());
        assertNoted(imported, "ctl.conf:35: chapuser: the secret has 10 bytes");
        assertNoted(imported, "ctl.conf:47: option pblocksize was not carried over");
        assertNoted(imported, "ctl.conf:49: the LUN was not carried over: a ramdisk");
        assertNoted(imported, "ctl.conf:52: nobody may log in");
    }

    @Test
    void scstConfBecomesOurs() throws Exception {
        Imported imported = read(Format.SCST, "scst.conf");
        DbsConfig config = check(imported);
        assertEquals(
                List.of("0.0.0.0:3260", "[::]:3260"),
                config.portals().stream().map(PortalConfig::address).toList());
        TargetConfig all = target(config, SCST + "all");
        assertEquals(List.of("*"), all.initiators());
        assertEquals(List.of("0 web writeback 4096"), luns(all));
        assertEquals(Digest.REQUIRED, all.access().headerDigest());
        TargetConfig groups = target(config, SCST + "groups");
        assertEquals(List.of("*"), groups.initiators());
        assertEquals(
                List.of(
                        "0 web writeback 4096",
                        "1 archive read-only 512",
                        "254 mail read-only 512",
                        "255 mail 512"),
                luns(groups));
        assertEquals(
                List.of(
                        new LunMapConfig(
                                List.of(
                                        "iqn.1994-05.com.redhat:*",
                                        "iqn.1991-05.com.microsoft:host"),
                                Map.of(0, 255, 1, 1)),
                        new LunMapConfig(List.of("iqn.1988-12.com.oracle:one"), Map.of(0, 254)),
                        new LunMapConfig(List.of("*"), Map.of(0, 0))),
                groups.access().lunMaps());
        assertEquals(List.of("joe"), users(groups.access().authGroup().orElseThrow()));
        assertNoted(imported, "scst.conf:1: setup_id was not carried over");
        assertNoted(imported, "scst.conf:24: device null was not carried over");
        assertNoted(imported, "scst.conf:27: driver qla2x00t was not carried over");
        assertNoted(imported, "scst.conf:53: initiator iqn.1988-12.com.oracle:tw? was not carried");
        assertNoted(imported, "volume import mail '/srv/my images/mail.img' --create");
    }

    @Test
    void secretsGoIntoFilesThatOnlyTheirOwnerReadsAndNowhereElse() throws Exception {
        for (Format format : Format.values()) {
            String file =
                    switch (format) {
                        case TARGETCLI -> "saveconfig.json";
                        case TGT -> "targets.conf";
                        case CTL -> "ctl.conf";
                        case SCST -> "scst.conf";
                    };
            Imported imported = read(format, file);
            assertFalse(imported.secretFiles().isEmpty(), file);
            String shown = imported.text() + imported.notes() + imported;
            for (String secret : imported.secretFiles().values()) {
                assertFalse(shown.contains(secret), file);
            }
            Path out = Files.createDirectory(folder.resolve(format.name())).resolve("dbs.yaml");
            imported.write(out);
            for (String path : imported.secretFiles().keySet()) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(out.resolveSibling(path))));
            }
        }
    }

    @Test
    void theSizeOfAFileThatIsThereIsSeen() throws Exception {
        Path image = folder.resolve("disk.img");
        try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((5 << 20) + 512);
        }
        Path conf = folder.resolve("t.conf");
        Files.writeString(
                conf,
                "<target iqn.2008-09.com.example:x>\nbacking-store " + image + "\n</target>\n");
        Imported imported = ConfigImport.read(Format.TGT, conf, "main", Path.of("/d.dbs"));
        assertEquals(
                6L << 20, check(imported).devices().getFirst().volumes().getFirst().sizeBytes());
        assertNoted(imported, "has 5243392 bytes, volume disk.img gets 6291456: whole MiB");
    }

    @Test
    void nothingThatIsThereIsOverwritten() throws Exception {
        Imported imported = read(Format.SCST, "scst.conf");
        Path out = folder.resolve("out");
        Files.createDirectory(out);
        Files.writeString(out.resolve("dbs.yaml"), "mine");
        assertThrows(
                FileAlreadyExistsException.class, () -> imported.write(out.resolve("dbs.yaml")));
        try (Stream<Path> files = Files.walk(out)) {
            assertEquals(List.of(out, out.resolve("dbs.yaml")), files.toList());
        }
    }

    @Test
    void brokenFilesAreRefusedWithTheirLine() throws Exception {
        refused(Format.TARGETCLI, "{\n \"targets\": [\n", ":3: is not JSON: ");
        refused(Format.TARGETCLI, "", ":1: is not JSON: it is empty");
        refused(Format.TARGETCLI, "{}\n", ":1: has no storage_objects and targets");
        refused(
                Format.TARGETCLI,
                "{ \"targets\": [],\n\"storage_objects\": [\n{ \"name\": \"a\" } ] }",
                ":3: there is no \"plugin\"");
        refused(Format.TGT, "<target iqn.2008-09.com.example:x>\n", ":1: the block is not closed");
        refused(Format.TGT, "\n</target>\n", ":2: closes a block that was not begun");
        refused(Format.TGT, "<target x>\n</other>\n", ":2: </other> closes <target> of line 1");
        refused(
                Format.TGT,
                "<target nonsense>\n</target>\n",
                ":1: 'nonsense' is not an iSCSI name");
        refused(Format.TGT, "<target x\n", ":1: the tag is not closed");
        refused(Format.TGT, "include in.conf\n", ":1: includes itself");
        refused(Format.CTL, "target iqn.2012-06.com.example:x {\n", ":1: the block is not closed");
        refused(Format.CTL, "}\n", ":1: closes a block that was not begun");
        refused(Format.CTL, "pidfile \"x\n", ":1: the quotes are not closed");
        refused(
                Format.CTL,
                "target iqn.2012-06.com.example:x {\n lun 0 nowhere\n}\n",
                ":2: there is no lun nowhere");
        refused(
                Format.CTL,
                "target iqn.2012-06.com.example:x {\n auth-group lost\n}\n",
                ":2: there is no auth-group lost");
        refused(
                Format.CTL,
                "target iqn.2012-06.com.example:x {\n lun 0 { size 1G }\n}\n",
                ":2: the lun has no path");
        refused(Format.CTL, "portal-group p { listen nowhere }\n", ":1: 'nowhere' is not");
        refused(
                Format.SCST,
                "TARGET_DRIVER iscsi {\n TARGET iqn.2012-06.com.example:x {\n  LUN x y\n }\n}\n",
                ":3: 'x' is not a whole number");
        refused(Format.SCST, "[HANDLER vdisk]\n", ":1: the form of scstadmin 1");
        refused(Format.SCST, "HANDLER vdisk_fileio {\n DEVICE a\n}\n", ":2: the device has no");
        refused(
                Format.SCST,
                "TARGET_DRIVER iscsi {\n IncomingUser \"joe\"\n}\n",
                ":2: IncomingUser lacks a secret");
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        Path missing = folder.resolve("missing");
        var e =
                assertThrows(
                        ConfigException.class,
                        () -> ConfigImport.read(Format.CTL, missing, "main", Path.of("/d.dbs")));
        assertTrue(
                e.problems().getFirst().startsWith(missing + ": cannot be read"), e.getMessage());
    }

    private void refused(Format format, String text, String problem) {
        Imports.assertRefused(folder, format, text, problem);
    }

    private Imported read(Format format, String name) throws IOException, ConfigException {
        return Imports.resource(folder, format, name);
    }

    private DbsConfig check(Imported imported) throws IOException, ConfigException {
        return Imports.check(folder, imported);
    }
}
