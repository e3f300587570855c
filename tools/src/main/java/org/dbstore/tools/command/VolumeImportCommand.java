package org.dbstore.tools.command;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeContents;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.Terminal;
import org.dbstore.tools.transfer.ProgressDisplay;
import org.dbstore.tools.transfer.VolumeImport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads the contents of a volume from a file or pipe. */
@Command(
        name = "import",
        description = {
            "Replace the contents of a volume by those of a file or pipe.",
            "Zeroes take no space; what lies behind the end of the input becomes zero."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl volume import vm1 vm1.raw --create",
            "  zstd -dc vm1.raw.zst | dbsctl volume import vm1 - --create --size 20G"
        })
final class VolumeImportCommand extends StoreChange {
    private static final String PIPE = "-";

    @Parameters(index = "0", paramLabel = "VOLUME", description = "Name of the volume.")
    String name = "";

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "A file or block device; - for standard input.")
    String file = "";

    @Option(names = "--create", description = "Make the volume; it must not exist.")
    boolean create;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size of the volume to make; that of the input if it has one.")
    long sizeBytes;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(Store store) throws BackendException, CommandFailure, IOException {
        if (file.equals(PIPE)) {
            importFrom(store, dbsctl().terminal().input(), 0);
            return;
        }
        try (FileChannel input = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
            importFrom(store, input, input.size());
        }
    }

    /** Imports; {@code inputBytes} is 0 if nobody knows. */
    private void importFrom(Store store, ReadableByteChannel input, long inputBytes)
            throws BackendException, CommandFailure, IOException {
        if (create) {
            createVolume(store, inputBytes);
        } else {
            checkExisting(store, inputBytes);
        }
        try {
            long stored = transfer(store, input);
            VolumeInfo info = store.volume(name);
            dbsctl().printer()
                    .done(
                            "Imported %s into volume %s: %s, %s of them stored"
                                    .formatted(
                                            file,
                                            name,
                                            ByteSize.format(info.sizeBytes()),
                                            ByteSize.format(stored)),
                            Transferred.COLUMNS,
                            new Transferred(name, file, info.sizeBytes(), stored));
        } catch (BackendException | CommandFailure | IOException e) {
            if (create) {
                discard(store, e);
            } else if (!isBusy(e)) { // what others use is not written
                dbsctl().terminal()
                        .err()
                        .println("dbsctl: " + name + " holds a part of the input; import it again");
            }
            throw e;
        }
    }

    private static boolean isBusy(Exception failure) {
        return failure instanceof BackendException e && e.error() == BackendError.BUSY;
    }

    private void createVolume(Store store, long inputBytes)
            throws BackendException, CommandFailure {
        long size = sizeBytes == 0 ? inputBytes : sizeBytes;
        if (size == 0) {
            throw new CommandFailure(
                    ExitCode.USAGE, "the size of the input is not known", "say --size SIZE");
        }
        checkFits(inputBytes, size);
        store.createVolume(name, size);
    }

    private void checkExisting(Store store, long inputBytes)
            throws BackendException, CommandFailure {
        if (sizeBytes != 0) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--size is for a volume to make",
                    "leave it out or add --create");
        }
        VolumeInfo info = store.volume(name);
        checkFits(inputBytes, info.sizeBytes());
        if (info.mappedBytes() > 0) {
            confirmation.require(
                    dbsctl().terminal(),
                    ExitCode.USAGE,
                    "what is in " + name + " will be overwritten");
        }
    }

    private void checkFits(long inputBytes, long volumeBytes) throws CommandFailure {
        if (inputBytes > volumeBytes) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "%s has %d bytes, but %s only %d"
                            .formatted(file, inputBytes, name, volumeBytes),
                    "import it into a larger volume");
        }
    }

    private long transfer(Store store, ReadableByteChannel input)
            throws BackendException, CommandFailure, IOException {
        Terminal terminal = dbsctl().terminal();
        VolumeContents volume = store.openVolume(name);
        try (ProgressDisplay progress = ProgressDisplay.begin(terminal, "Import")) {
            return new VolumeImport(volume, create, progress).from(input);
        } finally {
            store.release(volume);
        }
    }

    /** A volume that could not be filled goes away again. */
    private void discard(Store store, Exception failure) {
        try {
            store.deleteVolume(name);
        } catch (BackendException e) {
            failure.addSuppressed(e);
            dbsctl().terminal()
                    .err()
                    .println("dbsctl: " + name + " was made and could not be deleted; delete it");
        }
    }
}
