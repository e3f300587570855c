package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.count;
import static org.dbstore.tools.output.Column.flag;
import static org.dbstore.tools.output.Column.objects;
import static org.dbstore.tools.output.Column.text;
import static org.dbstore.tools.output.Column.time;

import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.repair.Change;
import org.dbstore.backend.repair.RepairReport;
import org.dbstore.backend.repair.RestorePlan;
import org.dbstore.tools.output.Column;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How repairs are shown. The field names are promised to programs. */
final class RepairRows {
    static final List<Column<RepairReport>> REPAIR =
            List.of(
                    text("path", "PATH", RepairReport::device),
                    text("verdict", "VERDICT", report -> FindingRows.code(report.verdict())),
                    flag("done", "DONE", RepairReport::done),
                    text(
                            "backup",
                            "BACKUP",
                            report -> report.backup().map(Object::toString).orElse(null)),
                    objects("found", "FOUND", report -> FindingRows.objectsOf(report.found())),
                    objects("changes", "CHANGES", report -> objectsOf(report.changes())),
                    objects(
                            "remaining",
                            "REMAINING",
                            report -> FindingRows.objectsOf(report.remaining())));

    static final List<Column<RestorePlan>> RESTORE =
            List.of(
                    text("path", "PATH", RestorePlan::device),
                    time("dumpedAt", "DUMPED", RestorePlan::dumpedAt),
                    text("verdict", "VERDICT", plan -> FindingRows.code(plan.verdict())),
                    flag("done", "DONE", RestorePlan::done),
                    text("danger", "DANGER", plan -> plan.danger().orElse(null)),
                    count(
                            "lostExtents",
                            "LOST EXTENTS",
                            plan -> plan.lostExtents() < 0 ? null : (Long) plan.lostExtents()),
                    text(
                            "backup",
                            "BACKUP",
                            plan -> plan.backup().map(Object::toString).orElse(null)),
                    objects("changes", "CHANGES", plan -> objectsOf(plan.changes())),
                    objects(
                            "remaining",
                            "REMAINING",
                            plan -> FindingRows.objectsOf(plan.remaining())));

    private RepairRows() {}

    private static List<Map<String, @Nullable Object>> objectsOf(List<Change> changes) {
        return changes.stream().map(RepairRows::object).toList();
    }

    private static Map<String, @Nullable Object> object(Change change) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("object", change.object());
        fields.put("offset", change.offset());
        fields.put("block", change.offset() / Geometry.BLOCK_BYTES);
        fields.put("from", change.from());
        fields.put("to", change.to());
        return fields;
    }

    /** For people. */
    static String lines(List<Change> changes) {
        StringBuilder text = new StringBuilder();
        for (Change change : changes) {
            String line =
                    "%s (block %d): %s -> %s"
                            .formatted(
                                    change.object(),
                                    change.offset() / Geometry.BLOCK_BYTES,
                                    change.from(),
                                    change.to());
            text.append("\n  ").append(FindingRows.printable(line));
        }
        return text.toString();
    }
}
