package org.dbstore.server.admin.api;

import org.dbstore.config.Edit;
import org.dbstore.server.Applied;
import org.dbstore.server.plan.Change;
import org.dbstore.server.plan.Plan;

import java.util.List;
import java.util.Optional;

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

    /** What an edit does. */
    public enum Op {
        /** {@link Edit.Set}. */
        SET,
        /** {@link Edit.Remove}. */
        REMOVE,
        /** {@link Edit.Add}. */
        ADD,
        /** {@link Edit.Drop}. */
        DROP
    }

    /**
     * An edit of the managed file.
     *
     * @param op what it does
     * @param path of the key, from the outermost name inwards
     * @param value all but {@link Op#REMOVE} have one
     */
    public record EditView(Op op, List<String> path, Optional<Object> value) {
        /** Shows an edit. */
        public static EditView of(Edit edit) {
            return switch (edit) {
                case Edit.Set set -> new EditView(Op.SET, set.path(), Optional.of(set.value()));
                case Edit.Remove remove -> new EditView(Op.REMOVE, remove.path(), Optional.empty());
                case Edit.Add add -> new EditView(Op.ADD, add.path(), Optional.of(add.value()));
                case Edit.Drop drop ->
                        new EditView(Op.DROP, drop.path(), Optional.of(drop.value()));
            };
        }

        /**
         * The edit itself.
         *
         * @throws IllegalArgumentException if there is no value, or one that cannot be
         */
        public Edit edit() {
            return switch (op) {
                case SET -> new Edit.Set(path, given());
                case REMOVE -> new Edit.Remove(path);
                case ADD -> new Edit.Add(path, given());
                case DROP -> new Edit.Drop(path, given());
            };
        }

        private Object given() {
            return value.orElseThrow(
                    () -> new IllegalArgumentException("there is no value; give one"));
        }
    }

    /**
     * A change that is asked for.
     *
     * @param edits of the managed file; none: the files are read again
     * @param version of the configuration that it starts from; absent: the one in force
     */
    public record ChangeRequest(List<EditView> edits, Optional<Long> version) {}

    /**
     * The configuration in force.
     *
     * @param version counts those that were in force since the start
     * @param text as a configuration file, without secrets
     */
    public record DumpView(long version, String text) {}
}
