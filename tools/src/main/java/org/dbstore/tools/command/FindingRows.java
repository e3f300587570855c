package org.dbstore.tools.command;

import static org.dbstore.tools.output.Column.flag;
import static org.dbstore.tools.output.Column.objects;
import static org.dbstore.tools.output.Column.size;
import static org.dbstore.tools.output.Column.text;

import org.dbstore.backend.Finding;
import org.dbstore.backend.check.CheckReport;
import org.dbstore.backend.check.Verdict;
import org.dbstore.backend.format.Geometry;
import org.dbstore.tools.output.Column;
import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How findings are shown. The field names are promised to programs. */
final class FindingRows {
    private static final String INDENT = "\n         ";

    static final List<Column<CheckReport>> CHECK =
            List.of(
                    text("path", "PATH", CheckReport::device),
                    text(
                            "deviceId",
                            "ID",
                            report -> report.deviceId().map(Object::toString).orElse(null)),
                    size("sizeBytes", "SIZE", CheckReport::sizeBytes),
                    flag("open", "OPEN", CheckReport::open),
                    text("verdict", "VERDICT", report -> code(report.verdict())),
                    objects("findings", "FINDINGS", report -> objectsOf(report.findings())));

    private FindingRows() {}

    /** A verdict for programs. */
    static String code(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    /** What a command ends with: see docs/cli.md, where it differs from other commands. */
    static int exitCode(Verdict verdict) {
        return switch (verdict) {
            case CLEAN -> 0;
            case REPAIRABLE -> 1;
            case DAMAGED -> 2;
        };
    }

    /** For programs. */
    static List<Map<String, @Nullable Object>> objectsOf(List<Finding> findings) {
        return findings.stream().map(FindingRows::object).toList();
    }

    private static Map<String, @Nullable Object> object(Finding finding) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        fields.put("problem", finding.problem().code());
        fields.put("object", finding.object());
        boolean placed = finding.offset().isPresent();
        fields.put("offset", placed ? (Long) finding.offset().getAsLong() : null);
        fields.put(
                "block",
                placed ? (Long) (finding.offset().getAsLong() / Geometry.BLOCK_BYTES) : null);
        fields.put("text", finding.text());
        fields.put("effect", finding.problem().effect());
        fields.put("remedy", finding.problem().remedy());
        return fields;
    }

    /** For people: the worst first. */
    static String lines(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        findings.stream()
                .sorted((a, b) -> b.severity().compareTo(a.severity()))
                .forEach(finding -> text.append('\n').append(line(finding)));
        return text.toString();
    }

    private static String line(Finding finding) {
        String place =
                finding.offset().isPresent()
                        ? "%sat byte %d, block %d"
                                .formatted(
                                        INDENT,
                                        finding.offset().getAsLong(),
                                        finding.offset().getAsLong() / Geometry.BLOCK_BYTES)
                        : "";
        return "%-8s %s%s%smeans: %s%sdo: %s"
                .formatted(
                        finding.severity().name().toLowerCase(Locale.ROOT),
                        printable(finding.text()),
                        place,
                        INDENT,
                        finding.problem().effect(),
                        INDENT,
                        finding.problem().remedy());
    }

    /** What is on the device may be anything; it must not command the terminal. */
    static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
