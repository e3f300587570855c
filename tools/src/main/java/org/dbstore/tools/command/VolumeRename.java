package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Renames a volume. */
@Command(
        name = "rename",
        description =
                "Give a volume another name. LUNs refer to names: change the configuration too.",
        footer = {"", "Example:", "  dbsctl volume rename vm1 web1"})
final class VolumeRename extends StoreChange {
    @Parameters(
            index = "0",
            paramLabel = "OLD",
            description = "Name, or #SLOT if the name cannot be typed.")
    String name = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "1 to 255 bytes without / and @.")
    String newName = "";

    @Override
    void run(Store store) throws BackendException {
        store.renameVolume(name, newName);
        dbsctl().printer()
                .done("Renamed " + name + " to " + newName, Rows.VOLUME, store.volume(newName));
    }
}
