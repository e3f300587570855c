package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.Terminal;

import picocli.CommandLine.Option;

import java.util.Locale;

/** The option that says yes beforehand, and the question without it. */
final class Confirmation {
    @Option(
            names = {"-y", "--yes", "--force"},
            description = "Do not ask before something is destroyed.")
    boolean given;

    /**
     * Returns only if the operator agrees.
     *
     * @param terminal where the operator is asked
     * @param refusal how the command ends where nobody can be asked
     * @param loss what will be lost
     */
    void require(Terminal terminal, ExitCode refusal, String loss) throws CommandFailure {
        if (given) {
            return;
        }
        if (!terminal.isInteractive()) {
            throw new CommandFailure(refusal, loss, "nothing was changed; --yes does it");
        }
        String answer = terminal.ask(loss + ". Go on? [y/N]").orElse("").strip();
        if (!answer.toLowerCase(Locale.ROOT).matches("y|yes")) {
            throw new CommandFailure(ExitCode.FAILED, "not confirmed", "nothing was changed");
        }
    }
}
