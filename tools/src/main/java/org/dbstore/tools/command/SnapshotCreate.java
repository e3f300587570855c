package org.dbstore.tools.command;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.SnapshotInfo;
import org.dbstore.backend.SnapshotRequest;
import org.dbstore.backend.Store;
import org.dbstore.tools.CommandFailure;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Takes snapshots. */
@Command(
        name = "create",
        description = {
            "Keep what a volume holds now as a snapshot, with a name if one is given.",
            "Of several volumes it is one instant; all snapshots are taken, or none."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl snapshot create vm1",
            "  dbsctl snapshot create db-data@nightly db-log@nightly"
        })
final class SnapshotCreate extends StoreChange {
    @Parameters(
            arity = "1..*",
            paramLabel = "VOLUME[@NAME]",
            converter = RequestConverter.class,
            description =
                    "Name of the volume and of the snapshot: 1 to 255 bytes without / and @, not"
                            + " digits alone.")
    List<SnapshotRequest> requests = List.of();

    @Override
    void run(Store store) throws BackendException, CommandFailure {
        List<Integer> ids = store.createSnapshots(requests);
        List<Rows.Snapshot> taken = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            String volume = requests.get(i).volume();
            SnapshotInfo info = new SourceName(volume, Integer.toString(ids.get(i))).layer(store);
            taken.add(new Rows.Snapshot(volume, info));
        }
        String names = taken.stream().map(Rows.Snapshot::name).collect(Collectors.joining(", "));
        if (taken.size() == 1) {
            dbsctl().printer().done("Took snapshot " + names, Rows.SNAPSHOT, taken.getFirst());
        } else {
            dbsctl().printer().doneAll("Took snapshots " + names, Rows.SNAPSHOT, taken);
        }
    }

    /** Reads {@code VOLUME} or {@code VOLUME@NAME}. */
    static final class RequestConverter implements ITypeConverter<SnapshotRequest> {
        @Override
        public SnapshotRequest convert(String text) {
            int at = text.lastIndexOf('@');
            return at < 0
                    ? SnapshotRequest.of(text)
                    : SnapshotRequest.of(text.substring(0, at), text.substring(at + 1));
        }
    }
}
