package org.dbstore.server.admin.http;

import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.json.RecordSchemas;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The description of the API for programs (OpenAPI 3.1), made of the table of routes. */
public final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private final RecordSchemas schemas = new RecordSchemas();

    private OpenApi() {}

    /**
     * The route of the description itself.
     *
     * @param others all else that there is
     */
    public static Route route(List<Route> others) {
        Route own =
                Route.get("/openapi.json", "Describes the API.").answersContent("application/json");
        List<Route> all = new ArrayList<>(others);
        all.add(own);
        return own.by(call -> Answer.ok(new OpenApi().describe(all)));
    }

    private Map<String, Object> describe(List<Route> routes) {
        Map<String, Map<String, Object>> paths = new LinkedHashMap<>();
        for (Route route : routes) {
            paths.computeIfAbsent(route.template(), path -> new LinkedHashMap<>())
                    .put(route.method().toLowerCase(Locale.ROOT), operation(route));
        }
        Map<String, Object> error = content(Route.Content.json(ApiError.Answer.class, false));
        return ordered(
                "openapi",
                "3.1.0",
                "info",
                ordered("title", "dbsd", "version", "1"),
                "security",
                List.of(Map.of("token", List.of())),
                "paths",
                paths,
                "components",
                ordered(
                        "securitySchemes",
                        Map.of("token", ordered("type", "http", "scheme", "bearer")),
                        "responses",
                        Map.of(
                                "Error",
                                ordered(
                                        "description",
                                        "Refused or failed: the code for programs, the message and"
                                                + " the remedy for people.",
                                        "content",
                                        error)),
                        "schemas",
                        schemas.all()));
    }

    private Map<String, Object> operation(Route route) {
        Map<String, Object> operation = ordered("summary", route.summary());
        if (route.kind() == Route.Kind.OPEN) {
            operation.put("security", List.of());
        }
        List<Object> parameters = new ArrayList<>();
        Matcher names = PARAMETER.matcher(route.template());
        while (names.find()) {
            parameters.add(parameter(names.group(1), "path", "string", "As it is called."));
        }
        route.query()
                .forEach(query ->
                        parameters.add(
                                parameter(query.name(), "query", query.type(), query.meaning())));
        operation.put("parameters", parameters);
        if (!route.body().isNothing()) {
            operation.put(
                    "requestBody", ordered("required", true, "content", content(route.body())));
        }
        operation.put(
                "responses",
                ordered(
                        Integer.toString(route.status()),
                        ordered("description", "Done.", "content", content(route.answers())),
                        "default",
                        Map.of("$ref", "#/components/responses/Error")));
        return operation;
    }

    private static Map<String, Object> parameter(
            String name, String in, String type, String meaning) {
        return ordered(
                "name",
                name,
                "in",
                in,
                "required",
                in.equals("path"),
                "description",
                meaning,
                "schema",
                Map.of("type", type));
    }

    private Map<String, Object> content(Route.Content content) {
        Map<String, Object> schema =
                content.schema().isEmpty()
                        ? Map.of()
                        : content.many()
                                ? ordered(
                                        "type",
                                        "array",
                                        "items",
                                        schemas.of(content.schema().get()))
                                : schemas.of(content.schema().get());
        return Map.of(content.type(), Map.of("schema", schema));
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
