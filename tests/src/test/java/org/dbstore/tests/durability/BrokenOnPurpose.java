package org.dbstore.tests.durability;

import org.dbstore.tests.support.Repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Faults that a proof has to find: libraries that come between the server and the kernel. */
enum BrokenOnPurpose {
    /** Some writes are not done, and said to be. */
    WRITES("lost-writes"),
    /** fdatasync does nothing, and says that it did. */
    FLUSHES("no-flush");

    private final String source;

    BrokenOnPurpose(String source) {
        this.source = source;
    }

    /** By the word on the command line. */
    static BrokenOnPurpose of(String word) {
        return switch (word) {
            case "writes" -> WRITES;
            case "flushes" -> FLUSHES;
            default -> throw new IllegalArgumentException("--break wants writes or flushes");
        };
    }

    /** The word on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Compiles the library into a folder; what the server's environment has to be. */
    Map<String, String> environment(Path folder) throws IOException, InterruptedException {
        Path library = folder.resolve(source + ".so");
        Path code = Repository.root().resolve("tests/durability/" + source + ".c");
        Process gcc =
                new ProcessBuilder(
                                "gcc",
                                "-shared",
                                "-fPIC",
                                "-O1",
                                "-o",
                                library.toString(),
                                code.toString(),
                                "-ldl")
                        .inheritIO()
                        .start();
        if (gcc.waitFor() != 0) {
            throw new IllegalStateException("gcc cannot compile " + code);
        }
        return Map.of("LD_PRELOAD", library.toString());
    }
}
