package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.stream.StreamReceiver;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.Terminal;
import org.dbstore.tools.transfer.ProgressDisplay;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes or updates a volume from a stream. */
@Command(
        name = "import",
        description = {
            "Make a volume from a full stream of 'snapshot export', or bring one up to date by an"
                    + " increment.",
            "An increment fits if it is based on the newest snapshot, and nothing was written"
                    + " since.",
            "At the end a snapshot is taken. Until then nobody can open the volume."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl snapshot import vm1 vm1-full.dbstream",
            "  dbsctl snapshot import vm1 vm1-full.dbstream --resume"
        })
final class SnapshotImportCommand extends StoreChange {
    private static final String PIPE = "-";

    @Parameters(index = "0", paramLabel = "VOLUME", description = "Name of the volume.")
    String name = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "A file; - for standard input.")
    String file = "";

    @Option(
            names = "--resume",
            description =
                    "Go on with an import that broke off: with the same stream, or with one that"
                            + " begins at its token.")
    boolean resume;

    @Override
    void run(Store store) throws BackendException, CommandFailure, IOException {
        if (file.equals(PIPE)) {
            importFrom(store, dbsctl().terminal().input());
            return;
        }
        try (FileChannel input = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
            importFrom(store, input);
        }
    }

    private void importFrom(Store store, ReadableByteChannel input)
            throws BackendException, CommandFailure, IOException {
        Terminal terminal = dbsctl().terminal();
        StreamReceiver.Imported imported;
        boolean done = false;
        try (ProgressDisplay progress = ProgressDisplay.begin(terminal, "Import")) {
            StreamReceiver operation = store.importStream(name, progress);
            imported = resume ? operation.resume(input) : operation.run(input);
            done = true;
        } finally {
            if (!done) {
                tellOfPart(store, terminal);
            }
        }
        Rows.Snapshot snapshot = new Rows.Snapshot(name, imported.snapshot());
        dbsctl().printer()
                .done(
                        "Imported %s into %s: %s received"
                                .formatted(
                                        file,
                                        snapshot.name(),
                                        ByteSize.format(imported.storedBytes())),
                        Streamed.COLUMNS,
                        new Streamed(
                                snapshot.name(),
                                file,
                                imported.snapshot().sizeBytes(),
                                imported.storedBytes()));
    }

    private void tellOfPart(Store store, Terminal terminal) {
        boolean part = false;
        try {
            part = store.importToken(name).isPresent();
        } catch (BackendException e) {
            // There is no such volume, or it cannot be looked at: the failure itself says more.
        }
        if (part) {
            terminal.err()
                    .println(
                            "dbsctl: %s holds a part of a stream: --resume goes on with it,"
                                            .formatted(name)
                                    + " 'dbsctl snapshot import-discard' undoes it");
        }
    }
}
