package org.dbstore.backend;

/**
 * How a device is opened.
 *
 * @param io how bytes reach the medium
 * @param readOnly true to change nothing: no recovery, no identity written, writes refused; still
 *     exclusive, because the owner's changes would be seen half-done
 */
public record OpenOptions(Io io, boolean readOnly, Journal journal) {
    /**
     * With a journal.
     *
     * @param io how bytes move
     * @param readOnly true to change nothing
     */
    public OpenOptions(Io io, boolean readOnly) {
        this(io, readOnly, Journal.WHERE_POSSIBLE);
    }

    /** Through the page cache, for reading and writing. */
    public static final OpenOptions DEFAULT = new OpenOptions(Io.BUFFERED, false);

    /** Through the page cache, for reading. */
    public static final OpenOptions READ_ONLY = new OpenOptions(Io.BUFFERED, true);

    /** The path between memory and medium. */
    public enum Io {
        /** Through the page cache. */
        BUFFERED,
        /** Past the page cache (O_DIRECT), in aligned blocks. */
        DIRECT
    }

    /** Whether metadata goes through a journal. */
    public enum Journal {
        /** Yes, but on a device that has no room for one. */
        WHERE_POSSIBLE,
        /**
         * No: the original can read the device at any instant, also after a power loss. Metadata is
         * then not safe against a sector that is destroyed while it is written, and there are no
         * names of snapshots.
         */
        NONE
    }
}
