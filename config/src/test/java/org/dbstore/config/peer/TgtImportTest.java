package org.dbstore.config.peer;

import static org.dbstore.config.peer.Imports.addresses;
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

/** Goal: what tgt-admin makes of a targets.conf is what we make of it, as far as we have it. */
class TgtImportTest {
    private static final String NAME = "iqn.2008-09.com.example:";

    @TempDir Path folder;

    @Test
    void aTargetInTwoBlocksIsOneAndHasEachPathOnce() throws Exception {
        Imported imported =
                read(
                        """
                        <target iqn.2008-09.com.example:two>
                          direct-store /dev/a
                          direct-store /dev/b
                        </target>
                        <target iqn.2008-09.com.example:two>
                          backing-store /dev/c
                          direct-store /dev/a
                          initiator-address 192.0.2.1
                        </target>
                        """);
        TargetConfig two = target(check(folder, imported), NAME + "two");
        assertEquals(
                List.of("1 c writeback 512", "2 a writeback 512", "3 b writeback 512"), luns(two));
        assertEquals(List.of("192.0.2.1"), addresses(two));
        assertNoted(imported, "in.conf:5: more of target " + NAME + "two of ");
        assertNoted(imported, "in.conf:7: /dev/a is a LUN of this target already");
    }

    @Test
    void aVolumeOfTwoTargetsIsWrittenThroughInBothIfInOne() throws Exception {
        Imported imported =
                read(
                        """
                        <target iqn.2008-09.com.example:back>
                          backing-store /dev/shared
                        </target>
                        <target iqn.2008-09.com.example:through>
                          backing-store /dev/shared
                          write-cache off
                        </target>
                        """);
        DbsConfig config = check(folder, imported);
        assertEquals(List.of("1 shared 512"), luns(target(config, NAME + "back")));
        assertEquals(List.of("1 shared 512"), luns(target(config, NAME + "through")));
        assertNoted(imported, "in.conf:2: /dev/shared is written without a cache elsewhere");
    }

    @Test
    void aVolumeOfTwoTargetsHasTheBlocksOfTheFirst() throws Exception {
        Imported imported =
                read(
                        """
                        <target iqn.2008-09.com.example:large>
                          backing-store /dev/shared
                          block-size 4096
                        </target>
                        <target iqn.2008-09.com.example:small>
                          backing-store /dev/shared
                        </target>
                        """);
        DbsConfig config = check(folder, imported);
        assertEquals(List.of("1 shared writeback 4096"), luns(target(config, NAME + "small")));
        assertNoted(imported, "in.conf:6: /dev/shared has blocks of 4096 bytes elsewhere");
    }

    @Test
    void whatIsNoFileOrDeviceIsLeftOutAndTheRestIsTaken() throws Exception {
        Imported imported =
                read(
                        """
                        <target iqn.2008-09.com.example:mixed>
                          <backing-store /dev/sg4>
                            bs-type sg
                            device-type pt
                            lun 1
                          </backing-store>
                          <backing-store pool/image>
                            bs-type rbd
                            lun 2
                          </backing-store>
                          <backing-store /srv/robot>
                            device-type changer
                            mode_page "0:0:0"
                            lun 3
                          </backing-store>
                          <backing-store /srv/disk>
                            bs-type aio
                            lun 4
                          </backing-store>
                        </target>
                        """);
        assertEquals(
                List.of("4 disk writeback 512"),
                luns(target(check(folder, imported), NAME + "mixed")));
        assertNoted(imported, "in.conf:2: /dev/sg4 was not carried over: its bs-type is sg");
        assertNoted(imported, "in.conf:7: pool/image was not carried over: its bs-type is rbd");
        assertNoted(imported, "in.conf:11: /srv/robot was not carried over: it is a changer");
        assertNoted(imported, "in.conf:13: mode_page was not carried over");
    }

    @Test
    void keysMayHaveAnEqualsSignAndPathsBlanks() throws Exception {
        Imported imported =
                read(
                        """
                        <target iqn.2008-09.com.example:forms>
                          <backing-store /srv/my disk>
                            write-cache = off
                            lun=7
                          </backing-store>
                          incominguser joe secret\\#of=joe
                        </target>
                        """);
        TargetConfig forms = target(check(folder, imported), NAME + "forms");
        assertEquals(List.of("7 my disk 512"), luns(forms));
        assertEquals(List.of("joe"), users(forms.access().authGroup().orElseThrow()));
        assertEquals(List.of("secret#of=joe"), List.copyOf(imported.secretFiles().values()));
        assertNoted(imported, "volume import 'my disk' '/srv/my disk' --create");
    }

    @Test
    void whereNoAddressCouldBeCarriedOverNobodyLogsIn() throws Exception {
        Imported imported =
                read(
                        """
                        <target iqn.2008-09.com.example:lab>
                          backing-store /dev/a
                          initiator-address lab.example.com
                        </target>
                        """);
        assertEquals(List.of(), target(check(folder, imported), NAME + "lab").initiators());
        assertNoted(imported, "in.conf:3: address was not carried over: 'lab.example.com'");
        assertNoted(imported, "in.conf:1: nobody may log in, as no address was carried over");
    }

    @Test
    void nameAndAddressAreBothNeededAndAllIsEveryAddress() throws Exception {
        DbsConfig config =
                check(
                        folder,
                        read(
                                """
                                <target iqn.2008-09.com.example:one>
                                  initiator-name iqn.1994-05.com.redhat:one
                                  initiator-address 192.0.2.1
                                </target>
                                <target iqn.2008-09.com.example:all>
                                  initiator-name iqn.1994-05.com.redhat:one
                                  initiator-address 192.0.2.1
                                  initiator-address ALL
                                </target>
                                """));
        List<String> names = List.of("iqn.1994-05.com.redhat:one");
        assertEquals(names, target(config, NAME + "one").initiators());
        assertEquals(List.of("192.0.2.1"), addresses(target(config, NAME + "one")));
        assertEquals(names, target(config, NAME + "all").initiators());
        assertEquals(List.of(), addresses(target(config, NAME + "all")));
    }

    private Imported read(String text) throws Exception {
        return Imports.text(folder, Format.TGT, text);
    }
}
