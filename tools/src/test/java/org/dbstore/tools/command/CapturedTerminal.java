package org.dbstore.tools.command;

import org.dbstore.tools.Terminal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A terminal whose streams, answers and environment the test holds. */
final class CapturedTerminal implements Terminal {
    final Map<String, String> variables = new HashMap<>();
    private final Deque<String> answers = new ArrayDeque<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintWriter outWriter = new PrintWriter(out, true, StandardCharsets.UTF_8);
    private final PrintWriter errWriter = new PrintWriter(err, true, StandardCharsets.UTF_8);
    private byte[] input = {};
    private boolean interactive;

    /** Puts an operator there who gives these answers. */
    CapturedTerminal answering(String... texts) {
        interactive = true;
        answers.addAll(Arrays.asList(texts));
        return this;
    }

    CapturedTerminal fedWith(byte[] bytes) {
        input = bytes;
        return this;
    }

    String printed() {
        outWriter.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    byte[] printedBytes() {
        return out.toByteArray();
    }

    String complained() {
        errWriter.flush();
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public PrintWriter out() {
        return outWriter;
    }

    @Override
    public PrintWriter err() {
        return errWriter;
    }

    @Override
    public ReadableByteChannel input() {
        return Channels.newChannel(new ByteArrayInputStream(input));
    }

    @Override
    public WritableByteChannel output() {
        return Channels.newChannel(out);
    }

    @Override
    public boolean isInteractive() {
        return interactive;
    }

    @Override
    public Optional<String> ask(String question) {
        errWriter.println(question);
        return Optional.ofNullable(answers.poll());
    }

    @Override
    public Optional<String> askSecretly(String question) {
        return interactive ? ask(question) : Optional.empty();
    }

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }
}
