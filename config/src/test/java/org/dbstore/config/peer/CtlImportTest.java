package org.dbstore.config.peer;

import static org.dbstore.config.peer.Imports.addresses;
import static org.dbstore.config.peer.Imports.assertNoted;
import static org.dbstore.config.peer.Imports.assertRefused;
import static org.dbstore.config.peer.Imports.check;
import static org.dbstore.config.peer.Imports.luns;
import static org.dbstore.config.peer.Imports.target;
import static org.dbstore.config.peer.Imports.users;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.peer.ConfigImport.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Goal: ctl.conf is read in both of its forms, and nobody gets in who did not there. */
class CtlImportTest {
    private static final String NAME = "iqn.2012-06.com.example:";

    /** One configuration... */
    private static final String OWN_FORM =
            """
            auth-group lab {
              chap-mutual "one" "secret-of-one" "host" "secret-of-host"
              chap-mutual "two" "secret-of-two" "host" "secret-of-host"
              initiator-name iqn.1994-05.com.redhat:one
              initiator-name iqn.1994-05.com.redhat:two
              initiator-portal 192.0.2.9/24
              initiator-portal [2001:db8::9]
            }
            portal-group inner {
              discovery-auth-group no-authentication
              listen 192.0.2.1
              listen [2001:db8::1]:3261
            }
            lun shared {
              path /dev/zvol/tank/shared
              size 2147483648
              option naa 0x1
            }
            target iqn.2012-06.com.example:lab {
              alias "In the lab"
              auth-group lab
              portal-group inner
              lun 0 shared
              lun 3 {
                path /dev/zvol/tank/own
                blocksize 4096
                option readonly on
              }
            }
            """;

    /** ...and the same once more. */
    private static final String UCL =
            """
            /* Groups */
            auth-group {
              lab {
                chap-mutual = [
                  { user = one, secret = "secret-of-one", mutual-user: host
                    mutual-secret = secret-of-host }   # plain words too
                  { user = two; secret = "secret-of-two"; mutual-user: host
                    mutual-secret = secret-of-host }
                ]
                initiator-name = [
                  iqn.1994-05.com.redhat:one,
                  "iqn.1994-05.com.redhat:two"
                ]
                initiator-portal = [192.0.2.9/24, "[2001:db8::9]"]
              }
            }
            portal-group inner {
              discovery-auth-group = no-authentication
              listen = 192.0.2.1
              listen = "[2001:db8::1]:3261"
            }
            lun {
              shared {
                path = /dev/zvol/tank/shared
                size = 2GB
                options { naa = "0x1" }
              }
            }
            target "iqn.2012-06.com.example:lab" {
              alias = In the lab
              auth-group = lab
              portal-group { name = inner }
              lun {
                0 = shared
                3 {
                  path = "/dev/zvol/tank/own"
                  blocksize = 4096
                  options { readonly = on }
                }
              }
            }
            """;

    @TempDir Path folder;

    @Test
    void uclBecomesWhatTheOwnFormBecomes() throws Exception {
        Imported own = read(OWN_FORM);
        Imported ucl = read(UCL);
        assertEquals(own.text(), ucl.text());
        assertEquals(own.secretFiles().keySet(), ucl.secretFiles().keySet());
        TargetConfig lab = target(check(folder, ucl), NAME + "lab");
        assertEquals("In the lab", lab.alias());
        assertEquals(List.of("192.0.2.0/24", "2001:db8::9"), addresses(lab));
        assertEquals(List.of("one", "two"), users(lab.access().authGroup().orElseThrow()));
        assertEquals(List.of("0 shared 512", "3 own read-only 4096"), luns(lab));
        assertNoted(ucl, "in.conf:26: option naa was not carried over");
    }

    @Test
    void lunsInUclMayBeAnArrayWithNumbers() throws Exception {
        DbsConfig config =
                check(
                        folder,
                        read(
                                """
                                lun { a { path = /dev/a }, b { path = /dev/b } }
                                target { "iqn.2012-06.com.example:x" {
                                  auth-group = no-authentication
                                  lun = [ { number = 4, name = a }, { number = 9, name = b }, ]
                                } }
                                """));
        assertEquals(List.of("4 a 512", "9 b 512"), luns(target(config, NAME + "x")));
    }

