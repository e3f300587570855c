package org.dbstore.config;

import org.apache.commons.configuration2.YAMLConfiguration;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML configuration whose nodes know where they were written, and whose values are the text that
 * was written: YAML 1.1 would make 8 of a volume named {@code 010} and true of one named {@code
 * yes}. As everywhere in Commons Configuration, a list is several nodes of the same name.
 *
 * <p>Being text from nodes, nothing is constructed or interpolated, whatever tags a file carries.
 */
final class LocatedYaml extends YAMLConfiguration {
    /** Attribute of every node: its {@link Place}. */
    static final String PLACE = "place";

    /** Deeper files are none of ours, and recursion ends. */
    private static final int DEPTH_MAX = 20;

    /** Aliases may multiply a small file; this many entries are more than anybody configures. */
    private static final int NODES_MAX = 1_000_000;

    private final String file;
    private final Problems problems;
    private int nodeCount;

    /**
     * Creates an empty configuration.
     *
     * @param file name for places
     * @param problems gets what is wrong with the YAML
     */
    LocatedYaml(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    @Override
    public void read(Reader reader) {
        LoaderOptions options = new LoaderOptions();
        // The limit is not on what is said twice, but on what comes of it.
        options.setMaxAliasesForCollections(NODES_MAX);
        try {
            Node document = new Yaml(options).compose(reader);
            ImmutableNode.Builder root =
                    new ImmutableNode.Builder().addAttribute(PLACE, new Place(file, 1));
            if (document instanceof MappingNode map) {
                root.addChildren(children(map, "", 1));
            } else if (document != null && !isNull(document)) {
                problems.add(place(document), "", "a map of keys is expected; see docs/config.md");
            }
            getNodeModel().setRootNode(root.create());
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            problems.add(new Place(file, line), "", explain(e));
        } catch (YAMLException e) {
            problems.add(new Place(file, 0), "", "is not YAML: " + e.getMessage());
        }
    }

    /** The root of what was read; an empty node if that failed. */
    ImmutableNode root() {
        ImmutableNode root = getNodeModel().getInMemoryRepresentation();
        return root.getAttributes().containsKey(PLACE)
                ? root
                : new ImmutableNode.Builder().addAttribute(PLACE, new Place(file, 1)).create();
    }

    private List<ImmutableNode> children(MappingNode map, String path, int depth) {
        List<ImmutableNode> children = new ArrayList<>();
        Map<String, Place> seen = new HashMap<>();
        for (NodeTuple entry : map.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode keyNode)) {
                problems.add(
                        place(entry.getKeyNode()),
                        path,
                        "a key must be a plain word; put it in quotes");
                continue;
            }
            String key = keyNode.getValue();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            Place first = seen.putIfAbsent(key, place(keyNode));
            if (first != null) {
                problems.add(
                        place(keyNode), keyPath, "given twice, first at " + first + "; leave one");
                continue;
            }
            if (entry.getValueNode() instanceof SequenceNode list) {
                for (Node item : list.getValue()) {
                    children.add(node(key, item, place(item), keyPath, depth));
                }
            } else {
                children.add(node(key, entry.getValueNode(), place(keyNode), keyPath, depth));
            }
        }
        return children;
    }

    private ImmutableNode node(String name, Node value, Place place, String path, int depth) {
        ImmutableNode.Builder node =
                new ImmutableNode.Builder().name(name).addAttribute(PLACE, place);
        if (value instanceof SequenceNode) {
            problems.add(place(value), path, "a list within a list; write one list");
        } else if (depth == DEPTH_MAX) {
            problems.add(place, path, "nested too deeply; see docs/config.md");
        } else if (++nodeCount >= NODES_MAX) {
            if (nodeCount == NODES_MAX) {
                problems.add(place, path, "the file has too many entries; use fewer aliases");
            }
        } else if (value instanceof MappingNode map) {
            node.addChildren(children(map, path, depth + 1));
        } else if (value instanceof ScalarNode scalar && !isNull(scalar)) {
            node.value(scalar.getValue());
        }
        return node.create();
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private Place place(Node node) {
        return new Place(file, node.getStartMark().getLine() + 1);
    }

    private static String explain(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("TAB")) {
            return "a tab stands where YAML wants spaces; indent with spaces";
        }
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        return "is not YAML: " + context + problem + "; check indentation, colons and quotes";
    }
}
