package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** A key with its value as it was written, and its path for messages. */
final class Entry {
    private final ImmutableNode node;
    private final String path;
    private final Problems problems;

    private Entry(ImmutableNode node, String path, Problems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    static Entry root(ImmutableNode node, Problems problems) {
        return new Entry(node, "", problems);
    }

    String name() {
        return node.getNodeName();
    }

    Place place() {
        return Place.of(node);
    }

    /** Notes a problem here; {@code what} ends with the remedy. */
    void problem(String what) {
        problems.add(place(), path, what);
    }

    /** True for a map, even an empty one; a key without a value counts as an empty map. */
    boolean isMap() {
        return node.getValue() == null;
    }

    /** The entries of a map whose keys the operator chooses. */
    List<Entry> entries() {
        if (!isMap()) {
            problem("a map is expected, not '" + node.getValue() + "'; indent its keys below");
            return List.of();
        }
        return node.getChildren().stream().map(this::child).toList();
    }

    /** Notes every key that the table does not have beside {@code sibling}. */
    void checkKeys(ConfigKey sibling) {
        List<String> known = sibling.siblings().stream().map(ConfigKey::key).toList();
        // A list of maps repeats its key here; one complaint is enough.
        Set<String> seen = new HashSet<>();
        for (Entry entry : entries()) {
            if (!known.contains(entry.name()) && seen.add(entry.name())) {
                entry.problem(
                        "unknown key; "
                                + Spelling.nearest(entry.name(), known)
                                        .map(word -> "did you mean '" + word + "'?")
                                        .orElse("known here: " + String.join(", ", known)));
            }
        }
    }

    /** What stands under a key: nothing, one entry, or the items of a list. */
    List<Entry> all(ConfigKey key) {
        List<Entry> found =
                node.getChildren().stream()
                        .filter(child -> child.getNodeName().equals(key.key()))
                        .map(this::child)
                        .toList();
        if (found.isEmpty() && key.isRequired()) {
            problems.add(
                    place(),
                    path.isEmpty() ? key.key() : path + "." + key.key(),
                    "missing; " + key.manual());
        }
        return found;
    }

    /** What stands under a key that takes no list. */
    Optional<Entry> one(ConfigKey key) {
        List<Entry> found = all(key);
        if (found.size() > 1) {
            found.get(1).problem("a list is not allowed here; give one " + key.type());
        }
        return found.stream().findFirst();
    }

    /** The value under a key, parsed; empty if absent or refused. */
    <T> Optional<T> value(ConfigKey key, Function<String, T> parser) {
        return one(key).flatMap(entry -> entry.parsed(parser));
    }

    /** This entry's value; a parser's {@link IllegalArgumentException} becomes a problem. */
    <T> Optional<T> parsed(Function<String, T> parser) {
        if (isMap()) {
            problem(
                    node.getChildren().isEmpty()
                            ? "has no value; give one or leave the key out"
                            : "one value is expected, not a map; write it behind the colon");
            return Optional.empty();
        }
        return guarded(() -> parser.apply(String.valueOf(node.getValue())));
    }

    /** This entry's key, parsed. */
    <T> Optional<T> parsedName(Function<String, T> parser) {
        return guarded(() -> parser.apply(name()));
    }

    /** What is made of this entry; an {@link IllegalArgumentException} becomes a problem. */
    <T> Optional<T> guarded(Supplier<T> parser) {
        try {
            return Optional.of(parser.get());
        } catch (IllegalArgumentException e) {
            problem(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Entry child(ImmutableNode child) {
        String name = child.getNodeName();
        return new Entry(child, path.isEmpty() ? name : path + "." + name, problems);
    }
}
