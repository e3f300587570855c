package org.dbstore.server.plan;

import java.util.List;

/**
 * What initiators notice of a change.
 *
 * @param level how much
 * @param sessions whom it concerns, for people: "INITIATOR at ADDRESS (session NUMBER)"
 */
public record Effect(Level level, List<String> sessions) {
    /** How much initiators notice. */
    public enum Level {
        /** Nothing, or it concerns later logins alone. */
        NONE,
        /** They are told by a unit attention condition, and go on. */
        ATTENTION,
        /** Their sessions end: they are asked to log out, and a moment later they are closed. */
        CUTS_SESSIONS
    }

    /** Nobody notices. */
    public static final Effect NONE = new Effect(Level.NONE, List.of());

    /** Checks the values. */
    public Effect {
        sessions = List.copyOf(sessions);
    }

    /** These are told; nobody is if there are none. */
    static Effect attention(List<String> sessions) {
        return sessions.isEmpty() ? NONE : new Effect(Level.ATTENTION, sessions);
    }

    /** These are cut; nobody is if there are none. */
    static Effect cuts(List<String> sessions) {
        return sessions.isEmpty() ? NONE : new Effect(Level.CUTS_SESSIONS, sessions);
    }
}
