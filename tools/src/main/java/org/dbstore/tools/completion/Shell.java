package org.dbstore.tools.completion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A shell that completes command lines by asking {@code dbsctl __complete}. */
public enum Shell {
    /** GNU Bash. */
    bash,
    /** The Z shell. */
    zsh,
    /** The friendly interactive shell. */
    fish;

    /** Returns what the shell has to read once. */
    public String script() {
        try (InputStream script = Shell.class.getResourceAsStream("dbsctl." + name())) {
            if (script == null) {
                throw new IllegalStateException("no script for " + this);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the script for " + this, e);
        }
    }
}
