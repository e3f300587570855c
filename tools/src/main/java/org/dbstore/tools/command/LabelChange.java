package org.dbstore.tools.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One label on a command line.
 *
 * @param key of the label
 * @param value empty if it is removed
 * @param removal true if it is removed
 */
record LabelChange(String key, String value, boolean removal) {
    /** Those that are set; of several with one key the last. */
    static Map<String, String> set(List<LabelChange> changes) {
        Map<String, String> set = new TreeMap<>();
        for (LabelChange change : changes) {
            if (!change.removal) {
                set.put(change.key, change.value);
            }
        }
        return set;
    }

    /** Keys of those that are removed. */
    static Set<String> removed(List<LabelChange> changes) {
        return changes.stream()
                .filter(LabelChange::removal)
                .map(LabelChange::key)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Reads {@code KEY=VALUE} or {@code KEY-}. */
    static final class Converter implements ITypeConverter<LabelChange> {
        @Override
        public LabelChange convert(String text) {
            int at = text.indexOf('=');
            if (at > 0) {
                return new LabelChange(text.substring(0, at), text.substring(at + 1), false);
            }
            if (at < 0 && text.length() > 1 && text.endsWith("-")) {
                return new LabelChange(text.substring(0, text.length() - 1), "", true);
            }
            throw new TypeConversionException(
                    "'" + text + "' is no label; write KEY=VALUE, or KEY- to remove one");
        }
    }
}
