package org.dbstore.backend.check;

import org.dbstore.backend.Finding;

import java.util.Collection;

/** What findings come to. */
public enum Verdict {
    /** Nothing is wrong. */
    CLEAN,
    /** All that is served is right, but something is to be repaired. */
    REPAIRABLE,
    /** Something is lost, or cannot be served. */
    DAMAGED;

    /**
     * Judges.
     *
     * @param findings of one device
     * @return as bad as the worst of them
     */
    public static Verdict of(Collection<Finding> findings) {
        Verdict verdict = CLEAN;
        for (Finding finding : findings) {
            Verdict one =
                    switch (finding.severity()) {
                        case INFO -> CLEAN;
                        case WARNING -> REPAIRABLE;
                        case DAMAGE -> DAMAGED;
                    };
            verdict = one.compareTo(verdict) > 0 ? one : verdict;
        }
        return verdict;
    }
}
