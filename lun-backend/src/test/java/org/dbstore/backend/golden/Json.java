package org.dbstore.backend.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A JSON value as the verify files have them: object, list, string, integer or null. */
record Json(@Nullable Object value) {
    /** Reads "NN-name.verify.json" of the test resources. */
    static Json verify(String name) throws IOException {
        try (InputStream in =
                        Objects.requireNonNull(
                                Json.class.getResourceAsStream(
                                        "/golden/" + name + ".verify.json"));
                JsonParser parser = new JsonFactory().createParser(in)) {
            parser.nextToken();
            return parse(parser);
        }
    }

    Json get(String key) {
        Json found =
                ((Map<?, ?>) Objects.requireNonNull(value)).get(key) instanceof Json j ? j : null;
        if (found == null) {
            throw new IllegalArgumentException("no " + key + " in " + value);
        }
        return found;
    }

    List<Json> list() {
        List<Json> result = new ArrayList<>();
        for (Object element : (List<?>) Objects.requireNonNull(value)) {
            result.add((Json) element);
        }
        return result;
    }

    String string() {
        return (String) Objects.requireNonNull(value);
    }

    long number() {
        return ((Number) Objects.requireNonNull(value)).longValue();
    }

    boolean isNull() {
        return value == null;
    }

    private static Json parse(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Json> object = new HashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    object.put(key, parse(parser));
                }
                yield new Json(object);
            }
            case START_ARRAY -> {
                List<Json> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(parse(parser));
                }
                yield new Json(list);
            }
            case VALUE_STRING -> new Json(parser.getText());
            case VALUE_NUMBER_INT -> new Json(parser.getLongValue());
            case VALUE_TRUE -> new Json(true);
            case VALUE_FALSE -> new Json(false);
            case VALUE_NULL -> new Json(null);
            default -> throw new IOException("unexpected " + parser.currentToken());
        };
    }
}
