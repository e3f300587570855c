package org.dbstore.tests.fuzz;

import org.dbstore.tests.support.CommandLine;
import org.dbstore.tests.support.Folders;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** {@code bin/fuzz --tcp}: {@link TcpArena} for as long as one likes. */
public final class TcpFuzz {
    private static final int FOUND = 1;
    private static final int USAGE = 2;
    private static final long PDUS = 100_000;

    private TcpFuzz() {}

    /** Runs it; see {@code bin/fuzz --help}. */
    public static void main(String[] arguments) throws Exception {
        long pdus;
        long seed;
        Optional<ArenaBreak> broken;
        try {
            CommandLine line = new CommandLine(Set.of("--pdus", "--seed", "--break"), arguments);
            pdus = line.number("--pdus", PDUS);
            seed = line.number("--seed", System.nanoTime() & 0xffffff);
            broken = line.word("--break").map(ArenaBreak::named);
        } catch (IllegalArgumentException e) {
            System.err.println("fuzz: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        Path folder = Folders.create(Optional.empty(), "dbs-fuzz");
        TcpArena arena = new TcpArena(seed, pdus, broken);
        long begin = System.nanoTime();
        int finds = 0;
        try {
            arena.run(folder);
        } catch (AssertionError e) {
            finds++;
            System.out.println("fuzz: " + e);
            e.printStackTrace(System.out);
        }
        Folders.delete(folder);
        double taken = (System.nanoTime() - begin) / 1e9;
        System.out.println(
                "fuzz: tcp: %s, %.0f s, seed %d, %d finds"
                        .formatted(arena.summary(), taken, seed, finds));
        System.exit(finds == 0 ? 0 : FOUND);
    }
}
