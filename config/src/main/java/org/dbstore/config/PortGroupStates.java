package org.dbstore.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How good the ways to a target are: the asymmetric access states (ALUA) of its portal groups, each
 * of which is a target port group.
 *
 * @param states by tag of a portal group, 1..65535; a group that is not in it is {@link
 *     State#OPTIMIZED}
 * @param settable true if initiators may change them, by SET TARGET PORT GROUPS
 */
public record PortGroupStates(Map<Integer, State> states, boolean settable) {
    /** All are equally good, and initiators cannot change that. */
    public static final PortGroupStates ALL_OPTIMIZED = new PortGroupStates(Map.of(), false);

    /** An asymmetric access state (SPC-4, "Asymmetric access states"). */
    public enum State {
        /** Active/optimized: the way to take. */
        OPTIMIZED,
        /** Active/non-optimized: as good, and taken when there is no better one. */
        NON_OPTIMIZED,
        /** Standby: neither read nor written before it is in another state. */
        STANDBY,
        /** Unavailable: it only says of itself that it is there. */
        UNAVAILABLE;

        /** Finds a state by its word in a configuration. */
        static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        /** The word for it in a configuration. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Leaves out what need not be said, so that what means the same is equal. */
    public PortGroupStates {
        Map<Integer, State> others = new HashMap<>(states);
        others.values().removeIf(state -> state == State.OPTIMIZED);
        states = Map.copyOf(others);
    }

    /** The state of a portal group. */
    public State state(int tag) {
        return states.getOrDefault(tag, State.OPTIMIZED);
    }
}
