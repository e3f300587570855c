package org.dbstore.server.plan;

import java.util.List;

/**
 * One thing that becomes different.
 *
 * @param kind how
 * @param subject of what: "device main", "portal 192.0.2.1:3260", "LUN 3 of iqn.2026-01.org:disks"
 * @param text what happens, for people: a sentence without its subject
 * @param effect what initiators notice
 */
public record Change(Kind kind, String subject, String text, Effect effect) {
    /** How a thing becomes different. */
    public enum Kind {
        /** It was not there. */
        ADD,
        /** It stays, but not as it was. */
        CHANGE,
        /** It is there no more. */
        REMOVE
    }

    /** One line for people and for the log. */
    @Override
    public String toString() {
        String line = subject + ": " + text;
        List<String> sessions = effect.sessions();
        return switch (effect.level()) {
            case NONE -> line;
            case ATTENTION -> line + " [" + sessions.size() + " told]";
            case CUTS_SESSIONS -> line + " [CUTS " + String.join(", ", sessions) + "]";
        };
    }
}
