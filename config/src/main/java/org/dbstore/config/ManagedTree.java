package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The keys of the {@link ManagedFile} while they are edited: text, lists and maps. What stands in a
 * file of the user's is left alone, and said to be there.
 */
final class ManagedTree {
    private final Place file;
    private final Map<String, Object> keys;
    private final ImmutableNode users;
    private final Problems problems;

    /**
     * Begins to edit.
     *
     * @param file for messages
     * @param keys of the managed file; they are changed
     * @param users all other files, put together
     * @param problems gets the edits that are refused
     */
    ManagedTree(Place file, Map<String, Object> keys, ImmutableNode users, Problems problems) {
        this.file = file;
        this.keys = keys;
        this.users = users;
        this.problems = problems;
    }

    void apply(Edit edit) {
        List<String> path = edit.path();
        switch (edit) {
            case Edit.Set set -> set(path, set.value());
            case Edit.Remove _ -> remove(path);
            case Edit.Add add when isList(path) -> add(path, add.value());
            case Edit.Drop drop when isList(path) -> drop(path, drop.value());
            case Edit.Add _, Edit.Drop _ ->
                    refuse(file, path, "takes no list; give it one value instead");
        }
    }

    private void set(List<String> path, Object value) {
        if (!isUsers(path)) {
            put(path, value);
        }
    }

    private void remove(List<String> path) {
        if (!isUsers(path) && !take(path)) {
            refuse(file, path, "is not there; nothing is to be removed");
        }
    }

    private void add(List<String> path, Object item) {
        List<Object> items = items(path);
        if (items.stream().anyMatch(each -> isSame(path, each, item))) {
            refuse(file, path, "lists " + item + " already; nothing is to be added");
            return;
        }
        for (ImmutableNode node : find(path)) {
            if (isSame(path, tree(node, path), item)) {
                refuse(Place.of(node), path, "lists " + item + " already; nothing is to be added");
                return;
            }
        }
        items.add(item);
        put(path, items);
    }

    private void drop(List<String> path, Object item) {
        List<Object> items = items(path);
        if (items.removeIf(each -> isSame(path, each, item))) {
            if (items.isEmpty()) {
                take(path);
            } else {
                put(path, items);
            }
            return;
        }
        for (ImmutableNode node : find(path)) {
            if (isSame(path, tree(node, path), item)) {
                refuseUsers(node, path);
                return;
            }
        }
        refuse(file, path, "does not list " + item + "; nothing is to be removed");
    }

    /** True for items that mean the same: an address of a portal may be written in several ways. */
    private static boolean isSame(List<String> path, Object item, Object other) {
        return item.equals(other)
                || (path.equals(List.of(ConfigKey.PORTALS.key()))
                        && PortalSection.isSame(item, other));
    }

    /** The items of a list of the managed file, a copy. */
    private List<Object> items(List<String> path) {
        List<Map<String, Object>> maps = maps(path);
        @Nullable Object found =
                maps.size() < path.size() ? null : maps.getLast().get(path.getLast());
        if (found == null) {
            return new ArrayList<>();
        }
        return new ArrayList<>(found instanceof List<?> list ? list : List.of(found));
    }

    private void put(List<String> path, Object value) {
        Map<String, Object> map = keys;
        for (int i = 0; i < path.size() - 1; i++) {
            Object next = map.computeIfAbsent(path.get(i), _ -> new LinkedHashMap<>());
            if (!(next instanceof Map<?, ?>)) {
                refuse(
                        file,
                        path.subList(0, i + 1),
                        "is a value that cannot hold keys; remove it first");
                return;
            }
            map = asMap(next);
        }
        map.put(path.getLast(), copy(value, path));
    }

