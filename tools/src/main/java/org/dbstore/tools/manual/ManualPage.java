package org.dbstore.tools.manual;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The manual page of one command in roff, the language of man(1). */
final class ManualPage {
    private final CommandSpec command;
    private final int section;
    private final StringBuilder roff = new StringBuilder();

    /**
     * Prepares a page.
     *
     * @param command which
     * @param section of the manual: 1 for users, 8 for administrators' servers
     */
    ManualPage(CommandSpec command, int section) {
        this.command = command;
        this.section = section;
    }

    /** The name of a page: dashes join a command with those below it. */
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /** The file that the page is in. */
    String fileName() {
        return name(command) + "." + section;
    }

    /** The whole page. */
    String text() {
        String name = name(command);
        macro("TH", quoted(name.toUpperCase(Locale.ROOT)), section + "", "\"\"", "DBS");
        heading("NAME");
        line(text(name) + " \\- " + text(firstSentence()));
        heading("SYNOPSIS");
        macro("nf");
        line("\\fB" + text(synopsis()) + "\\fR");
        macro("fi");
        heading("DESCRIPTION");
        paragraphs(command.usageMessage().description());
        subcommands();
        options();
        exitCodes();
        footer();
        seeAlso();
        return roff.toString();
    }

    private String firstSentence() {
        String[] description = command.usageMessage().description();
        if (description.length == 0) {
            return command.qualifiedName();
        }
        String first = description[0].replaceAll("(?s)[.:] .*|%n.*", "");
        return first.replaceAll("\\.$", "");
    }

    private String synopsis() {
        Help help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
        return help.synopsis(0).strip();
    }

    private void subcommands() {
        List<CommandSpec> below = visible(command);
        if (below.isEmpty()) {
            return;
        }
        heading("COMMANDS");
        for (CommandSpec sub : below) {
            macro("TP");
            line("\\fB" + text(name(sub)) + "\\fR(" + section + ")");
            paragraphs(sub.usageMessage().description());
        }
    }

    private void options() {
        heading("OPTIONS");
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (!parameter.hidden()) {
                macro("TP");
                line("\\fI" + text(parameter.paramLabel()) + "\\fR");
                paragraphs(parameter.description());
            }
        }
        List<OptionSpec> options =
                command.options().stream()
                        .filter(option -> !option.hidden())
                        .sorted(Comparator.comparing(OptionSpec::longestName))
                        .toList();
        for (OptionSpec option : options) {
            macro("TP");
            String value =
                    option.arity().max() == 0 ? "" : " \\fI" + text(option.paramLabel()) + "\\fR";
            line("\\fB" + text(String.join(", ", option.names())) + "\\fR" + value);
            paragraphs(option.description());
        }
    }

    private void exitCodes() {
        Map<String, String> codes = command.root().usageMessage().exitCodeList();
        if (codes.isEmpty()) {
            return;
        }
        heading("EXIT STATUS");
        codes.forEach((code, meaning) -> {
            macro("TP");
            line("\\fB" + text(code) + "\\fR");
            line(text(meaning));
        });
    }

    private void footer() {
        List<String> lines =
                Arrays.stream(command.usageMessage().footer())
                        .map(line -> line.replace("%n", "\n").stripTrailing())
                        .toList();
        if (lines.isEmpty()) {
            return;
        }
        heading("EXAMPLES");
        macro("nf");
        for (String line : lines) {
            if (!line.matches("Examples?:|")) {
                line(text(line));
            }
        }
        macro("fi");
    }

    private void seeAlso() {
        if (command.parent() != null) {
            heading("SEE ALSO");
            line("\\fB" + text(name(command.parent())) + "\\fR(" + section + ")");
        }
    }

    /** The commands below that people may know of. */
    static List<CommandSpec> visible(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(sub -> !sub.usageMessage().hidden())
                .distinct()
                .toList();
    }

    private void heading(String title) {
        macro("SH", title);
    }

    private void macro(String name, String... arguments) {
        roff.append('.').append(name);
        for (String argument : arguments) {
            roff.append(' ').append(argument);
        }
        roff.append('\n');
    }

    private void paragraphs(String... texts) {
        for (String text : texts) {
            line(text(text.replace("%n", " ")));
        }
    }

    private void line(String text) {
        roff.append(text).append('\n');
    }

    private static String quoted(String text) {
        return '"' + text(text) + '"';
    }

    /** Nothing in it is a command of roff: neither a backslash nor a dot or quote in front. */
    private static String text(String plain) {
        return plain.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("%%", "%")
                .replaceAll("(?m)^([.'])", "\\\\&$1");
    }
}
