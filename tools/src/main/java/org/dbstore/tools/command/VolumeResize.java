package org.dbstore.tools.command;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.Shrink;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes the size of a volume. */
@Command(
        name = "resize",
        description = {
            "Change the size of a volume. Its snapshots keep theirs.",
            "It becomes smaller with --shrink alone; if there is data beyond the new end, that must"
                    + " be confirmed too."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl volume resize vm1 40G",
            "  dbsctl volume resize vm1 10G --shrink --yes"
        })
final class VolumeResize extends StoreChange {
    @Parameters(
            index = "0",
            paramLabel = "VOLUME",
            description = "Name, or #SLOT if the name cannot be typed.")
    String name = "";

    @Parameters(
            index = "1",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "As 20G; rounded up to 1 MiB.")
    long sizeBytes;

    @Option(names = "--shrink", description = "Allow a smaller size.")
    boolean shrink;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        VolumeInfo present = store.volume(name);
        boolean smaller = sizeBytes < present.sizeBytes();
        if (smaller && !shrink) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "%s has %s already".formatted(name, ByteSize.format(present.sizeBytes())),
                    "--shrink makes it smaller");
        }
        if (!smaller || !resizeWithoutLoss(store)) {
            if (smaller) {
                confirmation.require(
                        dbsctl().terminal(),
                        ExitCode.USAGE,
                        "data of %s beyond %s will be lost"
                                .formatted(name, ByteSize.format(sizeBytes)));
            }
            store.resizeVolume(name, sizeBytes, smaller ? Shrink.DISCARD : Shrink.REFUSED);
        }
        VolumeInfo resized = store.volume(name);
        dbsctl().printer()
                .done(
                        "Resized " + name + " to " + ByteSize.format(resized.sizeBytes()),
                        Rows.VOLUME,
                        resized);
    }

    /** Returns false if there is data beyond the new end. */
    private boolean resizeWithoutLoss(Store store) throws BackendException {
        try {
            store.resizeVolume(name, sizeBytes, Shrink.UNMAPPED_ONLY);
            return true;
        } catch (BackendException e) {
            if (e.error() == BackendError.INVALID) {
                return false;
            }
            throw e;
        }
    }
}
