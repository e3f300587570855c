package org.dbstore.tests.fuzz;

import org.dbstore.tests.support.CommandLine;
import org.dbstore.tests.support.Repository;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code bin/fuzz --seconds}: the targets one after the other under Jazzer, guided by coverage,
 * each in a JVM of its own.
 */
public final class Fuzz {
    private static final int FOUND = 1;
    private static final int USAGE = 2;
    private static final int FINDS_MAX = 10;
    private static final int ONE_INPUT_SECONDS_MAX = 20;
    private static final Pattern PROGRESS =
            Pattern.compile("#(\\d+)\\s+\\S+\\s+cov: (\\d+) ft: (\\d+) corp: (\\d+)/.*");
    private static final Pattern FIND =
            Pattern.compile("== Java Exception: .*|.*ERROR: libFuzzer: .*|.*\\sERROR\\s.*");

    private Fuzz() {}

    /** Runs it; see {@code bin/fuzz --help}. */
    public static void main(String[] arguments) throws Exception {
        List<FuzzTarget> targets;
        long seconds;
        try {
            CommandLine line = new CommandLine(Set.of("--seconds", "--target"), arguments);
            targets =
                    line.word("--target")
                            .map(word -> List.of(FuzzTarget.named(word)))
                            .orElse(Arrays.asList(FuzzTarget.values()));
            seconds = line.number("--seconds", 60);
        } catch (IllegalArgumentException e) {
            System.err.println("fuzz: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        int finds = 0;
        for (FuzzTarget target : targets) {
            finds += run(target, Math.max(1, seconds / targets.size()));
        }
        System.exit(finds == 0 ? 0 : FOUND);
    }

    private static int run(FuzzTarget target, long seconds) throws Exception {
        Path work = Repository.root().resolve(".cache/fuzz").resolve(target.word());
        Path corpus = Files.createDirectories(work.resolve("corpus"));
        Path found = Files.createDirectories(work.resolve("finds"));
        Path log = work.resolve("log");
        long begin = System.nanoTime();
        Process process =
                new ProcessBuilder(command(target, seconds, corpus, found))
                        .directory(work.toFile())
                        .redirectErrorStream(true)
                        .start();
        Tally tally = new Tally();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter copy = new PrintWriter(Files.newBufferedWriter(log))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                copy.println(line);
                tally.take(line);
            }
        }
        int exit = process.waitFor();
        double taken = (System.nanoTime() - begin) / 1e9;
        if (tally.executions == 0 || (exit != 0 && tally.finds == 0)) {
            tally.finds++;
            System.out.println("fuzz: %s ended with %d".formatted(target, exit));
        }
        if (tally.finds > 0) {
            System.out.println("fuzz: inputs are in " + found + ", words in " + log);
        }
        System.out.println(
                "fuzz: %s: %d executions, %.0f/s, coverage %d edges, %d features, corpus %d, %d finds"
                        .formatted(
                                target,
                                tally.executions,
                                tally.executions / taken,
                                tally.edges,
                                tally.features,
                                tally.corpus,
                                tally.finds));
        return tally.finds;
    }

    private static List<String> command(FuzzTarget target, long seconds, Path corpus, Path found)
            throws IOException {
        String product = "org.dbstore.server.**:org.dbstore.backend.**";
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-Xmx1g",
                        "-XX:MaxDirectMemorySize=256m",
                        "-XX:+UseSerialGC",
                        "-XX:-OmitStackTraceInFastThrow",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dlog4j2.configurationFile="
                                + System.getProperty("log4j2.configurationFile"),
                        "-Ddbs.root=" + Repository.root(),
                        "-cp",
                        classPath(),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.className(),
                        "--instrumentation_includes=" + product,
                        "--custom_hook_includes=" + product,
                        "--keep_going=" + FINDS_MAX,
                        "--reproducer_path=" + found,
                        "-artifact_prefix=" + found + "/",
                        "-max_total_time=" + seconds,
                        "-max_len=" + target.bytesMax(),
                        "-timeout=" + ONE_INPUT_SECONDS_MAX,
                        "-rss_limit_mb=3000",
                        "-print_final_stats=1",
                        corpus.toString(),
                        target.corpus().toString()));
        return command;
    }

    private static String classPath() throws IOException {
        Path jars = Repository.root().resolve("tests/target/fuzz-lib");
        try (Stream<Path> files = Files.list(jars)) {
            List<String> all = new ArrayList<>(files.map(Path::toString).sorted().toList());
            all.addFirst(System.getProperty("java.class.path"));
            return String.join(":", all);
        }
    }

    /** What Jazzer says of its progress. */
    private static final class Tally {
        private long executions;
        private long edges;
        private long features;
        private long corpus;
        private int finds;

        void take(String line) {
            Matcher progress = PROGRESS.matcher(line);
            if (progress.matches()) {
                executions = Long.parseLong(progress.group(1));
                edges = Long.parseLong(progress.group(2));
                features = Long.parseLong(progress.group(3));
                corpus = Long.parseLong(progress.group(4));
            } else if (FIND.matcher(line).matches()) {
                finds++;
                if (finds <= FINDS_MAX) {
                    System.out.println("fuzz: " + line);
                }
            }
        }
    }
}
