package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.BlockStore;
import org.dbstore.backend.OpenOptions;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Makes an empty store. */
@Command(
        name = "init",
        description = {
            "Write an empty store onto a file or block device.",
            "The device has to be named here: DBS_DEVICE is not taken for what destroys."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl device init main.dbs --size 100G",
            "  dbsctl device init /dev/disk/by-id/nvme-example --yes"
        })
final class DeviceInit implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "The file or block device; -d PATH says the same.")
    @Nullable Path path;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size of the file to create or grow, as 100G. The file is sparse.")
    long sizeBytes;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    public Integer call() throws BackendException, CommandFailure, IOException {
        Dbsctl dbsctl = (Dbsctl) spec.root().userObject();
        Path device = device(dbsctl);
        boolean replaced = hasContents(device);
        if (replaced) {
            confirmation.require(
                    dbsctl.terminal(),
                    ExitCode.EXISTS,
                    "all that is on " + device + " will be lost");
        } else if (!Files.exists(device) && sizeBytes == 0) {
            throw new CommandFailure(
                    ExitCode.USAGE, device + " does not exist", "say --size SIZE to create it");
        }
        BlockStore.initialize(device, sizeBytes, replaced);
        try (BlockStore store = BlockStore.open(device, OpenOptions.DEFAULT)) {
            dbsctl.printer()
                    .done("Made an empty store on " + device, Rows.DEVICE, Rows.device(store));
        }
        return ExitCode.OK.number();
    }

    private Path device(Dbsctl dbsctl) throws CommandFailure {
        Path option = dbsctl.device == null ? null : Path.of(dbsctl.device);
        if (path != null && option != null && !path.equals(option)) {
            throw new CommandFailure(
                    ExitCode.USAGE, path + " and " + option + " are named", "name one device");
        }
        Path device = path != null ? path : option;
        if (device == null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "no device is named", "write dbsctl device init PATH");
        }
        return device;
    }

    /** True if there is anything to lose: a block device, or a file with a byte in it. */
    private static boolean hasContents(Path device) throws IOException {
        return Files.exists(device) && (!Files.isRegularFile(device) || Files.size(device) > 0);
    }
}
