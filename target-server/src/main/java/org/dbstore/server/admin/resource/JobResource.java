package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.Jobs;
import org.dbstore.server.admin.api.JobView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;

import java.util.List;

/** Long operations. */
public final class JobResource {
    private final Jobs jobs;

    /** Serves these. */
    public JobResource(Jobs jobs) {
        this.jobs = jobs;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/jobs", "Lists the jobs of this run of the server.")
                        .answersAll(200, JobView.class)
                        .by(call -> Answer.ok(jobs.all())),
                Route.get("/v1/jobs/{job}", "Tells how far a job is, and what it did.")
                        .answers(200, JobView.class)
                        .by(call ->
                                Answer.ok(jobs.find(id(call)).orElseThrow(() -> unknown(call)))),
                Route.delete("/v1/jobs/{job}", "Tells a job to end soon; what it did stays.")
                        .answers(200, JobView.class)
                        .by(call ->
                                Answer.ok(jobs.cancel(id(call)).orElseThrow(() -> unknown(call)))));
    }

    private static long id(Call call) throws Refusal {
        String text = call.path("job");
        if (!text.matches("[0-9]{1,18}")) {
            throw Refusal.badRequest("'" + text + "' is not the number of a job");
        }
        return Long.parseLong(text);
    }

    private static BackendException unknown(Call call) {
        return new BackendException(
                BackendError.NOT_FOUND, "there is no job " + call.path("job") + " any more");
    }
}
