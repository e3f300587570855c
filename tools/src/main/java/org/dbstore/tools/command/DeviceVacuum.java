package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.count;
import static org.dbstore.tools.output.Column.flag;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VacuumInfo;
import org.dbstore.config.ByteSize;
import org.dbstore.tools.output.Column;
import org.dbstore.tools.transfer.ProgressDisplay;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** Compacts a device. */
@Command(
        name = "vacuum",
        description = {
            "Move the extents in use to the front of the device, and give the space that nothing",
            "needs to the file system.",
            "It may be interrupted at any time; the next run goes on where it ended."
        },
        footer = {"", "Example:", "  dbsctl device vacuum -d main.dbs --dry-run"})
final class DeviceVacuum extends StoreChange {
    /** What is told to programs; the names are promised. */
    private static final List<Column<VacuumInfo>> COLUMNS =
            List.of(
                    count("movedExtents", "MOVED", VacuumInfo::movedExtents),
                    count("keptExtents", "KEPT", VacuumInfo::keptExtents),
                    count("usedExtentsBefore", "USED BEFORE", VacuumInfo::usedBefore),
                    count("usedExtentsAfter", "USED AFTER", VacuumInfo::usedAfter),
                    count("endExtentBefore", "END BEFORE", VacuumInfo::endBefore),
                    count("endExtentAfter", "END AFTER", VacuumInfo::endAfter),
                    bytes("storedBytesBefore", "STORED BEFORE", VacuumInfo::storedBefore),
                    bytes("storedBytesAfter", "STORED AFTER", VacuumInfo::storedAfter),
                    bytes("returnedBytes", "RETURNED", VacuumInfo::returnedBytes),
                    flag("complete", "COMPLETE", VacuumInfo::complete));

    @Option(names = "--dry-run", description = "Only say what would be won.")
    boolean dryRun;

    @Override
    boolean opensReadOnly() {
        return dryRun;
    }

    @Override
    void run(Store store) throws BackendException {
        VacuumInfo info = dryRun ? store.previewVacuum() : vacuum(store);
        dbsctl().printer().done(sentence(info), COLUMNS, info);
    }

    private VacuumInfo vacuum(Store store) throws BackendException {
        try (ProgressDisplay progress = ProgressDisplay.begin(dbsctl().terminal(), "Vacuum")) {
            return store.vacuum(progress, () -> false);
        }
    }

    private String sentence(VacuumInfo info) {
        String moved =
                "%s %d extents and free %d; the device is in use up to extent %d, not %d"
                        .formatted(
                                dryRun ? "Would move" : "Moved",
                                info.movedExtents(),
                                Math.max(0, info.usedBefore() - info.usedAfter()),
                                info.endAfter(),
                                info.endBefore());
        if (!dryRun) {
            moved = moved.replace(" and free ", " and freed ");
        }
        String kept =
                info.keptExtents() == 0
                        ? ""
                        : "; %d extents cannot move".formatted(info.keptExtents());
        String returned =
                info.returnedBytes().isEmpty()
                        ? ""
                        : "; %s %s to the file system"
                                .formatted(
                                        ByteSize.format(info.returnedBytes().getAsLong()),
                                        dryRun ? "would go back" : "went back");
        return moved + kept + returned;
    }

    private static Column<VacuumInfo> bytes(
            String field, String title, Function<VacuumInfo, OptionalLong> value) {
        return new Column<>(
                field, title, Column.Kind.SIZE, false, info -> known(value.apply(info)));
    }

    private static @Nullable Long known(OptionalLong bytes) {
        return bytes.isEmpty() ? null : (Long) bytes.getAsLong();
    }
}
