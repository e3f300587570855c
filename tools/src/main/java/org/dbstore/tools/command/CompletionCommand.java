package org.dbstore.tools.command;

import org.dbstore.tools.completion.Shell;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete command lines. */
@Command(
        name = "completion",
        description = {
            "Print what bash, zsh or fish needs to complete command lines.",
            "It asks dbsctl itself, which knows commands, options, volumes, snapshots, targets,"
                    + " sessions and jobs."
        },
        footer = {
            "",
            "Examples:",
            "  source <(dbsctl completion bash)",
            "  dbsctl completion bash > /etc/bash_completion.d/dbsctl",
            "  dbsctl completion zsh > /usr/local/share/zsh/site-functions/_dbsctl",
            "  dbsctl completion fish > ~/.config/fish/completions/dbsctl.fish"
        })
final class CompletionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash (default), zsh or fish.")
    Shell shell = Shell.bash;

    @Override
    public void run() {
        spec.commandLine().getOut().print(shell.script());
    }
}
