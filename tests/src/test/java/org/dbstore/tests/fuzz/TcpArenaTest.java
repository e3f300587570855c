package org.dbstore.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.Optional;

/** Goal: sessions that are bent on the way harm nobody but themselves; bin/fuzz --tcp does more. */
class TcpArenaTest {
    private static final long PDUS = 12_000;
    private static final long SEED = 20260401;

    private static final long FEW_PDUS = 1500;

    @TempDir Path folder;

    @Test
    @Timeout(180)
    void bentSessionsHarmNobodyElse() throws Exception {
        TcpArena arena = new TcpArena(SEED, PDUS);
        arena.run(folder);
        assertTrue(arena.sent() >= PDUS, arena::summary);
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void whatABrokenServerDoesToOthersIsFound(ArenaBreak broken) {
        TcpArena arena = new TcpArena(SEED, FEW_PDUS, Optional.of(broken));
        try {
            assertThrows(AssertionError.class, () -> arena.run(folder));
        } finally {
            ArenaBreak.end();
        }
    }
}
