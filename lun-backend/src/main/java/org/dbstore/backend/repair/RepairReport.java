package org.dbstore.backend.repair;

import org.dbstore.backend.Finding;
import org.dbstore.backend.check.Verdict;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a repair or a restore did, or would do.
 *
 * @param device its path
 * @param done false if nothing was changed
 * @param found what was wrong before
 * @param changes of metadata, in words
 * @param remaining what is wrong afterwards
 * @param backup file with the metadata as it was; only if something was changed
 */
public record RepairReport(
        String device,
        boolean done,
        List<Finding> found,
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
