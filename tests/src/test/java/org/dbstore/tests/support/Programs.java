package org.dbstore.tests.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the programs under {@code bin}. */
public final class Programs {
    private static final Duration CLEAN_UP = Duration.ofSeconds(30);

    private Programs() {}

    /**
     * How a program ended.
     *
     * @param status exit status
     * @param output all that it wrote, standard error included
     */
    public record Result(int status, String output) {}

    /**
     * Runs a program of the repository to its end.
     *
     * @param limit after which it is ended
     * @param log where its output goes meanwhile
     * @param name below {@code bin}
     * @throws AssertionError with its output, if the time runs out
     */
    public static Result run(Duration limit, Path log, String name, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Repository.root().resolve("bin").resolve(name).toString());
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(Repository.root().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        command + " has not ended after " + limit + ":\n" + Files.readString(log));
            }
        } finally {
            // SIGTERM: the programs stop what they have started.
            process.destroy();
            if (!process.waitFor(CLEAN_UP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        }
        return new Result(process.exitValue(), Files.readString(log));
    }
}
