package org.dbstore.backend.catalogue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The ids of volumes and snapshots that have no record: the first 16 bytes of the SHA-256 of
 * "deviceUUID/volume" or "deviceUUID/volume@id". A hash, so it has no version of RFC 9562.
 */
public final class DerivedIds {
    private DerivedIds() {}

    /**
     * Derives the id of a volume.
     *
     * @param deviceId of the device
     * @param name of the volume
     * @return always the same for the same two
     */
    public static UUID volume(UUID deviceId, String name) {
        return hash(deviceId + "/" + name);
    }

    /**
     * Derives the id of a snapshot.
     *
     * @param deviceId of the device
     * @param volumeName of its volume
     * @param snapshotId 1..65535
     * @return always the same for the same three
     */
    public static UUID snapshot(UUID deviceId, String volumeName, int snapshotId) {
        return hash(deviceId + "/" + volumeName + "@" + snapshotId);
    }

    private static UUID hash(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            ByteBuffer bytes = ByteBuffer.wrap(hash);
            return new UUID(bytes.getLong(0), bytes.getLong(8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
