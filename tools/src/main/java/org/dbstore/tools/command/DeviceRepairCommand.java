package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.repair.DeviceRepair;
import org.dbstore.backend.repair.RepairOptions;
import org.dbstore.backend.repair.RepairReport;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Repairs what is damaged. */
@Command(
        name = "repair",
        description = {
            "Say what a repair of the device would change; --yes does it.",
            "What the device itself does not decide is left alone unless an option decides it.",
            "Ends with 0 if there is nothing to do, 1 if the device is, or would be, clean"
                    + " afterwards, 2 if something remains."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl device repair -d main.dbs",
            "  dbsctl device repair --yes --backup /root/main.metadata",
            "  dbsctl device repair --from-mirror --free-orphans --yes"
        })
final class DeviceRepairCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Option(
            names = "--from-mirror",
            description =
                    "Where a block differs from its mirror and either may be right, the"
                            + " mirror is.")
    boolean fromMirror;

    @Option(
            names = "--keep-device",
            description = "There the block is right; also where block and mirror are damaged.")
    boolean keepDevice;

    @Option(
            names = "--free-orphans",
            description =
                    "Free extents and snapshots that no volume leads to, and extents beyond the end"
                            + " of theirs. Not while a volume is not served: they may be its.")
    boolean freeOrphans;

    @Option(
            names = "--drop-contradictions",
            description =
                    "Free extents that another one for the same position hides, that the"
                            + " device does not reach, or that are reserved.")
    boolean dropContradictions;

    @Option(
            names = "--drop-volume",
            paramLabel = "VOLUME",
            description = "Give up a volume that is not served. What it had is an orphan then.")
    List<String> dropVolumes = new ArrayList<>();

    @Option(
            names = "--backup",
            paramLabel = "FILE",
            description =
                    "Where the metadata is kept as it was, for 'dbsctl device restore'."
                            + " Without it: beside the device, or for a block device here.")
    @Nullable Path backup;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() throws BackendException, CommandFailure {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        if (fromMirror && keepDevice) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--from-mirror and --keep-device say the opposite",
                    "give one of them");
        }
        Path device = dbsctl.path();
        RepairReport report =
                confirmation.given
                        ? DeviceRepair.run(
                                device, dbsctl.direct, options(), Backups.file(device, backup))
                        : DeviceRepair.plan(device, dbsctl.direct, options());
        dbsctl.printer().done(text(report), RepairRows.REPAIR, report);
        return FindingRows.exitCode(report.verdict());
    }

    private RepairOptions options() {
        return new RepairOptions(
                fromMirror
                        ? RepairOptions.Doubt.FROM_MIRROR
                        : keepDevice ? RepairOptions.Doubt.KEEP_DEVICE : RepairOptions.Doubt.REFUSE,
                freeOrphans,
                dropContradictions,
                Set.copyOf(dropVolumes));
    }

    private static String text(RepairReport report) {
        StringBuilder text = new StringBuilder();
        if (Verdict.of(report.found()) == Verdict.CLEAN) {
            return report.device() + " is clean" + FindingRows.lines(report.found());
        }
        text.append("Found:").append(FindingRows.lines(report.found()));
        if (!report.changes().isEmpty()) {
            text.append(report.done() ? "\nChanged:" : "\nTo be changed:");
            text.append(RepairRows.lines(report.changes()));
        }
        report.backup().ifPresent(file -> text.append("\nThe metadata as it was: ").append(file));
        boolean clean = report.verdict() != Verdict.DAMAGED;
        if (!clean) {
            text.append("\nRemains:").append(FindingRows.lines(report.remaining()));
        }
        if (report.changes().isEmpty()) {
            text.append("\nNothing of this can be repaired so; see what to do above");
        } else if (!report.done()) {
            text.append("\nNothing was changed; --yes does it");
        } else if (clean) {
            text.append("\n%s is clean".formatted(report.device()));
        }
        return text.toString();
    }
}
