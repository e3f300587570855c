package org.dbstore.tools;

import org.dbstore.tools.command.Dbsctl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Runs each kind of command once on a small device of its own, so that the JVM can record the
 * classes they load; bin/dbsctl keeps the record and starts faster by it.
 */
final class StartTraining {
    private StartTraining() {}

    /**
     * Runs the commands.
     *
     * @param args none
     */
    public static void main(String[] args) throws IOException {
        Main.keepLoggingSimple();
        Path directory = Files.createTempDirectory("dbsctl");
        Path device = directory.resolve("device.dbs");
        try {
            run("device", "init", device.toString(), "--size", "128M");
            String[][] commands = {
                {"device", "info"},
                {"volume", "create", "v", "1M"},
                {"volume", "list"},
                {"volume", "info", "v", "-o", "json"},
                {"snapshot", "create", "v"},
                {"snapshot", "list", "v"},
                {"volume", "export", "v", "-"},
                {"volume", "delete", "v", "--yes"},
                {"volume", "info", "v"},
                {"volume", "--help"}
            };
            for (String[] command : commands) {
                String[] line = Arrays.copyOf(command, command.length + 2);
                line[command.length] = "-d";
                line[command.length + 1] = device.toString();
                run(line);
            }
        } finally {
            Files.deleteIfExists(device);
            Files.delete(directory);
        }
    }

    private static void run(String... command) {
        int exitCode = Dbsctl.run(new Silence(), command);
        System.out.println(String.join(" ", command) + ": " + exitCode);
    }

    /** A terminal that swallows everything. */
    private static final class Silence implements Terminal {
        private final PrintWriter nowhere = new PrintWriter(Writer.nullWriter());

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
            return Optional.empty();
        }
    }
}
