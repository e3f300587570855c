package org.dbstore.config.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Place;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value that knows where it stands.
 *
 * @param text of a string, number or truth value; empty for null, objects and arrays
 * @param fields of an object
 * @param items of an array
 */
record Json(String text, Map<String, Json> fields, List<Json> items, Place place) {
    static Json read(String text, String file) throws ConfigException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            Json value = value(parser, file);
            if (parser.nextToken() != null) {
                throw ConfigImport.refused(
                        place(parser, file), "something stands behind the end; remove it");
            }
            return value;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw ConfigImport.refused(
                    new Place(file, line),
                    "is not JSON: " + e.getOriginalMessage() + "; mend it, or save it anew");
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text in memory
        }
    }

    private static Json value(JsonParser parser, String file) throws IOException, ConfigException {
        Place place = place(parser, file);
        Map<String, Json> fields = new LinkedHashMap<>();
        List<Json> items = new ArrayList<>();
        String text = "";
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw ConfigImport.refused(place, "is not JSON: it is empty; name another file");
        }
        if (token == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                fields.put(name, value(parser, file));
            }
        } else if (token == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(parser, file));
            }
        } else if (token != JsonToken.VALUE_NULL) {
            text = parser.getText();
        }
        return new Json(text, fields, items, place);
    }

    private static Place place(JsonParser parser, String file) {
        return new Place(file, parser.currentTokenLocation().getLineNr());
    }

    /** A field of an object; an empty value if there is none. */
    Json get(String name) {
        Json field = fields.get(name);
        return field == null ? new Json("", Map.of(), List.of(), place) : field;
    }

    /** The items of an array; what is none is its own only item. */
    List<Json> orItems() {
        return items.isEmpty() ? List.of(this) : items;
    }

    /** The text of a field that must be there. */
    String need(String name) throws ConfigException {
        String value = get(name).text;
        if (value.isEmpty()) {
            throw ConfigImport.refused(place, "there is no \"" + name + "\"; add it");
        }
        return value;
    }

    /** A whole number that must be there. */
    int number(String name) throws ConfigException {
        String value = need(name);
        if (!value.matches("[0-9]{1,9}")) {
            throw ConfigImport.refused(
                    get(name).place, "'" + value + "' is not a whole number; write one");
        }
        return Integer.parseInt(value);
    }

    boolean isOn(String name) {
        String value = get(name).text;
        return value.equals("true") || value.equals("1");
    }
}
