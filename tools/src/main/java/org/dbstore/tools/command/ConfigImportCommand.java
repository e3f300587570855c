package org.dbstore.tools.command;

import org.dbstore.config.ConfigException;
import org.dbstore.config.peer.ConfigImport;
import org.dbstore.config.peer.Imported;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.output.Column;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Turns another target's configuration into ours. */
@Command(
        name = "import",
        description = {
            "Turn the configuration of another target into one of ours; secrets go into files of"
                    + " mode 0600 beside it, and nothing that is there is overwritten.",
            "What was not carried over, and what is to be done, is said with file and line.",
            "-d says where the device with the volumes is, or will be."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl config import --format targetcli saveconfig.json dbs.yaml -d main.dbs",
            "  dbsctl config import --format scst /etc/scst.conf dbs.yaml -d main.dbs --dry-run"
        })
final class ConfigImportCommand implements Callable<Integer> {
    /** The names that operators know. */
    enum Peer {
        /** saveconfig.json of LIO. */
        targetcli,
        /** targets.conf of tgt. */
        tgt,
        /** ctl.conf of FreeBSD. */
        ctl,
        /** scst.conf. */
        scst;

        private ConfigImport.Format format() {
            return switch (this) {
                case targetcli -> ConfigImport.Format.TARGETCLI;
                case tgt -> ConfigImport.Format.TGT;
                case ctl -> ConfigImport.Format.CTL;
                case scst -> ConfigImport.Format.SCST;
            };
        }
    }

    /** What was written. */
    private record Result(Path file, Imported imported) {}

    private static final List<Column<Result>> COLUMNS =
            List.of(
                    Column.text("file", "FILE", result -> result.file.toString()),
                    Column.count(
                            "secretCount",
                            "SECRETS",
                            result -> (long) result.imported.secretFiles().size()),
                    Column.texts("notes", "NOTES", result -> result.imported.notes()));

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            description = "targetcli, tgt, ctl or scst.")
    Peer format = Peer.targetcli;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the device is called in the configuration (default: main).")
    String name = "main";

    @Option(names = "--dry-run", description = "Print the configuration; write nothing.")
    boolean dryRun;

    @Parameters(index = "0", paramLabel = "FILE", description = "The other target's.")
    Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "OUTPUT", description = "Ours; not there yet.")
    Path output = Path.of("");

    @Override
    public Integer call() throws CommandFailure, ConfigException, IOException {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        Path device =
                Optional.ofNullable(dbsctl.device)
                        .or(() -> dbsctl.terminal().variable("DBS_DEVICE"))
                        .map(Path::of)
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "no device is named",
                                        "-d PATH says where the volumes are, or will be"));
        Imported imported = ConfigImport.read(format.format(), file, name, device);
        if (dryRun) {
            PrintWriter out = dbsctl.terminal().out();
            out.print(imported.text());
            imported.notes().forEach(note -> dbsctl.terminal().err().println("dbsctl: " + note));
            return ExitCode.OK.number();
        }
        imported.write(output);
        StringBuilder text = new StringBuilder("Wrote " + output);
        imported.notes().forEach(note -> text.append("\n  ").append(note));
        dbsctl.printer().done(text.toString(), COLUMNS, new Result(output, imported));
        return ExitCode.OK.number();
    }
}
