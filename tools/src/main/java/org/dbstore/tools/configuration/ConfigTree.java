package org.dbstore.tools.configuration;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys and values of a configuration, as they stand in its text: every value is a text, a list
 * or a map.
 *
 * @param root the outermost map
 */
public record ConfigTree(Map<String, @Nullable Object> root) {
    /**
     * Reads a text that was checked before.
     *
     * @param text YAML
     */
    public static ConfigTree of(String text) {
        LoaderOptions options = new LoaderOptions();
        // An alias such as "off" is meant as it stands.
        Yaml yaml =
                new Yaml(
                        new SafeConstructor(options),
                        new Representer(new DumperOptions()),
                        new DumperOptions(),
                        options,
                        new Texts());
        return new ConfigTree(map(yaml.load(text)));
    }

    /** Returns the names below a path; none if there is nothing. */
    public List<String> names(String... path) {
        return List.copyOf(map(value(path).orElse(null)).keySet());
    }

    /** Returns the items of a list, one item standing for itself. */
    public List<String> items(String... path) {
        return value(path).map(ConfigTree::texts).orElse(List.of());
    }

    /** Returns a text; null if there is none. */
    public @Nullable String text(String... path) {
        return value(path).map(Object::toString).orElse(null);
    }

    /** Returns what stands at a path. */
    public Optional<Object> value(String... path) {
        Object at = root;
        for (String name : path) {
            at = map(at).get(name);
        }
        return Optional.ofNullable(at);
    }

    /** Turns any value into a list of texts. */
    private static List<String> texts(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(value.toString());
    }

    private static Map<String, @Nullable Object> map(@Nullable Object value) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, item) -> map.put(String.valueOf(key), item));
        }
        return map;
    }

    /** Takes no text for a number, a time or a truth value. */
    private static final class Texts extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
