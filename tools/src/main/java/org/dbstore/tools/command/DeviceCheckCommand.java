package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.check.CheckReport;
import org.dbstore.backend.check.DeviceCheck;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** Looks for damage. */
@Command(
        name = "check",
        description = {
            "Check all metadata of a device. Nothing is changed, and the device may be in use.",
            "Ends with 0 if it is clean, 1 if it should be repaired but all that is served is"
                    + " right, 2 if it is damaged."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl device check -d main.dbs",
            "  dbsctl device check -o json | jq '.findings[].text'"
        })
final class DeviceCheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Override
    public Integer call() throws BackendException, CommandFailure {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        CheckReport report = DeviceCheck.run(dbsctl.path(), dbsctl.direct);
        String sentence =
                switch (report.verdict()) {
                    case CLEAN -> report.device() + " is clean";
                    case REPAIRABLE -> report.device() + " should be repaired; no data is lost";
                    case DAMAGED -> report.device() + " is damaged";
                };
        dbsctl.printer()
                .done(sentence + FindingRows.lines(report.findings()), FindingRows.CHECK, report);
        return FindingRows.exitCode(report.verdict());
    }
}
