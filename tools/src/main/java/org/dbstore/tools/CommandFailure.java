package org.dbstore.tools;

import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.client.ServerFailure;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** A command ends without having done what was asked; the message is for the operator. */
public final class CommandFailure extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    /**
     * Creates the failure.
     *
     * @param exitCode how the process ends
     * @param what what is wrong, naming the thing
     * @param remedy what to do about it
     */
    public CommandFailure(ExitCode exitCode, String what, String remedy) {
        super(what + "; " + remedy);
        this.exitCode = exitCode;
    }

    private CommandFailure(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /**
     * Returns how the process ends.
     *
     * @return never {@link ExitCode#OK}
     */
    public ExitCode exitCode() {
        return exitCode;
    }

    /**
     * Puts any exception into words for the operator.
     *
     * @param failure what a command threw
     * @return the failure itself if it is in such words already
     */
    public static CommandFailure of(Throwable failure) {
        return switch (failure) {
            case CommandFailure already -> already;
            case ConfigException refused ->
                    new CommandFailure(
                            ExitCode.USAGE, String.valueOf(refused.getMessage()), refused);
            case ServerFailure server -> of(server.error(), server);
            case BackendException remote
                    when remote.getCause() instanceof ServerFailure server
                            && server.error().backendError().isEmpty() ->
                    of(server.error(), remote);
            case BackendException backend ->
                    new CommandFailure(
                            ExitCode.of(backend.error()),
                            backend.getMessage() + "; " + remedy(backend),
                            backend);
            case IOException io -> new CommandFailure(ExitCode.FAILED, explain(io), io);
            default ->
                    new CommandFailure(
                            ExitCode.FAILED,
                            "internal error: " + failure + "; run it with --debug and report it",
                            failure);
        };
    }

    /** What the engine refuses sounds alike whoever asked it; else the server knows best. */
    private static CommandFailure of(ApiError error, Exception cause) {
        if (error.code().equals(ApiError.CONFIGURATION)) {
            return new CommandFailure(ExitCode.USAGE, error.message(), cause);
        }
        if (error.code().equals(ApiError.UNAUTHORIZED)) {
            String remedy = "; name the file that holds the server's token in DBS_TOKEN_FILE";
            return new CommandFailure(ExitCode.FAILED, error.message() + remedy, cause);
        }
        return error.backendError()
                .map(backend -> of(new BackendException(backend, error.message(), cause)))
                .orElseGet(() ->
                        new CommandFailure(
                                ExitCode.FAILED, error.message() + "; " + error.remedy(), cause));
    }

    private static String remedy(BackendException failure) {
        return switch (failure.error()) {
            case NO_SPACE -> "delete a volume or a snapshot, or use a larger device";
            case LIMIT -> "delete what is not needed any more";
            case IO -> "check the permissions and the kernel's log";
            case FAILED -> "check the device and the kernel's log before another attempt";
            case CORRUPT -> "copy the device before anything else is tried";
            case NOT_A_STORE -> "name another device, or make this one by 'dbsctl device init'";
            case NOT_FOUND -> "'dbsctl volume list' and 'dbsctl snapshot list' show what there is";
            case ALREADY_EXISTS -> "choose another name";
            case INVALID -> "see --help";
            case BUSY -> "stop what holds it, or wait for its end";
            case READ_ONLY -> "nothing was changed; name a volume that can be written";
        };
    }

    private static String explain(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing ->
                    missing.getFile() + " does not exist; name a file that does";
            case FileAlreadyExistsException present ->
                    present.getFile() + " exists already; choose another name";
            case AccessDeniedException denied ->
                    "no permission for " + denied.getFile() + "; check its owner and mode";
            case FileSystemException file -> file.getMessage() + "; check the path";
            default -> failure.getMessage() + "; check where the data comes from and goes to";
        };
    }
}
