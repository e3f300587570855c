package org.dbstore.tools.completion;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where in a command line, which may be wrong or unfinished, the next word comes. */
final class CommandLinePosition {
    private CommandSpec command;
    private int positionals;
    private boolean optionsEnded;
    private @Nullable OptionSpec waiting;
    private final Map<String, String> values = new HashMap<>();

    /**
     * Follows the words.
     *
     * @param root the whole command
     * @param words behind its name, all but the one to complete
     */
    CommandLinePosition(CommandSpec root, List<String> words) {
        command = root;
        words.forEach(this::take);
    }

    /** The command, or command of a command, that was named last. */
    CommandSpec command() {
        return command;
    }

    /** True if a word with '-' in front is an option. */
    boolean mayBeOption() {
        return !optionsEnded && waiting == null;
    }

    /** True if the word may name a command. */
    boolean mayBeCommand() {
        return waiting == null && positionals == 0 && !command.subcommands().isEmpty();
    }

    /** What the word is a value of; empty if none is expected. */
    Optional<ArgSpec> argument() {
        if (waiting != null) {
            return Optional.of(waiting);
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (parameter.index().contains(positionals)) {
                return Optional.of(parameter);
            }
        }
        return Optional.empty();
    }

    /** The value that an option was given. */
    Optional<String> value(String longName) {
        return Optional.ofNullable(values.get(longName));
    }

    private void take(String word) {
        if (waiting != null) {
            values.put(waiting.longestName(), word);
            waiting = null;
        } else if (!optionsEnded && word.equals("--")) {
            optionsEnded = true;
        } else if (!optionsEnded && word.length() > 1 && word.startsWith("-")) {
            takeOption(word);
        } else {
            takeArgument(word);
        }
    }

    private void takeOption(String word) {
        int equals = word.indexOf('=');
        OptionSpec option = command.optionsMap().get(equals < 0 ? word : word.substring(0, equals));
        if (option == null && !word.startsWith("--")) {
            OptionSpec letter = command.optionsMap().get(word.substring(0, 2));
            if (letter != null && letter.arity().max() > 0) {
                values.put(letter.longestName(), word.substring(2));
            }
        } else if (option != null && equals >= 0) {
            values.put(option.longestName(), word.substring(equals + 1));
        } else if (option != null && option.arity().min() > 0) {
            waiting = option;
        }
    }

    private void takeArgument(String word) {
        CommandLine next = positionals == 0 ? command.subcommands().get(word) : null;
        if (next == null) {
            positionals++;
        } else {
            command = next.getCommandSpec();
        }
    }
}
