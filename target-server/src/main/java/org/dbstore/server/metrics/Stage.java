package org.dbstore.server.metrics;

import java.util.Locale;

/** The parts of a command's time. One that a command does not go through is not counted. */
public enum Stage {
    /** From its PDU to the last of its data-out. */
    RECEIVE,
    /** Held back by a limit (QoS). */
    THROTTLE,
    /** For tasks that come first, and for a thread. */
    QUEUE,
    /** The logical unit and the engine work on it. */
    ENGINE,
    /** What it changed becomes durable. */
    DURABLE,
    /** From its end to the last byte of its answer in the socket. */
    SEND;

    /** How many there are. */
    static final int COUNT = values().length;

    /** As labels say it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
