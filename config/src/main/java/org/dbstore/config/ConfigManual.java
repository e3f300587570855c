package org.dbstore.config;

/** Prints the reference of all keys from {@link ConfigKey}. */
public final class ConfigManual {
    private ConfigManual() {}

    /**
     * Returns the reference.
     *
     * @return a Markdown table, one row per key
     */
    public static String markdown() {
        StringBuilder table = new StringBuilder("| key | value | default | |\n|---|---|---|---|\n");
        for (ConfigKey key : ConfigKey.values()) {
            String value =
                    key.choices().isEmpty() ? key.type() : String.join(" \\| ", key.choices());
            table.append(
                    "| `%s` | %s | %s | %s |\n"
                            .formatted(key.path(), value, key.defaultText(), key.manual()));
        }
        return table.toString();
    }
}
