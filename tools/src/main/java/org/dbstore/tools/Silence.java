package org.dbstore.tools;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.Optional;

/** A terminal that swallows everything, and where nobody is. */
final class Silence implements Terminal {
    private final Map<String, String> variables;
    private final PrintWriter nowhere = new PrintWriter(Writer.nullWriter());

    Silence(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    @Override
    public PrintWriter out() {
        return nowhere;
    }

    @Override
    public PrintWriter err() {
        return nowhere;
    }

    @Override
    public ReadableByteChannel input() {
        return Channels.newChannel(InputStream.nullInputStream());
    }

    @Override
    public WritableByteChannel output() {
        return Channels.newChannel(OutputStream.nullOutputStream());
    }

    @Override
    public boolean isInteractive() {
        return false;
    }

    @Override
    public Optional<String> ask(String question) {
        return Optional.empty();
    }

    @Override
    public Optional<String> askSecretly(String question) {
        return Optional.empty();
    }

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }
}
