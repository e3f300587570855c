package org.dbstore.tools.command;

import org.dbstore.config.Edit;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A key to set or to remove.
 *
 * @param path below what is changed
 * @param value empty to remove it
 */
record KeyChange(List<String> path, String value) {
    /** Keys whose value is a list, so that a comma separates items. */
    private static final Set<String> LISTS =
            Set.of("initiators", "addresses", "portal-groups", "algorithms", "volumes");

    /** The edit that does it. */
    Edit below(String... parent) {
        List<String> whole = new ArrayList<>(Arrays.asList(parent));
        whole.addAll(path);
        if (value.isEmpty()) {
            return new Edit.Remove(whole);
        }
        return new Edit.Set(
                whole,
                LISTS.contains(path.getLast()) ? Arrays.asList(value.split(",", -1)) : value);
    }

    /** Reads {@code KEY=VALUE} or {@code KEY-}; dots lead to the keys of a map. */
    static final class Converter implements ITypeConverter<KeyChange> {
        @Override
        public KeyChange convert(String text) {
            int equals = text.indexOf('=');
            boolean removes = equals < 0 && text.endsWith("-");
            String key = text.substring(0, Math.max(0, removes ? text.length() - 1 : equals));
            if (key.isEmpty() || equals == text.length() - 1) {
                throw new TypeConversionException(
                        "'" + text + "' sets no key; write KEY=VALUE, or KEY- to remove one");
            }
            return new KeyChange(
                    Arrays.asList(key.split("\\.", -1)), removes ? "" : text.substring(equals + 1));
        }
    }
}
