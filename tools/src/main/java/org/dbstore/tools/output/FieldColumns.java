package org.dbstore.tools.output;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Columns for objects that a server describes: their fields, whatever these are. How a value is
 * shown follows from it and from the name of its field; what is not flat is for programs and
 * details.
 */
public final class FieldColumns {
    private FieldColumns() {}

    /**
     * Makes columns.
     *
     * @param rows objects with about the same fields
     * @param first fields that come first, whether rows have them or not
     */
    public static List<Column<Map<String, @Nullable Object>>> of(
            List<Map<String, @Nullable Object>> rows, String... first) {
        Set<String> fields = new LinkedHashSet<>(List.of(first));
        rows.forEach(row -> fields.addAll(row.keySet()));
        return fields.stream().map(field -> column(field, rows)).toList();
    }

    private static Column<Map<String, @Nullable Object>> column(
            String field, List<Map<String, @Nullable Object>> rows) {
        List<Object> values =
                rows.stream().map(row -> row.get(field)).filter(Objects::nonNull).toList();
        Object sample =
                values.stream()
                        .filter(value -> !List.of().equals(value))
                        .findFirst()
                        .or(() -> values.stream().findFirst())
                        .orElse("");
        Column.Kind kind = kind(field, sample);
        boolean detail =
                kind == Column.Kind.LABELS
                        || (kind == Column.Kind.TEXTS
                                && sample instanceof List<?> list
                                && list.stream().anyMatch(Map.class::isInstance));
        return new Column<>(field, title(field), kind, detail, row -> shown(kind, row.get(field)));
    }

    private static Column.Kind kind(String field, Object sample) {
        return switch (sample) {
            case Boolean _ -> Column.Kind.FLAG;
            case Number _ -> isSize(field) ? Column.Kind.SIZE : Column.Kind.COUNT;
            case List<?> _ -> Column.Kind.TEXTS;
            case Map<?, ?> _ -> Column.Kind.LABELS;
            default -> isTime(field) ? Column.Kind.TIME : Column.Kind.TEXT;
        };
    }

    private static boolean isTime(String field) {
        return field.endsWith("At") || field.equals("since");
    }

    private static boolean isSize(String field) {
        return field.toLowerCase(Locale.ROOT).contains("bytes");
    }

    private static @Nullable Object shown(Column.Kind kind, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case String text when kind == Column.Kind.TIME && !text.isEmpty() ->
                    Instant.parse(text);
            case Double number when kind == Column.Kind.SIZE -> Math.round(number);
            case Double number -> Math.round(number * 10) / 10.0;
            default -> value;
        };
    }

    /** {@code headSnapshotId} is HEAD SNAPSHOT ID; the unit is with the value. */
    private static String title(String field) {
        String words = field.replaceAll("(Bytes|At)$", "").replaceAll("([a-z0-9])([A-Z])", "$1 $2");
        return (words.isEmpty() ? field : words).toUpperCase(Locale.ROOT);
    }
}
