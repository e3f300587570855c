package org.dbstore.config;

/**
 * A volume to create when it is absent.
 *
 * @param name 1..255 bytes of UTF-8, no control characters, '/' or '@'
 * @param sizeBytes above 0
 */
public record VolumeConfig(String name, long sizeBytes) {
    /** Checks the values. */
    public VolumeConfig {
        checkName(name);
        if (sizeBytes <= 0) {
            throw new IllegalArgumentException("the size is not above 0; give one, as 10GiB");
        }
    }

    /** As {@link Values#text}, and without the characters that separate names elsewhere. */
    static String checkName(String name) {
        Values.text(name);
        if (name.isEmpty() || name.contains("/") || name.contains("@")) {
            throw new IllegalArgumentException(
                    "'"
                            + name
                            + "' is not a name for a volume; use 1 to 255 bytes without '/' and"
                            + " '@'");
        }
        return name;
    }
}
