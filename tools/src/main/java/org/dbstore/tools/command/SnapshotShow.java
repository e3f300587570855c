package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a snapshot. */
@Command(
        name = "info",
        aliases = "show",
        description = "Show one snapshot.",
        footer = {"", "Example:", "  dbsctl snapshot info vm1@first"})
final class SnapshotShow extends StoreQuery {
    @Parameters(
            paramLabel = "VOLUME@SNAPSHOT",
            converter = SourceName.SnapshotConverter.class,
            description = "Its name or number.")
    SourceName source = SourceName.NONE;

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        dbsctl().printer()
                .details(Rows.SNAPSHOT, new Rows.Snapshot(source.volume(), source.layer(store)));
    }
}
