package org.dbstore.config.peer;

import static org.dbstore.config.peer.Imports.assertNoted;
import static org.dbstore.config.peer.Imports.check;
import static org.dbstore.config.peer.Imports.luns;
import static org.dbstore.config.peer.Imports.target;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.peer.ConfigImport.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Goal: of an scst.conf with other transports and device groups the iSCSI part is taken. */
class ScstImportTest {
    @TempDir Path folder;

    @Test
    void otherHandlersDriversAndGroupsAreNamedAndTheRestIsTaken() throws Exception {
        Imported imported =
                read(
                        """
                        HANDLER dev_disk { DEVICE 1:0:0:0 }
                        HANDLER vdisk_fileio {
                          DEVICE used { filename /srv/used; removable 1; usn 4711 }
                          DEVICE spare { filename /srv/spare }
                        }
                        TARGET_DRIVER copy_manager { TARGET copy_manager_tgt { LUN 0 spare } }
                        TARGET_DRIVER iscsi {
                          enabled 1
                          TARGET iqn.2006-10.net.example:x { enabled 1; LUN 0 used; LUN 1 1:0:0:0 }
                        }
                        DEVICE_GROUP far { DEVICE used }
                        """);
        assertEquals(
                List.of("0 used writeback 512"),
                luns(target(check(folder, imported), "iqn.2006-10.net.example:x")));
        assertNoted(imported, "in.conf:1: device 1:0:0:0 was not carried over: its handler is");
        assertNoted(imported, "in.conf:3: removable was not carried over: volumes have nothing");
        assertNoted(imported, "in.conf:3: usn was not carried over: disks have identities");
        assertNoted(imported, "in.conf:4: device spare was not carried over: no target");
        assertNoted(imported, "in.conf:6: driver copy_manager was not carried over");
        assertNoted(imported, "in.conf:9: LUN 1 was not carried over");
        assertNoted(imported, "in.conf:11: DEVICE_GROUP far was not carried over");
    }

    @Test
    void whatIsNotEnabledIsNamed() throws Exception {
        Imported imported =
                read("TARGET_DRIVER iscsi {\n TARGET iqn.2006-10.net.example:x {\n }\n}\n");
        assertNoted(imported, "in.conf:1: the driver is disabled there");
        assertNoted(imported, "in.conf:2: iqn.2006-10.net.example:x is disabled there");
    }

    @Test
    void volumesAreThinWhateverTheyWereThere() throws Exception {
        Imported imported =
                read(
                        """
                        HANDLER vdisk_fileio {
                          DEVICE thin { filename /srv/thin; thin_provisioned 1 }
                          DEVICE thick { filename /srv/thick; thin_provisioned 0 }
                        }
                        TARGET_DRIVER iscsi {
                          enabled 1
                          TARGET iqn.2006-10.net.example:x { enabled 1; LUN 0 thin; LUN 1 thick }
                        }
                        """);
        assertNoted(imported, "in.conf:3: all volumes are thin here");
        assertEquals(
                List.of(),
                imported.notes().stream().filter(note -> note.contains("thin_prov")).toList());
    }

    private Imported read(String text) throws Exception {
        return Imports.text(folder, Format.SCST, text);
    }
}
