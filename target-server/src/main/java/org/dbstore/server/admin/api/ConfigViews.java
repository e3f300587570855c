package org.dbstore.server.admin.api;

import org.dbstore.server.Applied;
import org.dbstore.server.plan.Change;
import org.dbstore.server.plan.Plan;

import java.util.List;

/** The configuration and its changes. */
public final class ConfigViews {
    private ConfigViews() {}

    /**
     * What another configuration would change.
     *
     * @param version of the configuration in force
     * @param changes in the order in which they are made
     * @param obstacles why it cannot be applied as things are; empty if it can
     * @param cutSessions those that would end
     */
    public record PlanView(
            long version, List<Change> changes, List<String> obstacles, List<String> cutSessions) {
        /** Shows a plan. */
        public static PlanView of(Plan plan) {
            return new PlanView(
                    plan.version(), plan.changes(), plan.obstacles(), plan.cutSessions());
        }
    }

    /**
     * What was changed.
     *
     * @param version of the configuration that is in force now
     * @param changes that were made
     * @param warnings what did not go well and could not be helped
     */
    public record AppliedView(long version, List<Change> changes, List<String> warnings) {
        /** Shows what was done. */
        public static AppliedView of(Applied applied) {
            return new AppliedView(applied.version(), applied.changes(), applied.warnings());
        }
    }
}
