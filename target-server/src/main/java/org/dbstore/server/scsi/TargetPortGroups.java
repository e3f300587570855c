package org.dbstore.server.scsi;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The target port groups of a target (SPC-4, "Asymmetric logical unit access"). Each portal group
 * is a target port and a group of its own; all logical units of the target share their states.
 *
 * <p>Safe for all threads: changes hold the monitor. While every group is active, a command costs
 * one volatile read.
 */
public final class TargetPortGroups {
    /** How a group came into its state (SPC-4, "REPORT TARGET PORT GROUPS", STATUS CODE). */
    public enum Cause {
        /** It has been in it from the beginning. */
        NONE(0),
        /** By SET TARGET PORT GROUPS. */
        EXPLICIT(1),
        /** By the configuration. */
        IMPLICIT(2);

        private final int statusCode;

        Cause(int statusCode) {
            this.statusCode = statusCode;
        }

        /** The STATUS CODE, 8 bits. */
        public int statusCode() {
            return statusCode;
        }
    }

    /**
     * A group.
     *
     * @param tag 1..65535: TARGET PORT GROUP, and the RELATIVE TARGET PORT IDENTIFIER of its port
     * @param preferred PREF: it is configured to be better than others
     * @param cause of the state
     */
    public record Group(int tag, AccessState state, boolean preferred, Cause cause) {
        private Group in(AccessState other, Cause by) {
            return state == other ? this : new Group(tag, other, preferred, by);
        }
    }

    private final SortedMap<Integer, AccessState> configured;
    private final boolean settable;
    private volatile List<Group> groups;
    private volatile boolean allActive;

    /**
     * Creates the groups of a target, in the states that are configured.
     *
     * @param configured by portal group tag, 1..65535
     * @param settable true if initiators may change the states
     */
    public TargetPortGroups(Map<Integer, AccessState> configured, boolean settable) {
        this.configured = new TreeMap<>(configured);
        this.settable = settable;
        // Where all are equally good, none is preferred; and where initiators choose, none either:
        // multipathd would go back to a preferred group against what they have set.
        boolean choice =
                !settable
                        && configured.values().stream()
                                .anyMatch(s -> s != AccessState.ACTIVE_OPTIMIZED);
        List<Group> all = new ArrayList<>();
        this.configured.forEach((tag, state) -> {
            boolean preferred = choice && state == AccessState.ACTIVE_OPTIMIZED;
            all.add(new Group(tag, state, preferred, Cause.NONE));
        });
        this.groups = List.copyOf(all);
        this.allActive = areActive(all);
    }

    /** Portal group tags, ascending. */
    public List<Integer> tags() {
        return List.copyOf(configured.keySet());
    }

    /** The groups as they are now, ascending by tag. */
    public List<Group> groups() {
        return groups;
    }

    /** Tells whether initiators may change the states: TPGS is 11b then, otherwise 01b. */
    public boolean areSettable() {
        return settable;
    }

    /** Tells whether the groups that the target has both times are in the same states. */
    public boolean hasSameStates(TargetPortGroups other) {
        Map<Integer, AccessState> theirs = other.states();
        return groups.stream()
                .allMatch(
                        group -> theirs.getOrDefault(group.tag(), group.state()) == group.state());
    }

    private Map<Integer, AccessState> states() {
        Map<Integer, AccessState> states = new TreeMap<>();
        groups.forEach(group -> states.put(group.tag(), group.state()));
        return states;
    }

    /**
     * Returns the state of a group.
     *
     * @param tag of a group of the target
     */
    public AccessState state(int tag) {
        // A nexus whose group has just been taken from the target is on its way out.
        return states().getOrDefault(tag, AccessState.ACTIVE_OPTIMIZED);
    }

    /**
     * Tells why a command that came through a group is not served.
     *
     * @return null if it is
     */
    public @Nullable SenseCode refusal(Nexus nexus, ScsiCommand command) {
        return allActive ? null : state(nexus.portalGroupTag()).refusal(command);
    }

    /**
     * SET TARGET PORT GROUPS: takes groups into other states, all at once.
     *
     * @param wanted by tag; groups that are not named, and tags that no group has, change nothing
     * @return true if one is in another state now
     */
    public synchronized boolean set(Map<Integer, AccessState> wanted) {
        List<Group> before = groups;
        change(
                before.stream()
                        .map(group ->
                                group.in(
                                        wanted.getOrDefault(group.tag(), group.state()),
                                        Cause.EXPLICIT))
                        .toList());
        return !groups.equals(before);
    }

    /**
     * Goes on with another configuration of the same target.
     *
     * @param next as configured, not in use yet
     * @return this one if it was configured alike: then what initiators have set stays; otherwise
     *     {@code next}
     */
    public TargetPortGroups followedBy(TargetPortGroups next) {
        if (configured.equals(next.configured) && settable == next.settable) {
            return this;
        }
        next.follow(groups);
        return next;
    }

    private synchronized void follow(List<Group> before) {
        List<Group> after = new ArrayList<>();
        for (Group group : groups) {
            Cause cause =
                    before.stream()
                            .filter(old -> old.tag() == group.tag())
                            .map(old -> old.state() == group.state() ? old.cause() : Cause.IMPLICIT)
                            .findFirst()
                            .orElse(Cause.NONE);
            after.add(new Group(group.tag(), group.state(), group.preferred(), cause));
        }
        change(after);
    }

    private void change(List<Group> next) {
        groups = List.copyOf(next);
        allActive = areActive(next);
    }

    private static boolean areActive(List<Group> groups) {
        return groups.stream().allMatch(group -> group.state().isActive());
    }
}
