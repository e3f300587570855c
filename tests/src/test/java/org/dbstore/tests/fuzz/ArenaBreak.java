package org.dbstore.tests.fuzz;

import org.apache.logging.log4j.LogManager;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.Volume;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.tests.support.Bystander;
import org.dbstore.tests.support.TestServer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What a broken server might do to others: {@link TcpArena} has to find each of them. */
enum ArenaBreak {
    /** Data of the witness change. */
    DATA {
        @Override
        void happen(TestServer server) throws BackendException {
            BlockStore device = Objects.requireNonNull(server.server().device("main"));
            Volume volume = device.openVolume("data");
            // Between its write and its read, in one of many rounds.
            long end = System.nanoTime() + DATA_NANOS;
            for (int i = 0; System.nanoTime() < end; i++) {
                ByteBuffer block = ByteBuffer.allocateDirect(512).putInt(0, i);
                volume.write(Bystander.FIRST_BLOCK * 512L, block);
            }
            device.release(volume);
        }
    },

    /** The session of the witness ends. */
    SESSION {
        @Override
        void happen(TestServer server) {
            for (SessionInfo session : server.server().sessions()) {
                if (session.nexus().targetName().equals(ArenaServer.WITNESSED)) {
                    server.server().dropSession(session.handle());
                }
            }
        }
    },

    /** Memory does not return. */
    MEMORY {
        @Override
        void happen(TestServer server) {
            for (int i = 0; i < 64; i++) {
                KEPT.add(new byte[1 << 20]);
            }
        }
    },

    /** Something fails that an operator must mend. */
    ERROR {
        @Override
        void happen(TestServer server) {
            LogManager.getLogger("org.dbstore.server").error("broken on purpose");
        }
    };

    private static final long DATA_NANOS = 1_500_000_000;

    private static final List<byte[]> KEPT = new ArrayList<>();

    /** Does it, once, while bent sessions are played. */
    abstract void happen(TestServer server) throws BackendException;

    /** Lets go of what was kept. */
    static void end() {
        KEPT.clear();
    }

    static ArenaBreak named(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "--break wants "
                                        + Arrays.stream(values()).map(ArenaBreak::word).toList()));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
