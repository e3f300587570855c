package org.dbstore.backend.repair;

import org.dbstore.backend.Finding;
import org.dbstore.backend.check.Verdict;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a restore did, or would do.
 *
 * @param device its path
 * @param dumpedAt when the dump was taken
 * @param done false if nothing was changed
 * @param danger why volumes may show data of others afterwards; empty if they cannot
 * @param lostExtents extents that came into use since, whose data is given up; -1 = not known
 * @param changes of metadata, in words
 * @param remaining what is wrong afterwards
 * @param backup file with the metadata as it was; only if something was changed
 */
public record RestorePlan(
        String device,
        Instant dumpedAt,
        boolean done,
        Optional<String> danger,
        long lostExtents,
        List<Change> changes,
        List<Finding> remaining,
        Optional<Path> backup) {
    /**
     * Judges.
     *
     * @return {@link Verdict#CLEAN} if there was nothing to do, {@link Verdict#REPAIRABLE} if all
     *     is, or would be, right afterwards, otherwise {@link Verdict#DAMAGED}
     */
    public Verdict verdict() {
        if (Verdict.of(remaining) != Verdict.CLEAN) {
            return Verdict.DAMAGED;
        }
        return changes.isEmpty() ? Verdict.CLEAN : Verdict.REPAIRABLE;
    }
}
