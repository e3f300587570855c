package org.dbstore.tools;

import java.io.PrintWriter;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.Optional;

/** What surrounds a command: its streams, its operator and its environment. */
public interface Terminal {
    /** Swallows everything; nobody is there. */
    Terminal NOWHERE = new Silence(Map.of());

    /**
     * Returns where results go.
     *
     * @return standard output
     */
    PrintWriter out();

    /**
     * Returns where errors and remarks go.
     *
     * @return standard error
     */
    PrintWriter err();

    /**
     * Returns raw standard input.
     *
     * @return not to be closed
     */
    ReadableByteChannel input();

    /**
     * Returns raw standard output, for contents of volumes.
     *
     * @return not to be closed
     */
    WritableByteChannel output();

    /**
     * Tells whether a person sits there.
     *
     * @return true if standard input and output are a terminal
     */
    boolean isInteractive();

    /**
     * Asks the operator, who is there.
     *
     * @param question without a prompt's blank
     * @return the answer; empty at the end of input
     */
    Optional<String> ask(String question);

    /**
     * Asks for what nobody else may read.
     *
     * @param question without a prompt's blank
     * @return the answer; empty if nobody is there, or at the end of input
     */
    Optional<String> askSecretly(String question);

    /**
     * Looks up the environment.
     *
     * @param name of a variable
     * @return its value, empty if it is unset or empty
     */
    Optional<String> variable(String name);
}
