package org.dbstore.server.admin.http;

import org.dbstore.backend.BackendException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be asked of the server, with all that its description tells. Changed by
 * nobody: each method gives another route.
 *
 * @param method of HTTP
 * @param template of the path, with names of parameters in braces
 * @param summary one sentence
 * @param query parameters behind the path
 * @param body what the client sends
 * @param answers what the server sends if all is well
 * @param status of that
 * @param kind how the request runs
 * @param action does it
 */
public record Route(
        String method,
        String template,
        String summary,
        List<Parameter> query,
        Content body,
        Content answers,
        int status,
        Kind kind,
        Action action) {
    /** How a request runs. */
    public enum Kind {
        /** It is short, its body is in memory before it begins. */
        SHORT,
        /** It moves bytes as fast as the other side takes or gives them. */
        TRANSFER,
        /** It is short, and needs no token. */
        OPEN
    }

    /**
     * A parameter behind the path.
     *
     * @param name how it is written
     * @param type of its value in a schema
     * @param meaning one sentence
     */
    public record Parameter(String name, String type, String meaning) {}

    /**
     * What is in a body.
     *
     * @param type of the content
     * @param schema a record; empty for bytes and texts
     * @param many true for an array of them
     */
    public record Content(String type, Optional<Class<?>> schema, boolean many) {
        static final Content NOTHING = new Content("", Optional.empty(), false);

        static Content json(Class<?> schema, boolean many) {
            return new Content("application/json", Optional.of(schema), many);
        }

        /** Tells whether there is no body. */
        public boolean isNothing() {
            return type.isEmpty();
        }
    }

    /** Does what was asked for. */
    @FunctionalInterface
    public interface Action {
        /** Does it. */
        Answer run(Call call) throws BackendException, Refusal, IOException;
    }

    /** A request by GET. */
    public static Route get(String template, String summary) {
        return of("GET", template, summary);
    }

    /** A request by POST. */
    public static Route post(String template, String summary) {
        return of("POST", template, summary);
    }

    /** A request by PUT. */
    public static Route put(String template, String summary) {
        return of("PUT", template, summary);
    }

    /** A request by PATCH. */
    public static Route patch(String template, String summary) {
        return of("PATCH", template, summary);
    }

    /** A request by DELETE. */
    public static Route delete(String template, String summary) {
        return of("DELETE", template, summary);
    }

    private static Route of(String method, String template, String summary) {
        return new Route(
                method,
                template,
                summary,
                List.of(),
                Content.NOTHING,
                Content.NOTHING,
                200,
                Kind.SHORT,
                call -> {
                    throw new IllegalStateException(template + " has no action");
                });
    }

    /** Takes a parameter behind the path. */
    public Route query(String name, String type, String meaning) {
        List<Parameter> more = new ArrayList<>(query);
        more.add(new Parameter(name, type, meaning));
        return new Route(
                method, template, summary, List.copyOf(more), body, answers, status, kind, action);
    }

    /** Takes a record. */
    public Route takes(Class<?> record) {
        return body(Content.json(record, false));
    }

    /** Takes an array of records. */
    public Route takesAll(Class<?> record) {
        return body(Content.json(record, true));
    }

    /** Takes bytes. */
    public Route takesBytes() {
        return body(new Content("application/octet-stream", Optional.empty(), false));
    }

    private Route body(Content content) {
        return new Route(method, template, summary, query, content, answers, status, kind, action);
    }

    /** Answers with a record. */
    public Route answers(int code, Class<?> record) {
        return answers(code, Content.json(record, false));
    }

    /** Answers with an array of records. */
    public Route answersAll(int code, Class<?> record) {
        return answers(code, Content.json(record, true));
    }

    /** Answers with something else than JSON. */
    public Route answersContent(String type) {
        return answers(200, new Content(type, Optional.empty(), false));
    }

    private Route answers(int code, Content content) {
        return new Route(method, template, summary, query, body, content, code, kind, action);
    }

    /** Runs in another way than a short request with a token. */
    public Route runs(Kind how) {
        return new Route(method, template, summary, query, body, answers, status, how, action);
    }

    /** Is done by this. */
    public Route by(Action what) {
        return new Route(method, template, summary, query, body, answers, status, kind, what);
    }

    /** The same below another path. */
    public Route at(String otherTemplate, Action what) {
        return new Route(method, otherTemplate, summary, query, body, answers, status, kind, what);
    }

    /**
     * Compares a path.
     *
     * @param segments decoded
     * @return values of the parameters by name; null if the path is another
     */
    @Nullable Map<String, String> match(List<String> segments) {
        String[] parts = template.substring(1).split("/", -1);
        if (parts.length != segments.size()) {
            return null;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].startsWith("{")) {
                values.put(parts[i].substring(1, parts[i].length() - 1), segments.get(i));
            } else if (!parts[i].equals(segments.get(i))) {
                return null;
            }
        }
        return values;
    }
}
