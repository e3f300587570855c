package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeContents;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.Terminal;
import org.dbstore.tools.transfer.ProgressDisplay;
import org.dbstore.tools.transfer.VolumeExport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes the contents of a volume or snapshot to a file or pipe. */
@Command(
        name = "export",
        description = {
            "Write the raw contents of a volume or snapshot to a file (sparse) or a pipe.",
            "A file gets its name when it is complete and on the disk."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl volume export vm1@3 vm1.raw",
            "  dbsctl volume export vm1 - | zstd > vm1.raw.zst"
        })
final class VolumeExportCommand extends StoreQuery {
    private static final String PIPE = "-";

    @Parameters(
            index = "0",
            paramLabel = "VOLUME[@SNAPSHOT]",
            converter = SourceName.Converter.class,
            description = "What is written.")
    SourceName source = SourceName.NONE;

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "A file or block device; - for standard output.")
    String file = "";

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(Store store) throws BackendException, CommandFailure, IOException {
        Terminal terminal = dbsctl().terminal();
        VolumeContents volume = source.open(store);
        try {
            checkDestination(terminal);
            long stored;
            try (ProgressDisplay progress = ProgressDisplay.begin(terminal, "Export")) {
                stored = write(new VolumeExport(volume, progress), terminal);
            }
            if (!file.equals(PIPE)) {
                dbsctl().printer()
                        .done(
                                "Exported %s to %s: %s, %s of them stored"
                                        .formatted(
                                                source,
                                                file,
                                                ByteSize.format(volume.sizeBytes()),
                                                ByteSize.format(stored)),
                                Transferred.COLUMNS,
                                new Transferred(
                                        source.toString(), file, volume.sizeBytes(), stored));
            }
        } finally {
            store.release(volume);
        }
    }

    private void checkDestination(Terminal terminal) throws CommandFailure {
        if (file.equals(PIPE)) {
            if (terminal.isInteractive()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "standard output is a terminal",
                        "name a file, or pipe the contents into a command");
            }
        } else if (Files.exists(Path.of(file))) {
            confirmation.require(
                    terminal, ExitCode.EXISTS, "what is in " + file + " will be overwritten");
        }
    }

    private long write(VolumeExport export, Terminal terminal)
            throws BackendException, IOException {
        if (file.equals(PIPE)) {
            return export.toStream(terminal.output());
        }
        Path path = Path.of(file);
        if (!Files.exists(path) || Files.isRegularFile(path)) {
            return export.toFile(Files.exists(path) ? path.toRealPath() : path);
        }
        try (FileChannel device = FileChannel.open(path, StandardOpenOption.WRITE)) {
            long stored = export.toStream(device);
            device.force(true);
            return stored;
        }
    }
}
