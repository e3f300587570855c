package org.dbstore.backend;

import java.util.OptionalLong;

/**
 * Something found on a device.
 *
 * @param problem what kind of thing
 * @param object what is concerned: a volume, a snapshot, an extent, a block, the journal
 * @param offset of the metadata concerned, in bytes on the device, if it is in one place
 * @param text a sentence for people
 */
public record Finding(Problem problem, String object, OptionalLong offset, String text) {
    /**
     * Returns how bad it is.
     *
     * @return that of the problem
     */
    public Severity severity() {
        return problem.severity();
    }
}
