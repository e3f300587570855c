package org.dbstore.server.admin.api;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A path of the API with its query, percent-encoded: names of volumes may hold almost anything.
 *
 * @param encoded from the first slash
 */
public record ApiPath(String encoded) {
    private static final String UNRESERVED =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~";

    /**
     * Joins segments.
     *
     * @param segments below /v1, as they are called
     */
    public static ApiPath of(String... segments) {
        ApiPath path = new ApiPath("/v1");
        for (String segment : segments) {
            path = path.to(segment);
        }
        return path;
    }

    /** Goes one segment down. */
    public ApiPath to(String segment) {
        return new ApiPath(encoded + "/" + encode(segment));
    }

    /** Adds a parameter; not to be followed by segments. */
    public ApiPath with(String parameter, Object value) {
        return new ApiPath(
                encoded
                        + (encoded.contains("?") ? "&" : "?")
                        + encode(parameter)
                        + "="
                        + encode(value.toString()));
    }

    private static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        boolean dots = text.matches("\\.+"); // which would be taken for a way up
        for (byte octet : text.getBytes(UTF_8)) {
            char character = (char) (octet & 0xff);
            if (UNRESERVED.indexOf(character) >= 0 || (character == '.' && !dots)) {
                encoded.append(character);
            } else {
                encoded.append("%%%02X".formatted(octet & 0xff));
            }
        }
        return encoded.toString();
    }

    @Override
    public String toString() {
        return encoded;
    }
}
