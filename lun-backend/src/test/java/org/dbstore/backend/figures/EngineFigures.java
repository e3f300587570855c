package org.dbstore.backend.figures;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;

/** Prints what was promised and what was measured, line by line. */
final class EngineFigures {
    private static final int HEAP_MIB = 150;

    /** 1 s, and 0.3 s for each TiB of extents in use. */
    private static final int RECOVERY_MILLIS = 1286;

    private static final double NO_GOAL = Double.POSITIVE_INFINITY;

    private boolean missed;

    private EngineFigures() {}

    /**
     * Measures; the exit status is 0 if every goal was met, 1 otherwise.
     *
     * @param args a folder on the file system to be measured; it needs 3 GiB
     */
    public static void main(String[] args) throws Exception {
        Path file = Files.createTempFile(Path.of(args[0]), "engine-figures", ".dbs");
        EngineFigures figures = new EngineFigures();
        try {
            figures.measure(file);
        } finally {
            Files.delete(file);
        }
        System.exit(figures.missed ? 1 : 0);
    }

    private void measure(Path file) throws Exception {
        Files.delete(file);
        LargeDevice.make(file);
        Opened closed = open(file, "write");
        line("open 1,000,000 extents, closed", closed.millis(), 1500, "ms");
        line("heap with them open", closed.heapMib(), HEAP_MIB, "MiB");
        Opened killed = open(file, "delete-snapshot");
        line("open the same after kill -9", killed.millis(), RECOVERY_MILLIS, "ms");
        Opened merged = open(file, "delete-volume");
        line("... with their snapshot being deleted", merged.millis(), RECOVERY_MILLIS, "ms");
        line("... with their volume being deleted", open(file).millis(), RECOVERY_MILLIS, "ms");
        for (Opened opened : List.of(closed, killed, merged)) {
            if (opened.extents() < LargeDevice.EXTENTS) {
                throw new IllegalStateException("only " + opened.extents() + " extents");
            }
        }
        for (int volumes : new int[] {1, 4}) {
            Files.delete(file);
            SnapshotPause.Result pause = SnapshotPause.measure(file, volumes);
            pauses("snapshots of " + volumes, pause.taking(), 50);
            pauses("deletions of " + volumes, pause.deleting(), NO_GOAL);
            System.out.printf(Locale.ROOT, "    beside %.0f writes/s%n", pause.writesPerSecond());
        }
        Files.delete(file);
        pauses("two forces of a plain file", SnapshotPause.measurePlain(file).taking(), NO_GOAL);
        Files.delete(file);
        for (Map.Entry<Integer, Double> ratio : FirstWriteCost.measure(file).entrySet()) {
            line(
                    "first write after a snapshot, %d blocks mapped".formatted(ratio.getKey()),
                    ratio.getValue(),
                    ratio.getKey() <= 64 ? 3 : NO_GOAL,
                    "x a fresh extent");
        }
    }

    private void pauses(String what, List<Double> millis, double goal) {
        for (int percent : new int[] {50, 99}) {
            line(
                    "longest write during 100 %s, p%d".formatted(what, percent),
                    SnapshotPause.Result.percentile(millis, percent),
                    goal,
                    "ms");
        }
    }

    private void line(String what, double value, double goal, String unit) {
        boolean met = value < goal;
        missed |= !met;
        String verdict = met ? "" : "  MISSED";
        String bound = Double.isInfinite(goal) ? "" : " (goal: < %.0f)".formatted(goal);
        System.out.printf(Locale.ROOT, "%-60s %8.2f %s%s%s%n", what, value, unit, bound, verdict);
    }

    private record Opened(int millis, int heapMib, int extents) {}

    /** Opens the device in a process of its own. */
    private static Opened open(Path file, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx" + HEAP_MIB + "m", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(LargeDevice.Opening.class.getName());
        command.add(file.toString());
        command.addAll(List.of(more));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Opened opened = null;
        try (Scanner answer = new Scanner(process.getInputStream(), StandardCharsets.US_ASCII)) {
            if (answer.hasNext()) {
                opened = new Opened(answer.nextInt(), answer.nextInt(), answer.nextInt());
            }
        }
        if (process.waitFor() != 0 || opened == null) {
            throw new IOException("opening failed");
        }
        return opened;
    }
}
