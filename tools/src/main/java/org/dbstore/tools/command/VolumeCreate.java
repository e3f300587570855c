package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.ByteSize;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a volume. */
@Command(
        name = "create",
        description = "Make an empty volume. It takes space only as it is written.",
        footer = {
            "",
            "Examples:",
            "  dbsctl volume create vm1 20G       20 GiB, as 20GiB",
            "  dbsctl volume create vm2 20GB      20 000 000 000 bytes, rounded up to 1 MiB"
        })
final class VolumeCreate extends StoreChange {
    @Parameters(index = "0", paramLabel = "NAME", description = "1 to 255 bytes without / and @.")
    String name = "";

    @Parameters(
            index = "1",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "As 20G; rounded up to 1 MiB.")
    long sizeBytes;

    @Override
    void run(Store store) throws BackendException {
        store.createVolume(name, sizeBytes);
        VolumeInfo made = store.volume(name);
        dbsctl().printer()
                .done(
                        "Made volume " + name + " of " + ByteSize.format(made.sizeBytes()),
                        Rows.VOLUME,
                        made);
    }
}
