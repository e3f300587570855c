package org.dbstore.tools.completion;

import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The words that may come next in a command line. */
public final class Suggestions {
    /** Stands for the names of files, which the shell knows better. */
    public static final String FILES = ":files";

    private final CommandSpec root;
    private final Function<Function<String, Optional<String>>, ObjectNames> names;

    /**
     * Creates them.
     *
     * @param root the whole command
     * @param names who knows what there is, by the values that options have in the line
     */
    public Suggestions(
            CommandSpec root, Function<Function<String, Optional<String>>, ObjectNames> names) {
        this.root = root;
        this.names = names;
    }

    /**
     * Returns what may come next; nothing where nothing is known, and never a failure.
     *
     * @param words behind the command's name; the last one is to be completed and may be empty
     * @return each a word, a tab and what it is about, or {@link #FILES} alone
     */
    public List<String> after(List<String> words) {
        String begun = words.isEmpty() ? "" : words.getLast();
        List<String> before = words.isEmpty() ? words : words.subList(0, words.size() - 1);
        var position = new CommandLinePosition(root, before);
        if (position.mayBeOption() && begun.startsWith("-")) {
            int equals = begun.indexOf('=');
            return equals < 0
                    ? options(position.command(), begun)
                    : assigned(position, begun.substring(0, equals + 1), begun);
        }
        if (position.mayBeCommand()) {
            return commands(position.command(), begun);
        }
        return position.argument()
                .map(argument -> values(argument, begun, position))
                .orElse(List.of());
    }

    private static List<String> options(CommandSpec command, String begun) {
        List<String> suggestions = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            if (!option.hidden() && option.longestName().startsWith(begun)) {
                suggestions.add(option.longestName() + about(option.description()));
            }
        }
        return suggestions.stream().sorted().toList();
    }

    private List<String> assigned(CommandLinePosition position, String option, String begun) {
        OptionSpec spec =
                position.command().optionsMap().get(option.substring(0, option.length() - 1));
        return spec == null
                ? List.of()
                : values(spec, begun.substring(option.length()), position).stream()
                        .map(value -> value.equals(FILES) ? value : option + value)
                        .toList();
    }

    private static List<String> commands(CommandSpec command, String begun) {
        return command.subcommands().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(begun))
                .filter(entry -> !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(entry ->
                        entry.getKey()
                                + about(
                                        entry.getValue()
                                                .getCommandSpec()
                                                .usageMessage()
                                                .description()))
                .toList();
    }

    private List<String> values(ArgSpec argument, String begun, CommandLinePosition position) {
        if (argument.completionCandidates() != null) {
            List<String> suggestions = new ArrayList<>();
            argument.completionCandidates().forEach(suggestions::add);
            return suggestions.stream().filter(word -> word.startsWith(begun)).toList();
        }
        return ObjectKind.of(argument.paramLabel())
                .map(kind -> names(kind, begun, position))
                .orElse(List.of());
    }

    private List<String> names(ObjectKind kind, String begun, CommandLinePosition position) {
        if (kind == ObjectKind.FILE) {
            return List.of(FILES);
        }
        List<String> found;
        try {
            found = names.apply(position::value).of(kind, begun);
        } catch (Exception e) {
            return List.of(); // a shell that completes has no place for an error
        }
        List<String> fitting = found.stream().filter(name -> name.startsWith(begun)).toList();
        return fitting.isEmpty() && kind == ObjectKind.DEVICE ? List.of(FILES) : fitting;
    }

    private static String about(String... description) {
        return description.length == 0 ? "" : "\t" + description[0].replaceAll("%n.*", "");
    }
}
