package org.dbstore.tools;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.util.Optional;

/** The streams, console and environment of this process. */
@SuppressWarnings("SystemConsoleNull") // from 25 on it is null again where there is no terminal
final class SystemTerminal implements Terminal {
    private final PrintWriter out = writer(FileDescriptor.out, "stdout.encoding", false);
    private final PrintWriter err = writer(FileDescriptor.err, "stderr.encoding", true);

    @Override
    public PrintWriter out() {
        return out;
    }

    @Override
    public PrintWriter err() {
        return err;
    }

    @Override
    public ReadableByteChannel input() {
        return new FileInputStream(FileDescriptor.in).getChannel();
    }

    @Override
    public WritableByteChannel output() {
        return new FileOutputStream(FileDescriptor.out).getChannel();
    }

    @Override
    public boolean isInteractive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    @Override
    public Optional<String> ask(String question) {
        Console console = System.console();
        return console == null
                ? Optional.empty()
                : Optional.ofNullable(console.readLine("%s ", question));
    }

    @Override
    public Optional<String> askSecretly(String question) {
        Console console = System.console();
        return console == null || !console.isTerminal()
                ? Optional.empty()
                : Optional.ofNullable(console.readPassword("%s ", question)).map(String::valueOf);
    }

    @Override
    public Optional<String> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
    }

    /** Results go out at once, so that a reader of the first lines does not break the pipe. */
    private static PrintWriter writer(
            FileDescriptor stream, String encodingProperty, boolean lineByLine) {
        Charset charset = Charset.forName(System.getProperty(encodingProperty, "UTF-8"));
        return new PrintWriter(new FileOutputStream(stream), lineByLine, charset);
    }
}
