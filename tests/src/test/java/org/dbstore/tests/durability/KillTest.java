package org.dbstore.tests.durability;

import org.dbstore.tests.support.CommandLine;
import org.dbstore.tests.support.Folders;

import java.nio.file.Path;
import java.util.Set;

/**
 * {@code bin/kill-test}: kill -9 of the real server under load, and of {@code dbsctl} at work; no
 * acknowledged write may be lost.
 */
public final class KillTest {
    private static final int LOST = 1;
    private static final int USAGE = 2;
    private static final int KILLS = 20;

    private KillTest() {}

    /** Runs it; see {@code bin/kill-test --help}. */
    public static void main(String[] arguments) throws Exception {
        CommandLine line;
        KillRig.Plan plan;
        try {
            line =
                    new CommandLine(
                            Set.of("--kills", "--cache", "--seed", "--break", "--dir"), arguments);
            plan =
                    new KillRig.Plan(
                            (int) line.number("--kills", KILLS),
                            KillRig.Cache.of(line.word("--cache").orElse("both")),
                            line.number("--seed", System.nanoTime() & 0xffffff),
                            line.word("--break").map(BrokenOnPurpose::of));
        } catch (IllegalArgumentException e) {
            System.err.println("kill-test: " + e.getMessage());
            System.exit(USAGE);
            return;
        }
        Path folder = Folders.create(line.word("--dir"), "dbs-kill");
        System.exit(run(plan, folder) ? 0 : LOST);
    }

    private static boolean run(KillRig.Plan plan, Path folder) throws Exception {
        long begin = System.nanoTime();
        KillRig rig = new KillRig(plan, folder);
        boolean passed = false;
        try {
            rig.run();
            passed = true;
            Folders.delete(folder);
        } catch (AssertionError e) {
            System.out.println("kill-test: " + e.getMessage());
            System.out.println("kill-test: the device, the journal and the log are in " + folder);
            System.out.println("kill-test: again: " + plan.again());
        }
        System.out.println(
                "kill-test: %s, seed %d, %d s"
                        .formatted(
                                rig.summary(),
                                plan.seed(),
                                (System.nanoTime() - begin) / 1_000_000_000));
        return passed;
    }
}
