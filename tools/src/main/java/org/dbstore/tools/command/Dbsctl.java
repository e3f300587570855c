package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.OpenOptions;
import org.dbstore.backend.Store;
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
import org.dbstore.tools.server.DeviceAccess;
import org.dbstore.tools.server.Servers;
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

import java.nio.file.Path;
import java.util.Arrays;
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
        footer = {
            "",
            "Examples:",
            "  dbsctl device init main.dbs --size 100G",
            "  export DBS_DEVICE=main.dbs",
            "  dbsctl volume create vm1 20G",
            "  dbsctl snapshot create vm1",
            "  dbsctl volume list -o json",
            "",
            "'dbsctl help COMMAND' says more. docs/cli.md has the fields of JSON."
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
            paramLabel = "PATH|NAME",
            scope = ScopeType.INHERIT,
            description =
                    "The file or block device, or its name in the configuration of a running dbsd."
                        + " Without it: the environment's DBS_DEVICE, or the only device that is"
                        + " served.")
    @Nullable String device;

    @Option(
            names = "--server",
            paramLabel = "URL|PID",
            scope = ScopeType.INHERIT,
            description =
                    "The dbsd to ask. Without it: the environment's DBS_SERVER, or the one that"
                            + " runs. For a URL its token is in the file of DBS_TOKEN_FILE.")
    @Nullable String server;

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

    /** What comes first on the command line; the help has them in this order. */
    private static final List<Map.Entry<String, Class<?>>> COMMANDS =
            List.of(
                    Map.entry("device", DeviceCommands.class),
                    Map.entry("volume", VolumeCommands.class),
                    Map.entry("snapshot", SnapshotCommands.class),
                    Map.entry("clone", CloneCommands.class),
                    Map.entry("target", TargetCommands.class),
                    Map.entry("lun", LunCommands.class),
                    Map.entry("acl", AclCommands.class),
                    Map.entry("auth", AuthCommands.class),
                    Map.entry("portal", PortalCommands.class),
                    Map.entry("session", SessionCommands.class),
                    Map.entry("job", JobCommands.class),
                    Map.entry("config", ConfigCommands.class),
                    Map.entry("status", StatusCommand.class),
                    Map.entry("top", TopCommand.class),
                    Map.entry("page", PageCommand.class),
                    Map.entry("completion", CompletionCommand.class),
                    Map.entry("__complete", CompleteCommand.class));

    private static final String HELP = "help";

    /** It looks at all commands. */
    private static final String COMPLETE = "__complete";

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
        String[] words = args.length > 0 && args[0].equals(HELP) ? asOption(args) : args;
        CommandLine commandLine = commandLine(dbsctl, called(words));
        int exitCode = commandLine.execute(words);
        // Nothing else tells of a full disk or a closed pipe behind standard output.
        if (terminal.out().checkError() && exitCode == ExitCode.OK.number()) {
            terminal.err()
                    .println("dbsctl: standard output takes no more; the result is incomplete");
            return ExitCode.FAILED.number();
        }
        return exitCode;
    }

    /** Makes "COMMAND --help" of "help COMMAND", which people try as well. */
    private static String[] asOption(String... args) {
        String[] words = Arrays.copyOfRange(args, 1, args.length + 1);
        words[args.length - 1] = "--help";
        return words;
    }

    /** Returns what the command and all below it say of themselves. */
    public static CommandSpec specification() {
        return commandLine(new Dbsctl(Terminal.NOWHERE), COMMANDS).getCommandSpec();
    }

    /**
     * The commands that a command line may mean. Those below each are many, and to know them takes
     * longer than most of them run: so the others stay out, unless none is meant.
     */
    private static List<Map.Entry<String, Class<?>>> called(String... args) {
        List<String> words = List.of(args);
        List<Map.Entry<String, Class<?>>> named =
                COMMANDS.stream().filter(command -> words.contains(command.getKey())).toList();
        return named.isEmpty() || words.contains(COMPLETE) ? COMMANDS : named;
    }

    private static CommandLine commandLine(
            Dbsctl dbsctl, List<Map.Entry<String, Class<?>>> commands) {
        Terminal terminal = dbsctl.terminal;
        CommandLine commandLine = new CommandLine(dbsctl);
        commands.forEach(command -> commandLine.addSubcommand(command.getValue()));
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

    /** Opens the device that is meant, or asks the server that holds it. */
    Store open(boolean readOnly) throws BackendException, CommandFailure {
        return access().open(new OpenOptions(io(), readOnly));
    }

    /** Returns the device that is meant, which exists. */
    Path path() throws CommandFailure {
        return access().path();
    }

    /** The servers that may be asked. */
    Servers servers() {
        return new Servers(server, terminal::variable);
    }

    private DeviceAccess access() {
        return new DeviceAccess(
                servers(), Optional.ofNullable(device).or(() -> terminal.variable("DBS_DEVICE")));
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
        String.valueOf(described.getMessage())
                .lines()
                .forEach(line -> terminal.err().println("dbsctl: " + line));
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
