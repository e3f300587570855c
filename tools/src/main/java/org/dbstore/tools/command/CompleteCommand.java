package org.dbstore.tools.command;

import org.dbstore.tools.completion.Suggestions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;

/** What the completion scripts ask. It prints no errors. */
@Command(
        name = "__complete",
        hidden = true,
        description = "Print the words that may come next.",
        footer = {"", "Example:", "  dbsctl __complete -- volume info v"})
final class CompleteCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            description = "Of the command line; the last one is to be completed.")
    List<String> words = List.of();

    @Override
    public void run() {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        PrintWriter out = dbsctl.terminal().out();
        new Suggestions(spec.root(), options -> new KnownObjects(dbsctl, options))
                .after(words)
                .forEach(out::println);
    }
}
