package org.dbstore.backend.check;

import org.dbstore.backend.Finding;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a check found.
 *
 * @param device its path
 * @param sizeBytes of the device
 * @param deviceId identity, if it has one
 * @param open true if it is in use, or was not closed
 * @param findings in the order of the check
 */
public record CheckReport(
        String device,
        long sizeBytes,
        Optional<UUID> deviceId,
        boolean open,
        List<Finding> findings) {
    /**
     * Judges.
     *
     * @return as bad as the worst finding
     */
    public Verdict verdict() {
        return Verdict.of(findings);
    }
}
