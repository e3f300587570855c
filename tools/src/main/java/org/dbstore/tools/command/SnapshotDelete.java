package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;

/** Deletes a snapshot. */
@Command(
        name = "delete",
        description = {
            "Delete a snapshot. The volume and its other snapshots keep their contents.",
            "The head cannot be deleted: it is the volume."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl snapshot delete vm1@nightly",
            "  dbsctl snapshot delete 3 --yes"
        })
final class SnapshotDelete extends StoreChange {
    @Parameters(
            paramLabel = "SNAPSHOT",
            converter = TargetConverter.class,
            description = "VOLUME@NAME or VOLUME@ID, or its ID alone.")
    SourceName target = SourceName.NONE;

    @Mixin Confirmation confirmation = new Confirmation();

    @Option(names = "--dry-run", description = "Only say what would be won.")
    boolean dryRun;

    @Override
    boolean opensReadOnly() {
        return dryRun;
    }

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        Rows.Snapshot snapshot = find(store);
        if (snapshot.info().head()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    snapshot.name() + " is the head of its volume",
                    "choose an older snapshot, or delete the volume");
        }
        if (dryRun) {
            long freed = store.freedByDeletingSnapshot(snapshot.info().id());
            dbsctl().printer()
                    .done(
                            "Deleting snapshot %s would free %s"
                                    .formatted(snapshot.name(), ByteSize.format(freed)),
                            SpaceRows.WIN,
                            new SpaceRows.Win(snapshot.name(), freed));
            return;
        }
        confirmation.require(
                dbsctl().terminal(),
                ExitCode.USAGE,
                "snapshot " + snapshot.name() + " will be lost");
        store.deleteSnapshot(snapshot.info().id());
        dbsctl().printer().done("Deleted snapshot " + snapshot.name(), Rows.SNAPSHOT, snapshot);
    }

    private Rows.Snapshot find(Store store) throws BackendException, CommandFailure {
        List<Rows.Snapshot> candidates =
                target.volume().isEmpty()
                        ? Rows.snapshots(store)
                        : Rows.snapshots(store, target.volume());
        return candidates.stream()
                .filter(snapshot -> target.isNamed(snapshot.info()))
                .findFirst()
                .orElseThrow(() ->
                        new CommandFailure(
                                ExitCode.NOT_FOUND,
                                "there is no snapshot "
                                        + (target.volume().isEmpty() ? target.snapshot() : target),
                                "'dbsctl snapshot list' shows them"));
    }

    /** Reads {@code VOLUME@SNAPSHOT} or {@code ID}; the latter as a name without volume. */
    static final class TargetConverter implements ITypeConverter<SourceName> {
        @Override
        public SourceName convert(String text) {
            SourceName name = new SourceName.Converter().convert(text);
            return name.snapshot().isEmpty() ? new SourceName("", SourceName.id(text)) : name;
        }
    }
}
