package org.dbstore.server.metrics;

import org.dbstore.server.scsi.ScsiCommand;

import java.util.Locale;

/** What kind of work a command is, as far as counting goes. */
public enum Kind {
    /** Takes blocks. */
    READ,
    /** Brings blocks. */
    WRITE,
    /** All else, UNMAP and SYNCHRONIZE CACHE too. */
    OTHER;

    /** As labels say it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a command. */
    public static Kind of(ScsiCommand command) {
        return switch (command.data()) {
            case BLOCKS_IN -> READ;
            case BLOCKS_OUT, COMPARED_OUT, PAIRS_OUT, PATTERN_OUT -> WRITE;
            case NO_DATA, REPLY, LIST_OUT -> OTHER;
        };
    }
}
