package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Store;
import org.dbstore.backend.stream.SnapshotStream;
import org.dbstore.backend.stream.StreamToken;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.Terminal;
import org.dbstore.tools.transfer.ProgressDisplay;
import org.dbstore.tools.transfer.StreamFile;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes a snapshot as a stream. */
@Command(
        name = "export",
        description = {
            "Write a snapshot, or what changed since an older one, as a stream for 'snapshot"
                    + " import'.",
            "A file is called FILE.partial until it is complete and on the disk."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl snapshot export vm1@3 vm1-full.dbstream",
            "  dbsctl snapshot export vm1@5 - --from vm1@3 | ssh backup dbsctl snapshot import vm1"
                    + " -"
        })
final class SnapshotExportCommand extends StoreQuery {
    private static final String PIPE = "-";

    @Parameters(
            index = "0",
            paramLabel = "VOLUME@SNAPSHOT",
            converter = SourceName.Converter.class,
            description = "What is written.")
    SourceName source = SourceName.NONE;

    @Parameters(index = "1", paramLabel = "FILE", description = "A file; - for standard output.")
    String file = "";

    @Option(
            names = "--from",
            paramLabel = "VOLUME@OLD",
            converter = SourceName.Converter.class,
            description = "Write only what changed since this snapshot.")
    @Nullable SourceName base;

    @Option(names = "--resume", description = "Go on with FILE.partial.")
    boolean resume;

    @Option(
            names = "--resume-at",
            paramLabel = "TOKEN",
            description = "Begin where an import broke off, as 'snapshot import-token' says.")
    @Nullable String token;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(Store store) throws BackendException, CommandFailure, IOException {
        Terminal terminal = dbsctl().terminal();
        SnapshotInfo snapshot = frozen(store, source);
        OptionalInt baseId =
                base == null ? OptionalInt.empty() : OptionalInt.of(frozen(store, base).id());
        checkDestination(terminal);
        long stored;
        try (ProgressDisplay progress = ProgressDisplay.begin(terminal, "Export")) {
            SnapshotStream export =
                    store.exportStream(source.volume(), snapshot.id(), baseId, progress);
            stored = write(export, terminal);
        }
        if (!file.equals(PIPE)) {
            dbsctl().printer()
                    .done(
                            "Exported %s to %s: %s written"
                                    .formatted(source, file, ByteSize.format(stored)),
                            Streamed.COLUMNS,
                            new Streamed(source.toString(), file, snapshot.sizeBytes(), stored));
        }
    }

    private SnapshotInfo frozen(Store store, SourceName name)
            throws BackendException, CommandFailure {
        SnapshotInfo snapshot = name.frozen(store);
        if (!name.volume().equals(source.volume())) {
            throw new CommandFailure(
                    ExitCode.USAGE, name + " is of another volume", "name one of the same");
        }
        return snapshot;
    }

    private void checkDestination(Terminal terminal) throws CommandFailure {
        if (file.equals(PIPE)) {
            if (resume) {
                throw new CommandFailure(
                        ExitCode.USAGE, "a pipe has no partial file", "use --resume-at TOKEN");
            }
            if (terminal.isInteractive()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "standard output is a terminal",
                        "name a file, or pipe the stream into a command");
            }
        } else if (Files.exists(Path.of(file))) {
            confirmation.require(
                    terminal, ExitCode.EXISTS, "what is in " + file + " will be overwritten");
        }
    }

    private long write(SnapshotStream export, Terminal terminal)
            throws BackendException, CommandFailure, IOException {
        Optional<StreamToken> from = parseToken();
        if (file.equals(PIPE)) {
            return export.write(terminal.output(), from);
        }
        StreamFile stream = new StreamFile(Path.of(file));
        try {
            return resume ? stream.resume(export) : stream.write(export, from);
        } catch (BackendException | IOException e) {
            if (Files.exists(stream.partial())) {
                terminal.err()
                        .println(
                                "dbsctl: "
                                        + stream.partial()
                                        + " holds a part; --resume goes on with it");
            }
            throw e;
        }
    }

    private Optional<StreamToken> parseToken() throws CommandFailure {
        if (token == null) {
            return Optional.empty();
        }
        if (resume) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--resume and --resume-at are two things", "give one of them");
        }
        try {
            return Optional.of(StreamToken.parse(token));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    String.valueOf(e.getMessage()),
                    "'dbsctl snapshot import-token' prints one");
        }
    }
}