    /** Takes a key away, and the sections that are empty then; false if it is not there. */
    private boolean take(List<String> path) {
        List<Map<String, Object>> maps = maps(path);
        if (maps.size() < path.size() || maps.getLast().remove(path.getLast()) == null) {
            return false;
        }
        for (int i = path.size() - 1; i > 0 && maps.get(i).isEmpty(); i--) {
            // A target without keys is a target; an empty section is nothing.
            List<String> owner = path.subList(0, i);
            if (ConfigKey.isNamed(owner) && find(owner).isEmpty()) {
                break;
            }
            maps.get(i - 1).remove(path.get(i - 1));
        }
        return true;
    }

    /** The maps on the way to a key, as far as they are there, from the outermost inwards. */
    private List<Map<String, Object>> maps(List<String> path) {
        List<Map<String, Object>> maps = new ArrayList<>(List.of(keys));
        for (String key : path.subList(0, path.size() - 1)) {
            if (!(maps.getLast().get(key) instanceof Map<?, ?> next)) {
                break;
            }
            maps.add(asMap(next));
        }
        return maps;
    }

    private static boolean isList(List<String> path) {
        return ConfigKey.isList(path);
    }

    /** Notes that a path, or a value on the way to it, stands in a file of the user's. */
    private boolean isUsers(List<String> path) {
        for (int length = 1; length <= path.size(); length++) {
            List<ImmutableNode> found = find(path.subList(0, length));
            if (found.isEmpty()) {
                return false;
            }
            boolean isMap = found.size() == 1 && found.getFirst().getValue() == null;
            if (length == path.size() || !isMap) {
                refuseUsers(found.getFirst(), path.subList(0, length));
                return true;
            }
        }
        return false;
    }

    private List<ImmutableNode> find(List<String> path) {
        List<ImmutableNode> found = List.of(users);
        for (String key : path) {
            found =
                    found.stream()
                            .flatMap(node -> node.getChildren().stream())
                            .filter(child -> child.getNodeName().equals(key))
                            .toList();
        }
        return found;
    }

    private void refuseUsers(ImmutableNode node, List<String> path) {
        refuse(
                Place.of(node),
                path,
                "stands in a file that is not dbsctl's; change it there, then: dbsctl config"
                        + " apply");
    }

    private void refuse(Place place, List<String> path, String what) {
        problems.add(place, String.join(".", path), what);
    }

    /** What a file holds, as it can be edited. */
    static Map<String, Object> of(ImmutableNode root) {
        return map(root, List.of());
    }

    private static Map<String, Object> map(ImmutableNode node, List<String> path) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (ImmutableNode child : node.getChildren()) {
            String key = child.getNodeName();
            List<String> childPath = child(path, key);
            Object value = tree(child, childPath);
            Object present = map.get(key);
            // A list is several nodes of one name.
            if (present instanceof List<?> list) {
                List<Object> longer = new ArrayList<>(list);
                longer.add(value);
                map.put(key, longer);
            } else if (present != null) {
                map.put(key, List.of(present, value));
            } else {
                map.put(key, ConfigKey.isList(childPath) ? List.of(value) : value);
            }
        }
        return map;
    }

    private static Object tree(ImmutableNode node, List<String> path) {
        return node.getValue() == null ? map(node, path) : node.getValue();
    }

    /** A copy that can be edited. */
    static Map<String, Object> copy(Map<String, Object> tree) {
        return copy(tree, List.of());
    }

    private static Map<String, Object> copy(Map<String, Object> tree, List<String> path) {
        Map<String, Object> copy = new LinkedHashMap<>();
        tree.forEach((key, value) -> copy.put(key, copy(value, child(path, key))));
        return copy;
    }

    private static Object copy(Object value, List<String> path) {
        if (isList(path)) {
            return value instanceof List<?> ? value : List.of(value);
        }
        return value instanceof Map<?, ?> ? copy(asMap(value), path) : value;
    }

    private static List<String> child(List<String> path, String key) {
        return Stream.concat(path.stream(), Stream.of(key)).toList();
    }

    @SuppressWarnings("unchecked") // all maps here are made with text as keys
    private static Map<String, Object> asMap(Object map) {
        return (Map<String, Object>) map;
    }
}
