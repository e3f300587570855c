package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.repair.DeviceDump;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.output.Column;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** Keeps a copy of the metadata. */
@Command(
        name = "dump",
        description = {
            "Write all metadata of the device, but no data, into a file.",
            "The device may be in use; the dump is of one moment."
        },
        footer = {"", "Example:", "  dbsctl device dump main.metadata -d main.dbs"})
final class DeviceDumpCommand implements Callable<Integer> {
    private record Dumped(Path device, Path file, long bytes) {}

    private static final List<Column<Dumped>> COLUMNS =
            List.of(
                    Column.text("path", "PATH", dumped -> dumped.device.toString()),
                    Column.text("file", "FILE", dumped -> dumped.file.toString()),
                    Column.size("storedBytes", "STORED", Dumped::bytes));

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Not there yet.")
    Path file = Path.of("");

    @Override
    public Integer call() throws BackendException, CommandFailure, IOException {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        Path device = dbsctl.path();
        DeviceDump.run(device, dbsctl.direct, file);
        dbsctl.printer()
                .done(
                        "Dumped the metadata of " + device + " to " + file,
                        COLUMNS,
                        new Dumped(device, file, Files.size(file)));
        return ExitCode.OK.number();
    }
}
