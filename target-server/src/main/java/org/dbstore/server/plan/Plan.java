package org.dbstore.server.plan;

import org.dbstore.config.DbsConfig;

import java.util.List;

/**
 * What it takes to get from the configuration in force to another one.
 *
 * @param next the configuration to be
 * @param version of the configuration that it starts from
 * @param changes in the order in which they are made; empty if there is nothing to do
 * @param obstacles why it cannot be applied as things are, each with the remedy; empty if it can
 */
public record Plan(DbsConfig next, long version, List<Change> changes, List<String> obstacles) {
    /** Checks the values. */
    public Plan {
        changes = List.copyOf(changes);
        obstacles = List.copyOf(obstacles);
    }

    /** The sessions that it would cut, each once. */
    public List<String> cutSessions() {
        return changes.stream()
                .map(Change::effect)
                .filter(effect -> effect.level() == Effect.Level.CUTS_SESSIONS)
                .flatMap(effect -> effect.sessions().stream())
                .distinct()
                .toList();
    }
}
