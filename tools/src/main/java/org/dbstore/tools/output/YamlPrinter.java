package org.dbstore.tools.output;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

import java.io.PrintWriter;

/** The same objects as {@link JsonPrinter}, as YAML. */
public final class YamlPrinter extends DocumentPrinter {
    private final PrintWriter out;

    /**
     * Creates a printer.
     *
     * @param out where it prints
     */
    public YamlPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    void print(@Nullable Object value) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setDereferenceAliases(true); // rows may share an empty list

        new Yaml(options).dump(value, out);
    }
}
