package org.dbstore.backend.operation;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.format.Geometry;
import org.dbstore.backend.format.VolumeEntry;

import java.nio.charset.StandardCharsets;

/** What a new volume may be called, and how large it may be. */
final class VolumeNames {
    private VolumeNames() {}

    /**
     * Refuses a name that the field, a path or an address ("name@snapshot", "#slot") cannot take.
     */
    static void check(String name) throws BackendException {
        check("volume", name);
    }

    /** As {@link #check(String)}, for a name of something else. */
    static void check(String kind, String name) throws BackendException {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        String reason = null;
        if (name.isEmpty()) {
            reason = "is empty";
        } else if (bytes > VolumeEntry.NAME_BYTES_MAX) {
            reason = "is longer than 255 bytes";
        } else if (name.startsWith("#")) {
            reason = "begins with '#', which means a slot";
        } else if (name.codePoints().anyMatch(VolumeNames::isForbidden)) {
            reason = "has a control character, '/' or '@'";
        } else if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            reason = "is no valid text";
        }
        if (reason != null) {
            throw new BackendException(
                    BackendError.INVALID, "the %s name \"%s\" %s".formatted(kind, name, reason));
        }
    }

    /** Rounds a size up to whole extents. */
    static long roundSize(long sizeBytes) throws BackendException {
        if (sizeBytes <= 0 || sizeBytes > Geometry.VOLUME_BYTES_MAX) {
            throw new BackendException(
                    BackendError.INVALID,
                    "a volume has 1 byte to 4 PiB, not " + sizeBytes + " bytes");
        }
        return Math.ceilDiv(sizeBytes, (long) Geometry.EXTENT_BYTES) * Geometry.EXTENT_BYTES;
    }

    private static boolean isForbidden(int codePoint) {
        return Character.isISOControl(codePoint) || codePoint == '/' || codePoint == '@';
    }
}
