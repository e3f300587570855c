package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Names a snapshot. */
@Command(
        name = "rename",
        description = "Give a snapshot a name, or another one. LUNs keep their identity.",
        footer = {"", "Example:", "  dbsctl snapshot rename vm1@3 before-upgrade"})
final class SnapshotRename extends StoreChange {
    @Parameters(
            index = "0",
            paramLabel = "VOLUME@SNAPSHOT",
            converter = SourceName.SnapshotConverter.class,
            description = "Its name or number.")
    SourceName source = SourceName.NONE;

    @Parameters(
            index = "1",
            paramLabel = "NEW",
            description = "1 to 255 bytes without / and @, not digits alone.")
    String newName = "";

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        SnapshotInfo present = source.frozen(store);
        store.renameSnapshot(present.id(), newName);
        SourceName renamed = new SourceName(source.volume(), newName);
        dbsctl().printer()
                .done(
                        "Renamed " + source + " to " + renamed,
                        Rows.SNAPSHOT,
                        new Rows.Snapshot(source.volume(), renamed.layer(store)));
    }
}
