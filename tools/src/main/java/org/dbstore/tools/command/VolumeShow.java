package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a volume. */
@Command(
        name = "info",
        aliases = "show",
        description = "Show one volume.",
        footer = {"", "Example:", "  dbsctl volume info vm1"})
final class VolumeShow extends StoreQuery {
    @Parameters(paramLabel = "VOLUME", description = "Name, or #SLOT if the name cannot be typed.")
    String volume = "";

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer().details(Rows.VOLUME, store.volume(volume));
    }
}
