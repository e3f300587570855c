package org.dbstore.server.admin.client;

import org.dbstore.backend.ProgressListener;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.json.Json;
import org.dbstore.server.admin.json.JsonFault;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A long operation that a server does for us. */
public final class RemoteJob {
    private static final long PAUSE_MILLIS_MIN = 2;
    private static final long PAUSE_MILLIS_MAX = 500;

    private final AdminClient client;
    private final ApiPath path;
    private JobView job;

    /**
     * Follows a job.
     *
     * @param client asks the server
     * @param job as the server began it
     */
    public RemoteJob(AdminClient client, JobView job) {
        this.client = client;
        this.path = ApiPath.of("jobs", Long.toString(job.id()));
        this.job = job;
    }

    /**
     * Waits for its end.
     *
     * @param progress hears how far it has come
     * @param cancelled asked often; true to have it end soon
     * @return done, or cancelled
     * @throws ServerFailure if it failed, in the words that the operation itself would have used
     */
    public JobView await(ProgressListener progress, BooleanSupplier cancelled)
            throws ServerFailure {
        long pauseMillis = PAUSE_MILLIS_MIN;
        boolean told = false;
        while (!job.isOver()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
            if (!told && cancelled.getAsBoolean()) {
                client.delete(path);
                told = true;
            }
            job = client.get(path, JobView.class);
            if (job.totalBytes() > 0) {
                progress.progress(job.doneBytes(), job.totalBytes());
            }
        }
        if (job.error().isPresent()) {
            throw new ServerFailure(job.error().get());
        }
        return job;
    }

    /** What a job did, as a record. */
    static <T> T result(JobView job, Class<T> type) throws ServerFailure {
        try {
            return Json.convert(job.result().orElse(null), type);
        } catch (JsonFault e) {
            throw new ServerFailure(
                    new ApiError(
                            ApiError.UNREACHABLE,
                            "the result of job %d cannot be read: %s"
                                    .formatted(job.id(), e.getMessage()),
                            "use programs of one version"),
                    e);
        }
    }
}
