package org.dbstore.tools.output;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** For programs: a list of objects, or one object, whose fields are the columns. */
abstract class DocumentPrinter implements Printer {
    /**
     * Prints a value.
     *
     * @param value a map, list, text, number or truth value, or null
     */
    abstract void print(@Nullable Object value);

    @Override
    public final <T> void rows(List<Column<T>> columns, List<T> rows) {
        print(rows.stream().map(row -> object(columns, row)).toList());
    }

    @Override
    public final <T> void details(List<Column<T>> columns, T row) {
        print(object(columns, row));
    }

    @Override
    public final <T> void done(String sentence, List<Column<T>> columns, T row) {
        details(columns, row);
    }

    @Override
    public final <T> void doneAll(String sentence, List<Column<T>> columns, List<T> rows) {
        rows(columns, rows);
    }

    private static <T> Map<String, @Nullable Object> object(List<Column<T>> columns, T row) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (Column<T> column : columns) {
            Object value = column.value().apply(row);
            fields.put(column.field(), value instanceof Instant time ? time.toString() : value);
        }
        return fields;
    }
}
