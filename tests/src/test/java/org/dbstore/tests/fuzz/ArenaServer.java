package org.dbstore.tests.fuzz;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.ChapUserConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.Secret;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetConfig;
import org.dbstore.tests.support.RawInitiator;
import org.dbstore.tests.support.TestServer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The server that is attacked: two targets for everybody, and one for a witness. */
final class ArenaServer {
    static final String ATTACKER = "iqn.2026-01.org.example:attacker";
    static final String OPEN = "iqn.2026-01.org.dbstore.tests:open";
    static final String LOCKED = "iqn.2026-01.org.dbstore.tests:locked";
    static final String WITNESSED = "iqn.2026-01.org.dbstore.tests:witnessed";
    static final String SECRET = "initiator-secret";
    static final int LUN = TestServer.LUN;

    private static final AuthGroupConfig GROUP =
            new AuthGroupConfig(
                    "hosts",
                    List.of("SHA3-256", "SHA-256", "SHA-1", "MD5"),
                    List.of(
                            new ChapUserConfig("one", new Secret(SECRET), Optional.empty()),
                            new ChapUserConfig(
                                    "both",
                                    new Secret(SECRET),
                                    Optional.of(
                                            new ChapUserConfig.Mutual(
                                                    "store", new Secret("secret-of-the-store"))))));

    private ArenaServer() {}

    /** Starts it with a new device in a folder. */
    static TestServer start(Path folder) throws Exception {
        List<LunConfig> arena =
                List.of(
                        TestServer.lun(LUN, "other", 0, false, 512),
                        TestServer.lun(2, "other", 0, true, 512),
                        TestServer.lun(3, "large-blocks", 0, false, 4096));
        return TestServer.start(
                folder,
                List.of(
                        TestServer.target(OPEN, arena),
                        new TargetConfig(LOCKED, "", List.of(), List.of("*"), arena, locked()),
                        new TargetConfig(
                                WITNESSED,
                                "",
                                List.of(),
                                List.of(RawInitiator.NAME),
                                List.of(TestServer.lun(LUN, "data", 0, false, 512)))));
    }

    private static TargetAccess locked() {
        return new TargetAccess(
                Optional.of(GROUP),
                List.of(),
                List.of(),
                Digest.ALLOWED,
                Digest.ALLOWED,
                Limits.NONE,
                Optional.empty());
    }
}
