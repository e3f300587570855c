package org.dbstore.tests.support;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value read from JSON, with accessors that fail where the value is of another kind. */
public record Json(@Nullable Object value) {
    /** Reads a whole file. */
    public static Json read(Path file) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            parser.nextToken();
            return new Json(parse(parser));
        }
    }

    /** The member of an object; a missing one is null. */
    public Json get(String key) {
        return new Json(object().get(key));
    }

    /** The elements of an array. */
    public List<Json> elements() {
        if (value instanceof List<?> list) {
            return list.stream().map(Json::new).toList();
        }
        throw new IllegalStateException("not an array: " + value);
    }

    /** A string. */
    public String text() {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalStateException("not a string: " + value);
    }

    /** An integer. */
    public long number() {
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalStateException("not an integer: " + value);
    }

    /** Whether it is null or missing. */
    public boolean isNull() {
        return value == null;
    }

    private Map<?, ?> object() {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalStateException("not an object: " + value);
    }

    private static @Nullable Object parse(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    map.put(key, parse(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(parse(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + parser.currentToken());
        };
    }
}
