package org.dbstore.server.admin.http;

import org.dbstore.backend.BackendException;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** What a request is answered with. */
public sealed interface Answer {
    /** A status of HTTP. */
    int status();

    /**
     * A value as JSON.
     *
     * @param status of HTTP
     * @param value a record, list, ...
     */
    record Json(int status, @Nullable Object value) implements Answer {}

    /**
     * A text or other bytes that are in memory.
     *
     * @param status of HTTP
     * @param type of the content
     * @param bytes the content
     */
    @SuppressWarnings("ArrayRecordComponent") // written and forgotten
    record Bytes(int status, String type, byte[] bytes) implements Answer {}

    /**
     * Bytes that are made while they are sent.
     *
     * @param status of HTTP
     * @param headers further ones
     * @param lengthBytes if it is known, else -1
     * @param body writes them
     */
    record Stream(int status, Map<String, String> headers, long lengthBytes, Body body)
            implements Answer {}

    /** Writes a body. */
    @FunctionalInterface
    interface Body {
        /**
         * Writes it; what it throws cuts the connection, so that the client sees that something is
         * missing.
         *
         * @param output to the client; not to be closed
         */
        void writeTo(OutputStream output) throws IOException, BackendException, Refusal;
    }

    /** It is done, and that is how it is now. */
    static Answer ok(Object value) {
        return new Json(200, value);
    }

    /** Something new is there. */
    static Answer created(Object value) {
        return new Json(201, value);
    }

    /** It goes on for a while. */
    static Answer accepted(Object job) {
        return new Json(202, job);
    }
}
