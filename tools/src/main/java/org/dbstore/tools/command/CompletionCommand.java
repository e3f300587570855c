package org.dbstore.tools.command;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete command lines. */
@Command(
        name = "completion",
        description = "Print the completion script for bash (and zsh with bashcompinit).",
        footer = {
            "",
            "Examples:",
            "  source <(dbsctl completion)",
            "  dbsctl completion > /etc/bash_completion.d/dbsctl"
        })
final class CompletionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Override
    public void run() {
        var root = spec.root().commandLine();
        root.getOut().print(AutoComplete.bash("dbsctl", root));
    }
}
