package org.dbstore.server.admin.resource;

import org.dbstore.backend.VolumeContents;
import org.dbstore.server.admin.http.Refusal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of bytes that a client wants (RFC 9110, "Range Requests").
 *
 * @param offset first byte
 * @param lengthBytes above 0
 * @param sizeBytes of the whole
 * @param isAll true if no range was asked for
 */
record ByteRange(long offset, long lengthBytes, long sizeBytes, boolean isAll) {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,18})-([0-9]{0,18})");

    /** Reads the header; more than one range is answered with everything, as is allowed. */
    static ByteRange of(Optional<String> header, long sizeBytes) throws Refusal {
        Matcher matcher = RANGE.matcher(header.orElse(""));
        if (!matcher.matches()) {
            return new ByteRange(0, sizeBytes, sizeBytes, true);
        }
        long first = Long.parseLong(matcher.group(1));
        long last =
                matcher.group(2).isEmpty()
                        ? sizeBytes - 1
                        : Math.min(Long.parseLong(matcher.group(2)), sizeBytes - 1);
        if (first > last) {
            throw new Refusal(
                    416,
                    "INVALID",
                    "the volume has no bytes " + header.orElse(""),
                    "ask for what lies within its " + sizeBytes + " bytes");
        }
        return new ByteRange(first, last - first + 1, sizeBytes, false);
    }

    Map<String, String> headers(VolumeContents volume) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept-Ranges", "bytes");
        headers.put("ETag", "\"" + volume.uuid() + "\"");
        if (!isAll) {
            headers.put(
                    "Content-Range",
                    "bytes %d-%d/%d".formatted(offset, offset + lengthBytes - 1, sizeBytes));
        }
        return headers;
    }
}
