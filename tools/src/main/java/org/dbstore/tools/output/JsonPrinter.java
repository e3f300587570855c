package org.dbstore.tools.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** For programs: an array of objects, or one object. */
public final class JsonPrinter implements Printer {
    @FunctionalInterface
    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private final PrintWriter out;

    /**
     * Creates a printer.
     *
     * @param out where it prints
     */
    public JsonPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public <T> void rows(List<Column<T>> columns, List<T> rows) {
        print(json -> {
            json.writeStartArray();
            for (T row : rows) {
                object(json, columns, row);
            }
            json.writeEndArray();
        });
    }

    @Override
    public <T> void details(List<Column<T>> columns, T row) {
        print(json -> object(json, columns, row));
    }

    @Override
    public <T> void done(String sentence, List<Column<T>> columns, T row) {
        details(columns, row);
    }

    @Override
    public <T> void doneAll(String sentence, List<Column<T>> columns, List<T> rows) {
        rows(columns, rows);
    }

    private void print(Content content) {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            content.write(json);
        } catch (IOException e) {
            // A PrintWriter keeps its errors to itself; the caller asks for them at the end.
            throw new UncheckedIOException(e);
        }
        out.println();
    }

    private static <T> void object(JsonGenerator json, List<Column<T>> columns, T row)
            throws IOException {
        json.writeStartObject();
        for (Column<T> column : columns) {
            json.writeFieldName(column.field());
            value(json, column.value().apply(row));
        }
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Long number -> json.writeNumber(number);
            case Boolean truth -> json.writeBoolean(truth);
            case Instant time -> json.writeString(time.toString());
            case List<?> list -> {
                json.writeStartArray();
                for (Object element : list) {
                    value(json, element);
                }
                json.writeEndArray();
            }
            case Map<?, ?> fields -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> field : fields.entrySet()) {
                    json.writeFieldName(String.valueOf(field.getKey()));
                    value(json, field.getValue());
                }
                json.writeEndObject();
            }
            default -> json.writeString(value.toString());
        }
    }
}
