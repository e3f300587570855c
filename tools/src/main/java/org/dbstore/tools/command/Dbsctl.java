package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.config.Spelling;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.Terminal;
import org.dbstore.tools.output.JsonPrinter;
import org.dbstore.tools.output.Printer;
import org.dbstore.tools.output.SelectingPrinter;
import org.dbstore.tools.output.Selection;
import org.dbstore.tools.output.TablePrinter;
import org.dbstore.tools.output.YamlPrinter;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;

/** {@code dbsctl}: the options that every command has, and what commands do alike. */
@Command(
        name = "dbsctl",
        description = "Administers a Direct Block Store: the device, its volumes and snapshots.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Dbsctl.Version.class,
        subcommands = {
            DeviceCommands.class,
            VolumeCommands.class,
            SnapshotCommands.class,
            CompletionCommand.class,
            CompleteCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl device init main.dbs --size 100G",
            "  export DBS_DEVICE=main.dbs",
            "  dbsctl volume create vm1 20G",
            "  dbsctl snapshot create vm1",
            "  dbsctl volume list -o json",
            "",
            "'dbsctl COMMAND --help' says more. docs/cli.md has the fields of JSON."
        })
public final class Dbsctl {
    /** How results are printed. */
    enum Format {
        /** For people. */
        table,
        /** For programs. */
        json,
        /** For programs and people. */
        yaml
    }

    @Option(
            names = {"-d", "--device"},
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            description = "The file or block device. Without it: the environment's DBS_DEVICE.")
    @Nullable Path device;

    @Option(
            names = "--direct",
            scope = ScopeType.INHERIT,
            description = "Go past the page cache (O_DIRECT).")
    boolean direct;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "table (default), json or yaml.")
    Format format = Format.table;

    @Option(
            names = {"-H", "--no-header"},
            scope = ScopeType.INHERIT,
            description = "Tables without header, separated by tabs.")
    boolean noHeader;

    @Option(
            names = {"-b", "--bytes"},
            scope = ScopeType.INHERIT,
            description = "Tables with sizes in bytes. JSON always has them so.")
    boolean exactBytes;

    @Option(
            names = "--columns",
            paramLabel = "COLUMN",
            split = ",",
            scope = ScopeType.INHERIT,
            description =
                    "What list and info show, as name,size: fields of JSON, with or without their"
                            + " unit; all for all.")
    List<String> columns = List.of();

    @Option(
            names = "--sort",
            paramLabel = "COLUMN",
            scope = ScopeType.INHERIT,
            parameterConsumer = NextWord.class,
            description = "Sort lists by a column, -COLUMN: the largest first.")
    String sort = "";

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack trace of a failure.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    private final Terminal terminal;

    private Dbsctl(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Runs one command.
     *
     * @param terminal what surrounds it
     * @param args the command line
     * @return number of an {@link ExitCode}
     */
    public static int run(Terminal terminal, String... args) {
        Dbsctl dbsctl = new Dbsctl(terminal);
        CommandLine commandLine = commandLine(dbsctl);
        int exitCode = commandLine.execute(args);
        // Nothing else tells of a full disk or a closed pipe behind standard output.
        if (terminal.out().checkError() && exitCode == ExitCode.OK.number()) {
            terminal.err()
                    .println("dbsctl: standard output takes no more; the result is incomplete");
            return ExitCode.FAILED.number();
        }
        return exitCode;
    }

    private static CommandLine commandLine(Dbsctl dbsctl) {
        Terminal terminal = dbsctl.terminal;
        CommandLine commandLine = new CommandLine(dbsctl);
        Map<String, String> exitCodes = new LinkedHashMap<>();
        for (ExitCode exitCode : ExitCode.values()) {
            exitCodes.put(exitCode.number() + "", exitCode.meaning());
        }
        commandLine
                .getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(exitCodes);
        return commandLine
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(
                                terminal.isInteractive() ? Ansi.AUTO : Ansi.OFF))
                .setParameterExceptionHandler((e, args) -> dbsctl.misused(e))
                .setExecutionExceptionHandler((e, command, result) -> dbsctl.failed(e));
    }

    Terminal terminal() {
        return terminal;
    }

    Printer printer() {
        Printer printer =
                switch (format) {
                    case table -> new TablePrinter(terminal.out(), !noHeader, exactBytes);
                    case json -> new JsonPrinter(terminal.out());
                    case yaml -> new YamlPrinter(terminal.out());
                };
        Selection selection = new Selection(columns, sort);
        return selection.isNone() ? printer : new SelectingPrinter(printer, selection);
    }

    /** Opens the device that was named. */
    BlockStore open(boolean readOnly) throws BackendException, CommandFailure {
        return BlockStore.open(path(), new OpenOptions(io(), readOnly));
    }

    /** Returns the device that was named, which exists. */
    Path path() throws CommandFailure {
        Path path =
                Optional.ofNullable(device)
                        .or(() -> terminal.variable("DBS_DEVICE").map(Path::of))
                        .orElseThrow(() ->
                                new CommandFailure(
                                        ExitCode.USAGE,
                                        "no device is named",
                                        "use -d PATH or set DBS_DEVICE"));
        if (!Files.exists(path)) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    path + " does not exist",
                    "name a device, or make one by 'dbsctl device init'");
        }
        return path;
    }

    private OpenOptions.Io io() {
        return direct ? OpenOptions.Io.DIRECT : OpenOptions.Io.BUFFERED;
    }

    private int misused(ParameterException failure) {
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        String what =
                failure instanceof UnmatchedArgumentException unmatched
                        ? unknown(unmatched.getUnmatched().getFirst(), command)
                        : String.valueOf(failure.getMessage());
        terminal.err()
                .println("dbsctl: " + what + "; see '" + command.qualifiedName() + " --help'");
        trace(failure);
        return ExitCode.USAGE.number();
    }

    private static String unknown(String word, CommandSpec command) {
        boolean option = word.startsWith("-");
        Set<String> known = option ? command.optionsMap().keySet() : command.subcommands().keySet();
        String what =
                option
                        ? "unknown option '" + word + "'"
                        : known.isEmpty()
                                ? "'" + word + "' is one argument too many"
                                : "unknown command '" + word + "'";
        return Spelling.nearest(word, known)
                .map(meant -> what + ", did you mean '" + meant + "'?")
                .orElse(what);
    }

    private int failed(Exception failure) {
        CommandFailure described = CommandFailure.of(failure);
        terminal.err().println("dbsctl: " + described.getMessage());
        trace(failure);
        return described.exitCode().number();
    }

    private void trace(Exception failure) {
        if (debug) {
            failure.printStackTrace(terminal.err());
        }
    }

    /** Takes the next word, which may begin with '-'. */
    static final class NextWord implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            if (words.isEmpty()) {
                throw new ParameterException(
                        command.commandLine(), "Missing required parameter for option '--sort'");
            }
            option.setValue(words.pop());
        }
    }

    /** The version of the build, from the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Dbsctl.class.getPackage().getImplementationVersion();
            return new String[] {"dbsctl " + (version == null ? "(not packaged)" : version)};
        }
    }
}
