package org.dbstore.server.admin.json;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What stands for a record in JSON: an object with the components as fields. Optional ones may be
 * null or missing, lists and maps missing, truth values missing (false); all others must be there.
 * Enum constants are their names in small letters with dashes.
 */
final class RecordBinding {
    private static final Map<Class<?>, Shape> SHAPES = new ConcurrentHashMap<>();

    private final boolean strict;

    /** What reflection knows of a record. */
    private record Shape(Constructor<?> constructor, RecordComponent[] components) {}

    /** A binding; {@code strict} refuses fields that a record has not. */
    RecordBinding(boolean strict) {
        this.strict = strict;
    }

    /** Turns a value into what JSON has: records into maps, times and names into texts. */
    static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Record fields -> fields(fields);
            case Optional<?> optional -> plain(optional.orElse(null));
            case OptionalLong number ->
                    number.isPresent() ? (Object) number.getAsLong() : plain(null);
            case OptionalInt number ->
                    number.isPresent() ? (Object) number.getAsInt() : plain(null);
            case Path path -> path.toString(); // which would be a list of its parts
            case Enum<?> constant -> name(constant);
            case Instant time -> time.toString();
            case UUID uuid -> uuid.toString();
            default -> value;
        };
    }

    /** As they stand in JSON. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static RecordComponent[] components(Class<?> type) {
        return shape(type).components;
    }

    private static Map<String, @Nullable Object> fields(Record value) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (RecordComponent component : components(value.getClass())) {
            fields.put(component.getName(), component(value, component));
        }
        return fields;
    }

    private static @Nullable Object component(Record value, RecordComponent component) {
        try {
            return component.getAccessor().invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    /** Reads a value of a type; the type itself must not be optional. */
    Object bind(Class<?> type, @Nullable Object json) throws JsonFault {
        Object bound = bind(type, json, "the body");
        if (bound == null) {
            throw new JsonFault("the body is null");
        }
        return bound;
    }

    <T> List<T> bindAll(Class<T> type, @Nullable Object json) throws JsonFault {
        List<T> all = new ArrayList<>();
        for (Object element : expect(List.class, json, "the body", "an array")) {
            all.add(type.cast(bind(type, element, "[" + all.size() + "]")));
        }
        return all;
    }

    private @Nullable Object bind(Type type, @Nullable Object json, String place) throws JsonFault {
        if (type instanceof ParameterizedType generic) {
            Type last =
                    generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Optional.class) {
                return json == null ? Optional.empty() : Optional.of(present(last, json, place));
            }
            if (raw == List.class) {
                return json == null ? List.of() : list(last, json, place);
            }
            return json == null ? new TreeMap<>() : map(raw, last, json, place);
        }
        if (type == OptionalLong.class) {
            return json == null ? OptionalLong.empty() : OptionalLong.of(integer(json, place));
        }
        if (type == boolean.class) {
            return json != null && expect(Boolean.class, json, place, "true or false");
        }
        if (type == Object.class) {
            return json;
        }
        if (json == null) {
            throw new JsonFault(place + " is missing");
        }
        return scalar((Class<?>) type, json, place);
    }

    private Object present(Type type, Object json, String place) throws JsonFault {
        Object bound = bind(type, json, place);
        if (bound == null) {
            throw new JsonFault(place + " is missing");
        }
        return bound;
    }

    private Object scalar(Class<?> type, Object json, String place) throws JsonFault {
        if (type.isRecord()) {
            return record(type, expect(Map.class, json, place, "an object"), place);
        }
        if (type == long.class || type == Long.class) {
            return integer(json, place);
        }
        if (type == int.class || type == Integer.class) {
            long number = integer(json, place);
            if (number != (int) number) {
                throw new JsonFault(place + " is too large a number: " + number);
            }
            return (int) number;
        }
        if (type == double.class || type == Double.class) {
            return expect(Number.class, json, place, "a number").doubleValue();
        }
        if (type == Boolean.class) {
            return expect(Boolean.class, json, place, "true or false");
        }
        return text(type, expect(String.class, json, place, "a text"), place);
    }

    private static Object text(Class<?> type, String text, String place) throws JsonFault {
        try {
            if (type == String.class) {
                return text;
            }
            if (type == Instant.class) {
                return Instant.parse(text);
            }
            if (type == UUID.class) {
                return UUID.fromString(text);
            }
            if (type == Path.class) {
                return Path.of(text);
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new JsonFault(
                    "%s is no %s: '%s'".formatted(place, type.getSimpleName(), text), e);
        }
        if (type.isEnum()) {
            return constant(type, text, place);
        }
        throw new IllegalArgumentException("no JSON for " + type);
    }

    private static Object constant(Class<?> type, String text, String place) throws JsonFault {
        List<Enum<?>> constants =
                Arrays.stream(type.getEnumConstants()).<Enum<?>>map(Enum.class::cast).toList();
        for (Enum<?> constant : constants) {
            if (name(constant).equals(text)) {
                return constant;
            }
        }
        throw new JsonFault(
                "%s is none of %s: '%s'"
                        .formatted(
                                place,
                                constants.stream()
                                        .map(RecordBinding::name)
                                        .collect(Collectors.joining(", ")),
                                text));
    }

    private Object list(Type type, Object json, String place) throws JsonFault {
        List<Object> list = new ArrayList<>();
        for (Object element : expect(List.class, json, place, "an array")) {
            list.add(present(type, element, place + "[" + list.size() + "]"));
        }
        return List.copyOf(list);
    }

    private Object map(Class<?> raw, Type type, Object json, String place) throws JsonFault {
        Map<String, @Nullable Object> map =
                raw == SortedMap.class ? new TreeMap<>() : new LinkedHashMap<>();
        Map<?, ?> fields = expect(Map.class, json, place, "an object");
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            String key = String.valueOf(field.getKey());
            map.put(key, bind(type, field.getValue(), place + "." + key));
        }
        return map;
    }

    private Object record(Class<?> type, Map<?, ?> fields, String place) throws JsonFault {
        Shape shape = shape(type);
        String prefix = place.startsWith("the ") ? "" : place + ".";
        @Nullable Object[] arguments = new Object[shape.components.length];
        for (int i = 0; i < arguments.length; i++) {
            RecordComponent component = shape.components[i];
            arguments[i] =
                    bind(
                            component.getGenericType(),
                            fields.get(component.getName()),
                            prefix + component.getName());
        }
        if (strict) {
            checkKnown(shape, fields.keySet(), prefix);
        }
        try {
            return shape.constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw new JsonFault(place + " cannot be: " + refused.getMessage(), refused);
            }
            throw new IllegalStateException(type + " cannot be made", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private static void checkKnown(Shape shape, Set<?> names, String prefix) throws JsonFault {
        List<String> known = Arrays.stream(shape.components).map(RecordComponent::getName).toList();
        for (Object name : names) {
            if (!known.contains(name)) {
                throw new JsonFault(
                        "there is no field '%s%s', but %s"
                                .formatted(prefix, name, String.join(", ", known)));
            }
        }
    }

    private static long integer(Object json, String place) throws JsonFault {
        return expect(Long.class, json, place, "a whole number");
    }

    private static <T> T expect(Class<T> type, @Nullable Object json, String place, String what)
            throws JsonFault {
        if (!type.isInstance(json)) {
            throw new JsonFault(place + " is not " + what);
        }
        return type.cast(json);
    }

    private static Shape shape(Class<?> type) {
        return SHAPES.computeIfAbsent(
                type,
                key -> {
                    RecordComponent[] components = key.getRecordComponents();
                    Class<?>[] types =
                            Arrays.stream(components)
                                    .map(RecordComponent::getType)
                                    .toArray(Class<?>[]::new);
                    try {
                        Constructor<?> constructor = key.getDeclaredConstructor(types);
                        constructor.setAccessible(true);
                        for (RecordComponent component : components) {
                            component.getAccessor().setAccessible(true);
                        }
                        return new Shape(constructor, components);
                    } catch (NoSuchMethodException e) {
                        throw new IllegalStateException(key + " has no constructor", e);
                    }
                });
    }
}
