package org.dbstore.tools;

import org.dbstore.tools.command.Dbsctl;

/** Entry of {@code dbsctl}. */
public final class Main {
    private Main() {}

    /**
     * Runs one command and ends the process with its {@link ExitCode}.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        keepLoggingSimple();
        int exitCode = Dbsctl.run(new SystemTerminal(), args);
        // Everything is closed and printed. Unlike exit, this starts no logger to say that it ends.
        Runtime.getRuntime().halt(exitCode);
    }

    /**
     * The engine logs through Log4j's API. A command reports by its messages and exit code, so the
     * implementation that configures itself from files is not started: it takes longer than the
     * command.
     */
    static void keepLoggingSimple() {
        System.setProperty(
                "log4j.provider", "org.apache.logging.log4j.simple.internal.SimpleProvider");
    }
}
