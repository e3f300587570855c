package org.dbstore.server.admin.api;

import org.dbstore.backend.BackendError;

import java.util.Optional;

/**
 * Why a request was refused or failed.
 *
 * @param code for programs: the name of a {@link BackendError}, or one of the constants here
 * @param message what is wrong, for people
 * @param remedy what to do about it
 */
public record ApiError(String code, String message, String remedy) {
    /** The token is missing or wrong. */
    public static final String UNAUTHORIZED = "UNAUTHORIZED";

    /** The request came by a name that is not this server's. */
    public static final String WRONG_HOST = "WRONG_HOST";

    /** The request is not one that this server understands. */
    public static final String BAD_REQUEST = "BAD_REQUEST";

    /** There is nothing at that path, or it does not have that method. */
    public static final String NO_SUCH_RESOURCE = "NO_SUCH_RESOURCE";

    /** The body is larger than it may be. */
    public static final String TOO_LARGE = "TOO_LARGE";

    /** Too many requests are under way. */
    public static final String OVERLOADED = "OVERLOADED";

    /** A stream is damaged, or not for this volume. */
    public static final String STREAM = "STREAM";

    /** The contents are of another volume than those that were asked for. */
    public static final String CHANGED = "CHANGED";

    /** A defect of the server; its log says more. */
    public static final String INTERNAL = "INTERNAL";

    /** The server did not answer, or not as it should. */
    public static final String UNREACHABLE = "UNREACHABLE";

    /** As it stands in an answer: {@code {"error": {...}}}. */
    public record Answer(ApiError error) {}

    /** The engine's word for it, if it has one. */
    public Optional<BackendError> backendError() {
        for (BackendError error : BackendError.values()) {
            if (error.name().equals(code)) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }
}
