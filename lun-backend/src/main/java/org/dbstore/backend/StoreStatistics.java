package org.dbstore.backend;

/**
 * What a store has counted since it was opened.
 *
 * @param commits how often what waited was made durable
 * @param commitNanos how long that took, all together
 * @param commitWaiters who waited for them, all together
 * @param forces how often the medium was forced
 * @param forceNanos how long that took, all together
 * @param journalBytes written to the journal
 * @param journalUse how full the half of the journal is that is being written, 0..1
 * @param copiedBytes copied from extent to extent: for a snapshot's sake, or by maintenance
 * @param openingNanos how long the opening took, recovery included
 */
public record StoreStatistics(
        long commits,
        long commitNanos,
        long commitWaiters,
        long forces,
        long forceNanos,
        long journalBytes,
        double journalUse,
        long copiedBytes,
        long openingNanos) {}
