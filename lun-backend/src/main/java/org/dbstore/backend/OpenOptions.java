package org.dbstore.backend;

/**
 * How a device is opened.
 *
 * @param io how bytes reach the medium
 * @param readOnly true to change nothing: no recovery, no identity written, writes refused; still
 *     exclusive, because the owner's changes would be seen half-done
 */
public record OpenOptions(Io io, boolean readOnly) {
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
}
