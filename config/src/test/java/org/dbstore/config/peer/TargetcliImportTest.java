package org.dbstore.config.peer;

import static org.dbstore.config.peer.Imports.assertNoted;
import static org.dbstore.config.peer.Imports.check;
import static org.dbstore.config.peer.Imports.luns;
import static org.dbstore.config.peer.Imports.target;
import static org.dbstore.config.peer.Imports.users;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.peer.ConfigImport.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Goal: of a saveconfig.json nothing that matters goes missing without a word. */
class TargetcliImportTest {
    private static final String NAME = "iqn.2003-01.org.example.host:sn.";

    @TempDir Path folder;

    @Test
    void dataThatNoServedTargetHasIsNamed() throws Exception {
        Imported imported =
                read(
                        """
                        { "storage_objects": [
                          { "plugin": "block", "name": "spare", "dev": "/dev/vg0/spare" },
                          { "plugin": "pscsi", "name": "tape", "dev": "/dev/sg1" } ],
                          "targets": [ { "fabric": "tcm_fc", "wwn": "naa.5001405000000001", "tpgs": [
                            { "luns": [ { "index": 0, "storage_object": "/backstores/block/spare" } ] }
                          ] } ] }
                        """);
        assertEquals(List.of(), check(folder, imported).targets());
        assertNoted(imported, "in.conf:2: storage object spare was not carried over: no target");
        assertNoted(imported, "in.conf:3: storage object tape was not carried over: its plugin is");
        assertNoted(imported, "in.conf:4: target naa.5001405000000001 was not carried over");
    }

    @Test
    void usersAreReadAsTheManualPageNamesThemToo() throws Exception {
        Imported imported =
                read(
                        """
                        { "fabric_modules": [
                            { "name": "iscsi", "userid": "finder", "password": "find-them-all-1" } ],
                          "storage_objects": [],
                          "targets": [ { "fabric": "iscsi", "wwn": "iqn.2003-01.org.example.host:sn.x",
                            "tpgs": [ { "attributes": { "authentication": 1 }, "node_acls": [
                              { "node_wwn": "iqn.1994-05.com.redhat:one",
                                "userid": "one", "password": "secret-of-one",
                                "mutual_userid": "host", "mutual_password": "secret-of-host" }
                          ] } ] } ] }
                        """);
        DbsConfig config = check(folder, imported);
        assertEquals(List.of("finder"), users(config.discoveryAuth().orElseThrow()));
        var group = target(config, NAME + "x").access().authGroup().orElseThrow();
        assertEquals(List.of("one"), users(group));
        assertEquals("host", group.users().getFirst().mutual().orElseThrow().name());
    }

    @Test
    void oneInitiatorThatNeedsASecretMakesAllNeedOne() throws Exception {
        Imported imported =
                read(
                        """
                        { "storage_objects": [],
                          "targets": [ { "fabric": "iscsi", "wwn": "iqn.2003-01.org.example.host:sn.x",
                            "tpgs": [ { "attributes": { "authentication": 0 }, "node_acls": [
                              { "node_wwn": "iqn.1994-05.com.redhat:one",
                                "attributes": { "authentication": 1 },
                                "chap_userid": "one", "chap_password": "secret-of-one" },
                              { "node_wwn": "iqn.1994-05.com.redhat:two",
                                "attributes": { "authentication": -1 } }
                          ] } ] } ] }
                        """);
        TargetConfig target = target(check(folder, imported), NAME + "x");
        assertEquals(List.of("one"), users(target.access().authGroup().orElseThrow()));
        assertNoted(imported, "in.conf:5: authentication differs for iqn.1994-05.com.redhat:one");
    }

    @Test
    void anAluaGroupIsNamedAndItsLunIsServed() throws Exception {
        Imported imported =
                read(
                        """
                        { "storage_objects": [
                          { "plugin": "block", "name": "a", "dev": "/dev/a", "alua_tpgs": [] } ],
                          "targets": [ { "fabric": "iscsi", "wwn": "iqn.2003-01.org.example.host:sn.x",
                            "tpgs": [ { "attributes": { "generate_node_acls": 1 }, "luns": [
                              { "index": 0, "storage_object": "/backstores/block/a",
                                "alua_tg_pt_gp_name": "far" }
                          ] } ] } ] }
                        """);
        assertEquals(List.of("0 a 512"), luns(target(check(folder, imported), NAME + "x")));
        assertNoted(imported, "in.conf:6: ALUA group far was not carried over");
    }

    private Imported read(String text) throws Exception {
        return Imports.text(folder, Format.TARGETCLI, text);
    }
}
