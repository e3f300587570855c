package org.dbstore.server;

import org.dbstore.server.plan.Change;

import java.util.List;

/**
 * A configuration that has come into force.
 *
 * @param version of it
 * @param changes that were made
 * @param warnings what did not go well and could not be helped; mostly none
 */
public record Applied(long version, List<Change> changes, List<String> warnings) {
    /** Checks the values. */
    public Applied {
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
    }
}
