package org.dbstore.config;

import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes keys and values as YAML that {@link LocatedYaml} reads back as they were, in the order
 * given: text, lists and maps by text.
 */
final class YamlText {
    /** Short lists and maps of plain values stand in one line. */
    private static final int LINE_CHARACTERS_MAX = 80;

    /** Whole numbers and truth values look better without the quotes that YAML would want. */
    private static final Pattern DIGITS = Pattern.compile("0|[1-9][0-9]{0,17}");

    private YamlText() {}

    static String of(Map<String, Object> tree) {
        if (tree.isEmpty()) {
            return "";
        }
        DumperOptions options = new DumperOptions();
        options.setAllowUnicode(true);
        options.setSplitLines(false);
        StringWriter text = new StringWriter();
        new Yaml(options).serialize(map(tree, FlowStyle.BLOCK), text);
        return text.toString();
    }

    private static Node node(Object value) {
        return switch (value) {
            case Map<?, ?> map -> map(map, style(map, map.values()));
            case List<?> list ->
                    new SequenceNode(
                            Tag.SEQ, list.stream().map(YamlText::node).toList(), style(list, list));
            default -> scalar(value.toString());
        };
    }

    private static MappingNode map(Map<?, ?> map, FlowStyle style) {
        List<NodeTuple> entries =
                map.entrySet().stream()
                        .map(entry ->
                                new NodeTuple(
                                        scalar(entry.getKey().toString()), node(entry.getValue())))
                        .toList();
        return new MappingNode(Tag.MAP, entries, style);
    }

    private static ScalarNode scalar(String text) {
        Tag tag = Tag.STR;
        if (DIGITS.matcher(text).matches()) {
            tag = Tag.INT;
        } else if (text.equals("true") || text.equals("false")) {
            tag = Tag.BOOL;
        }
        return new ScalarNode(tag, text, null, null, ScalarStyle.PLAIN);
    }

    private static FlowStyle style(Object whole, Iterable<?> parts) {
        for (Object part : parts) {
            if (!(part instanceof String)) {
                return FlowStyle.BLOCK;
            }
        }
        return whole.toString().length() <= LINE_CHARACTERS_MAX ? FlowStyle.FLOW : FlowStyle.BLOCK;
    }
}
