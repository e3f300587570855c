package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Labels a snapshot. */
@Command(
        name = "label",
        description = "Set and remove labels of a snapshot: keys and values for your own use.",
        footer = {"", "Example:", "  dbsctl snapshot label vm1@nightly keep=30d"})
final class SnapshotLabel extends StoreChange {
    @Parameters(
            index = "0",
            paramLabel = "VOLUME@SNAPSHOT",
            converter = SourceName.SnapshotConverter.class,
            description = "Its name or number.")
    SourceName source = SourceName.NONE;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=VALUE|KEY-",
            converter = LabelChange.Converter.class,
            description = "Set a label, or remove one.")
    List<LabelChange> labels = List.of();

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        store.labelSnapshot(
                source.frozen(store).id(), LabelChange.set(labels), LabelChange.removed(labels));
        dbsctl().printer()
                .done(
                        "Labelled " + source,
                        Rows.SNAPSHOT,
                        new Rows.Snapshot(source.volume(), source.layer(store)));
    }
}