    @Test
    void sizesInUclAreThousandsUnlessTheyEndInB() throws Exception {
        Imported imported =
                read(
                        """
                        target { "iqn.2012-06.com.example:x" { lun {
                          0 { path = /dev/a, size = 1GB }
                          1 { path = /dev/b, size = 1048576k }
                        } } }
                        """);
        assertEquals(
                List.of(1024L << 20, 1000L << 20),
                check(folder, imported).devices().getFirst().volumes().stream()
                        .map(volume -> volume.sizeBytes())
                        .toList());
    }

    @Test
    void brokenUclIsRefusedWithItsLine() {
        refused("target {\n a = [ 1, 2\n}\n", ":2: the array is not closed");
        refused("target {\n a = \"b\n}\n", ":2: the quotes are not closed");
        refused("target {\n a = b\n", ":1: the block is not closed");
        refused("a = b\n}\n", ":2: '}' closes nothing");
        refused("a = b\n{\n", ":2: '{' stands where a key should");
        refused("a = <<END\nb\nEND\n", ":1: here-documents are not read");
        refused("lun { a { size = much } }\n", ":1: 'much' is not a size");
        refused("auth-group { a { chap { user = b } } }\n", ":1: there is no \"secret\"");
        refused("a = b\n" + "c {".repeat(30), ":2: nested too deeply");
        refused("a = " + "[".repeat(30), ":1: the array is not closed");
    }

    @Test
    void whatHasNoCounterpartIsNamedAndTheRestIsTaken() throws Exception {
        Imported imported =
                read(
                        """
                        lun spare { path /dev/spare }
                        target naa.50015178f369f092 { port isp0; lun 0 { path /dev/fc } }
                        controller nqn.2012-06.com.example:x { namespace 1 { path /dev/nvme } }
                        target iqn.2012-06.com.example:x {
                          auth-group no-authentication
                          lun 0 { path /srv/a.iso; device-type cd }
                          lun 1 { path /dev/b }
                        }
                        """);
        DbsConfig config = check(folder, imported);
        assertEquals(1, config.targets().size());
        assertEquals(List.of("1 b 512"), luns(target(config, NAME + "x")));
        assertNoted(imported, "in.conf:1: lun spare was not carried over: no target");
        assertNoted(imported, "in.conf:2: target naa.50015178f369f092 was not carried over");
        assertNoted(imported, "in.conf:3: controller nqn.2012-06.com.example:x was not carried");
        assertNoted(imported, "in.conf:6: the LUN was not carried over: it is of device-type cd");
    }

    @Test
    void anIncludeInUclIsNamed() throws Exception {
        assertNoted(
                read(".include \"/etc/ctl.more\"\ntarget { }\n"),
                "in.conf:1: .include was not carried over");
    }

    @Test
    void theGroupsNamedDefaultMayBeDefined() throws Exception {
        DbsConfig config =
                check(
                        folder,
                        read(
                                """
                                auth-group default { chap one secret-of-one }
                                portal-group default { listen 192.0.2.1:3262 }
                                target iqn.2012-06.com.example:x { lun 0 { path /dev/a } }
                                """));
        assertEquals(
                List.of("192.0.2.1:3262"),
                config.portals().stream().map(PortalConfig::address).toList());
        TargetConfig target = target(config, NAME + "x");
        assertEquals(List.of("*"), target.initiators());
        assertEquals(List.of("one"), users(target.access().authGroup().orElseThrow()));
    }

    @Test
    void theTermsOfItsPortalGroupAreATargetsIfItHasNoOthers() throws Exception {
        Imported imported =
                read(
                        """
                        auth-group a { chap one secret-of-one }
                        portal-group p { listen 192.0.2.1 }
                        target iqn.2012-06.com.example:x {
                          portal-group p a
                          lun 0 { path /dev/a }
                        }
                        """);
        TargetConfig target = target(check(folder, imported), NAME + "x");
        assertEquals(List.of("one"), users(target.access().authGroup().orElseThrow()));
        assertNoted(imported, "in.conf:2: discovery is refused there; here it is open");
        assertNoted(imported, "in.conf:4: auth-group a is for this portal group");
    }

    private void refused(String text, String problem) {
        assertRefused(folder, Format.CTL, text, problem);
    }

    private Imported read(String text) throws Exception {
        return Imports.text(folder, Format.CTL, text);
    }
}
