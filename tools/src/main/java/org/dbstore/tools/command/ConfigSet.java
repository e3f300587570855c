package org.dbstore.tools.command;

import org.dbstore.config.Edit;
import org.dbstore.tools.configuration.Configuration;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.util.Arrays;
import java.util.List;

/** Sets a key. */
@Command(
        name = "set",
        description = {
            "Set any key of the managed file conf.d/dbsctl.yaml.",
            "What stands in a file of yours is refused with its place: edit that."
        },
        footer = {"", "Example:", "  dbsctl config set log.slow-commands 500ms"})
final class ConfigSet extends ConfigEdit {
    @Parameters(
            index = "0",
            paramLabel = "KEY",
            description = "Names from the outermost inwards, with dots, or with / if one has dots.")
    String key = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "VALUE",
            description = "Several values are a list; { KEY: VALUE, ... } is a map.")
    List<String> values = List.of();

    @Override
    List<Edit> edits(Configuration configuration) {
        Object value = values.size() == 1 ? parsed(values.getFirst()) : values;
        return List.of(new Edit.Set(path(key), value));
    }

    /** A map may be written on one line, as in a file. */
    private static Object parsed(String text) {
        if (!text.startsWith("{")) {
            return text;
        }
        try {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no map; write { KEY: VALUE, ... }", e);
        }
    }

    @Override
    String done() {
        return "Set " + key;
    }

    /** The names of a path. */
    static List<String> path(String key) {
        return Arrays.asList(key.split(key.contains("/") ? "/" : "\\.", -1));
    }
}
