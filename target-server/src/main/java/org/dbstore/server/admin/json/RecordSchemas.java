package org.dbstore.server.admin.json;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/** Describes records as JSON Schema: what {@link RecordBinding} makes of them. */
public final class RecordSchemas {
    private static final Map<Class<?>, Map<String, Object>> SIMPLE =
            Map.ofEntries(
                    Map.entry(String.class, Map.of("type", "string")),
                    Map.entry(Path.class, Map.of("type", "string")),
                    Map.entry(Instant.class, Map.of("type", "string", "format", "date-time")),
                    Map.entry(UUID.class, Map.of("type", "string", "format", "uuid")),
                    Map.entry(int.class, Map.of("type", "integer", "format", "int32")),
                    Map.entry(Integer.class, Map.of("type", "integer", "format", "int32")),
                    Map.entry(long.class, Map.of("type", "integer", "format", "int64")),
                    Map.entry(Long.class, Map.of("type", "integer", "format", "int64")),
                    Map.entry(OptionalInt.class, Map.of("type", List.of("integer", "null"))),
                    Map.entry(OptionalLong.class, Map.of("type", List.of("integer", "null"))),
                    Map.entry(double.class, Map.of("type", "number")),
                    Map.entry(Double.class, Map.of("type", "number")),
                    Map.entry(boolean.class, Map.of("type", "boolean")),
                    Map.entry(Boolean.class, Map.of("type", "boolean")),
                    Map.entry(Object.class, Map.of()));

    private final Map<String, Object> named = new TreeMap<>();

    /** All records that were referred to, by name. */
    public Map<String, Object> all() {
        return named;
    }

    /**
     * Refers to a record, and describes it.
     *
     * @param type a record, or what one has as a component
     */
    public Map<String, Object> of(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type last =
                    generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (generic.getRawType() == Optional.class) {
                return Map.of("anyOf", List.of(of(last), Map.of("type", "null")));
            }
            return generic.getRawType() == List.class
                    ? Map.of("type", "array", "items", of(last))
                    : Map.of("type", "object", "additionalProperties", of(last));
        }
        Class<?> raw = (Class<?>) type;
        Map<String, Object> simple = SIMPLE.get(raw);
        if (simple != null) {
            return simple;
        }
        return raw.isEnum() ? constants(raw) : record(raw);
    }

    private static Map<String, Object> constants(Class<?> type) {
        List<String> names =
                Arrays.stream(type.getEnumConstants())
                        .map(constant -> RecordBinding.name((Enum<?>) constant))
                        .toList();
        return Map.of("type", "string", "enum", names);
    }

    private Map<String, Object> record(Class<?> type) {
        String name = name(type);
        if (!named.containsKey(name)) {
            named.put(name, Map.of()); // a record may hold others of its kind
            Map<String, Object> properties = new LinkedHashMap<>();
            List<String> required = new ArrayList<>();
            for (RecordComponent component : RecordBinding.components(type)) {
                properties.put(component.getName(), of(component.getGenericType()));
                if (isNeeded(component.getGenericType())) {
                    required.add(component.getName());
                }
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("properties", properties);
            schema.put("required", required);
            named.put(name, schema);
        }
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    private static boolean isNeeded(Type type) {
        return !(type instanceof ParameterizedType)
                && type != boolean.class
                && type != OptionalLong.class
                && type != OptionalInt.class
                && type != Object.class;
    }

    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null || outer.getSimpleName().matches("Requests|Answers")
                ? type.getSimpleName()
                : name(outer) + type.getSimpleName();
    }
}
