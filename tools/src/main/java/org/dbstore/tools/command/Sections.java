package org.dbstore.tools.command;

import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.Column;
import org.dbstore.tools.output.FieldColumns;
import org.dbstore.tools.output.Printer;
import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several tables on one screen. */
final class Sections {
    private final PrintWriter out;
    private final Printer tables;

    Sections(PrintWriter out, Printer tables) {
        this.out = out;
        this.tables = tables;
    }

    /** A table under a title; of nothing there is only that. */
    void table(String title, List<Map<String, @Nullable Object>> rows, String... fields)
            throws CommandFailure {
        out.println();
        if (rows.isEmpty()) {
            out.println(title + ": none");
            return;
        }
        out.println(title + ":");
        List<Column<Map<String, @Nullable Object>>> columns =
                FieldColumns.of(rows, fields).subList(0, fields.length);
        tables.rows(columns, rows);
    }

    /** Puts the fields of objects within an object beside its own. */
    static Map<String, @Nullable Object> flat(Map<String, @Nullable Object> object) {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            if (value instanceof Map<?, ?>) {
                flat.putAll(flat(ServerCommand.fields(value)));
            } else {
                flat.put(name, value);
            }
        });
        return flat;
    }
}
