package org.dbstore.server.admin.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes JSON. A value is a record, a list, a map with texts as keys, a text, a number, a
 * truth value, null, or one of those that {@link RecordBinding} knows.
 */
public final class Json {
    private static final int DEPTH_MAX = 64;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .build();

    private Json() {}

    /**
     * Writes a value.
     *
     * @param value what
     * @param output where to; not closed
     */
    public static void write(@Nullable Object value, OutputStream output) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(output)) {
            write(value, json);
        }
    }

    /**
     * Writes many values as an array, without holding them all.
     *
     * @param values are taken one after the other
     * @param output where to; not closed
     */
    public static void writeAll(Iterable<?> values, OutputStream output) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(output)) {
            writeAll(values, json);
        }
    }

    /** Writes a value into memory: a whole text in UTF-8. */
    public static byte[] bytes(@Nullable Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(value, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads any value.
     *
     * @param input to its end; not closed
     * @return maps, lists, texts, Long, Double, Boolean, null
     * @throws JsonFault if it is no JSON
     */
    public static @Nullable Object read(InputStream input) throws IOException {
        try (JsonParser json = FACTORY.createParser(input)) {
            if (json.nextToken() == null) {
                throw new JsonFault("there is no JSON, the text is empty");
            }
            Object value = value(json);
            if (json.nextToken() != null) {
                throw new JsonFault("more follows the end of the JSON");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new JsonFault("no JSON: " + place(e), e);
        }
    }

    /**
     * Reads a record or another value of a known type.
     *
     * @param input to its end; not closed
     * @param type what it has to be
     * @param strict true to refuse fields that the type has not
     * @throws JsonFault if it is something else
     */
    public static <T> T read(InputStream input, Class<T> type, boolean strict) throws IOException {
        return type.cast(new RecordBinding(strict).bind(type, read(input)));
    }

    /** As the other, an array of them. */
    public static <T> List<T> readList(InputStream input, Class<T> type, boolean strict)
            throws IOException {
        return new RecordBinding(strict).bindAll(type, read(input));
    }

    private static void write(@Nullable Object value, JsonGenerator json) throws IOException {
        switch (RecordBinding.plain(value)) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean truth -> json.writeBoolean(truth);
            case Double number -> json.writeNumber(number);
            case Number number -> json.writeNumber(number.longValue());
            case Iterable<?> values -> writeAll(values, json);
            case Map<?, ?> fields -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> field : fields.entrySet()) {
                    json.writeFieldName(String.valueOf(field.getKey()));
                    write(field.getValue(), json);
                }
                json.writeEndObject();
            }
            case Object other ->
                    throw new IllegalArgumentException("no JSON for " + other.getClass());
        }
    }

    private static void writeAll(Iterable<?> values, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Object element : values) {
            write(element, json);
        }
        json.writeEndArray();
    }

    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    if (fields.containsKey(name)) {
                        throw new JsonFault("the field '" + name + "' is there twice");
                    }
                    fields.put(name, value(json));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> integer(json);
            case VALUE_NUMBER_FLOAT -> (Double) json.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> json.getText();
        };
    }

    private static Object integer(JsonParser json) throws IOException {
        return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? (Object) json.getDoubleValue()
                : (Object) json.getLongValue();
    }

    private static String place(JsonProcessingException e) {
        return "%s at line %d, column %d"
                .formatted(
                        e.getOriginalMessage(),
                        e.getLocation().getLineNr(),
                        e.getLocation().getColumnNr());
    }
}
