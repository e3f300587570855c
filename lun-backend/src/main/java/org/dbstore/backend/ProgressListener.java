package org.dbstore.backend;

/** Hears how far a long operation has come. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (done, total) -> {};

    /**
     * Called now and then from the thread of the operation.
     *
     * @param doneBytes 0..totalBytes
     * @param totalBytes of the whole operation
     */
    void progress(long doneBytes, long totalBytes);
}
