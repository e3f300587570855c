package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.OptionalInt;

/** Takes a volume back. */
@Command(
        name = "rollback",
        description = {
            "Take a volume back to what one of its snapshots holds, and to that size.",
            "What it holds now is kept as a snapshot, unless --discard is given; all other"
                    + " snapshots stay too."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl volume rollback vm1@nightly --yes",
            "  dbsctl volume rollback vm1@3 --discard --yes"
        })
final class VolumeRollback extends StoreChange {
    @Parameters(
            paramLabel = "VOLUME@SNAPSHOT",
            converter = SourceName.SnapshotConverter.class,
            description = "Where to go back to.")
    SourceName target = SourceName.NONE;

    @Option(names = "--discard", description = "Do not keep what the volume holds now.")
    boolean discard;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        SnapshotInfo snapshot = target.frozen(store);
        confirmation.require(
                dbsctl().terminal(),
                ExitCode.USAGE,
                discard
                        ? "what " + target.volume() + " holds now will be lost"
                        : "%s will hold what %s holds".formatted(target.volume(), target));
        OptionalInt safety = store.rollback(target.volume(), snapshot.id(), discard);
        String kept =
                safety.isPresent()
                        ? "; what it held is %s@%d".formatted(target.volume(), safety.getAsInt())
                        : "";
        dbsctl().printer()
                .done(
                        "Rolled back to " + target + kept,
                        Rows.VOLUME,
                        store.volume(target.volume()));
    }
}
