package org.dbstore.server.admin.http;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.api.ApiError;

import java.io.Serial;

/** A request is answered by an error. */
public final class Refusal extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final int status;
    private final transient ApiError error;

    /**
     * Refuses.
     *
     * @param status of HTTP
     * @param code for programs
     * @param message what is wrong
     * @param remedy what to do
     */
    public Refusal(int status, String code, String message, String remedy) {
        super(message);
        this.status = status;
        this.error = new ApiError(code, message, remedy);
    }

    /** A request that makes no sense. */
    public static Refusal badRequest(String message) {
        return new Refusal(
                400,
                ApiError.BAD_REQUEST,
                message,
                "correct the request; GET /openapi.json describes all");
    }

    /** A failure of the engine. */
    static Refusal of(BackendException failure) {
        return new Refusal(
                status(failure.error()),
                failure.error().name(),
                String.valueOf(failure.getMessage()),
                remedy(failure.error()));
    }

    /** Why a job failed, or a request would. */
    public static ApiError error(BackendException failure) {
        return of(failure).error;
    }

    /** Status of HTTP. */
    public int status() {
        return status;
    }

    /** What is told. */
    public ApiError error() {
        return error;
    }

    private static int status(BackendError error) {
        return switch (error) {
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, BUSY, READ_ONLY -> 409;
            case INVALID -> 422;
            case NO_SPACE, LIMIT -> 507;
            case FAILED -> 503;
            case IO, CORRUPT, NOT_A_STORE -> 500;
        };
    }

    private static String remedy(BackendError error) {
        return switch (error) {
            case NO_SPACE -> "delete a volume or a snapshot, or use a larger device";
            case LIMIT -> "delete what is not needed any more";
            case IO -> "check the device and the kernel's log";
            case FAILED -> "check the device and the kernel's log, then restart dbsd";
            case CORRUPT -> "copy the device before anything else is tried";
            case NOT_A_STORE -> "name another device";
            case NOT_FOUND -> "list what there is: GET the path without the last part";
            case ALREADY_EXISTS -> "choose another name";
            case INVALID -> "ask for what can be; the message says what cannot";
            case BUSY -> "end what uses it, or wait for its end";
            case READ_ONLY -> "name a volume that can be written";
        };
    }
}
