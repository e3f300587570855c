package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.repair.DeviceRestore;
import org.dbstore.backend.repair.RestorePlan;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Puts the metadata of a dump back. */
@Command(
        name = "restore",
        description = {
            "Say what would change if the metadata of a dump were put back; --yes does it.",
            "Only on the device that the dump is of. What was written since in other places than"
                    + " before is lost.",
            "Ends with 0 if nothing would change, 1 if the device is, or would be, clean"
                    + " afterwards, 2 if something remains."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl device restore main.metadata -d main.dbs",
            "  dbsctl device restore main.metadata --yes"
        })
final class DeviceRestoreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Of 'dbsctl device dump', or of a repair.")
    Path file = Path.of("");

    @Option(
            names = {"-y", "--yes"},
            description = "Do it.")
    boolean yes;

    @Option(
            names = "--force",
            description = "Restore though volumes may show data of other volumes afterwards.")
    boolean force;

    @Option(
            names = "--backup",
            paramLabel = "FILE",
            description =
                    "Where the metadata is kept as it is now. Without it: beside the device,"
                            + " or for a block device here.")
    @Nullable Path backup;

    @Override
    public Integer call() throws BackendException, CommandFailure {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        Path device = dbsctl.path();
        RestorePlan plan = DeviceRestore.plan(device, dbsctl.direct, file);
        if (yes && plan.danger().isPresent() && !force) {
            throw new CommandFailure(
                    ExitCode.DAMAGED,
                    device + " was not restored: " + plan.danger().get(),
                    "--force does it all the same");
        }
        if (yes) {
            plan =
                    DeviceRestore.run(
                            device, dbsctl.direct, file, force, Backups.file(device, backup));
        }
        dbsctl.printer().done(text(plan), RepairRows.RESTORE, plan);
        return FindingRows.exitCode(plan.verdict());
    }

    private static String text(RestorePlan plan) {
        if (plan.changes().isEmpty()) {
            return "%s is as it was at %s".formatted(plan.device(), plan.dumpedAt());
        }
        StringBuilder text = new StringBuilder();
        text.append("The dump is of %s.".formatted(plan.dumpedAt()));
        text.append(plan.done() ? "\nChanged:" : "\nTo be changed:");
        text.append(RepairRows.lines(plan.changes()));
        if (plan.lostExtents() != 0) {
            String count =
                    plan.lostExtents() < 0 ? "An unknown number of" : plan.lostExtents() + "";
            text.append("\n%s of extents of 1 MiB came into use since; ".formatted(count))
                    .append(plan.done() ? "they are given up" : "they will be given up");
        }
        plan.danger().ifPresent(danger -> text.append("\nDANGER: ").append(danger));
        plan.backup().ifPresent(kept -> text.append("\nThe metadata as it was: ").append(kept));
        if (plan.verdict() == Verdict.DAMAGED) {
            text.append("\nRemains:").append(FindingRows.lines(plan.remaining()));
        }
        if (!plan.done()) {
            text.append("\nNothing was changed; --yes does it");
            text.append(plan.danger().isPresent() ? ", with --force" : "");
        }
        return text.toString();
    }
}
