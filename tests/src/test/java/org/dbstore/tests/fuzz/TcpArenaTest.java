package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Goal: sessions that are bent on the way harm nobody but themselves; bin/fuzz --tcp does more. */
class TcpArenaTest {
    private static final long PDUS = 12_000;
    private static final long SEED = 20260401;

    @TempDir Path folder;

    @Test
    @Timeout(180)
    void bentSessionsHarmNobodyElse() throws Exception {
        TcpArena arena = new TcpArena(SEED, PDUS);
        arena.run(folder);
        assertTrue(arena.sent() >= PDUS, arena::summary);
    }
}
