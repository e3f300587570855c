package org.dbstore.server.admin.http;

import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.json.Json;
import org.dbstore.server.admin.json.JsonFault;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;

/**
 * A request under way.
 *
 * @param path values of the parameters in the path
 * @param query values of the parameters behind it
 * @param headers looks up a header
 * @param bodyBytes length of the body, if the client has told it
 * @param input the body
 */
public record Call(
        Map<String, String> path,
        Map<String, String> query,
        Function<String, Optional<String>> headers,
        OptionalLong bodyBytes,
        InputStream input) {
    /** A part of the path. */
    public String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no " + name);
        }
        return value;
    }

    /** A parameter behind the path. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** A parameter that is true or false; false if it is not there. */
    public boolean flag(String name, boolean otherwise) throws Refusal {
        Optional<String> value = query(name);
        if (value.isEmpty()) {
            return otherwise;
        }
        return switch (value.get()) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw Refusal.badRequest(name + " is not true or false");
        };
    }

    /** A parameter that is a number. */
    public OptionalLong number(String name) throws Refusal {
        Optional<String> value = query(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!value.get().matches("[0-9]{1,18}")) {
            throw Refusal.badRequest(name + " is not a whole number");
        }
        return OptionalLong.of(Long.parseLong(value.get()));
    }

    /** A header. */
    public Optional<String> header(String name) {
        return headers.apply(name);
    }

    /** The record that the client sent. */
    public <T> T body(Class<T> type) throws IOException, Refusal {
        try {
            return Json.read(input, type, true);
        } catch (JsonFault e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** The records that the client sent. */
    public <T> List<T> bodies(Class<T> type) throws IOException, Refusal {
        try {
            return Json.readList(input, type, true);
        } catch (JsonFault e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Refuses if the client means a volume that the name does not lead to any more.
     *
     * @param uuid of what it leads to
     */
    public void checkMatch(UUID uuid) throws Refusal {
        Optional<String> wanted = header("If-Match");
        if (wanted.isPresent() && !wanted.get().equals("\"" + uuid + "\"")) {
            throw new Refusal(
                    412,
                    ApiError.CHANGED,
                    "under that name there is another volume meanwhile",
                    "look at it anew");
        }
    }
}
