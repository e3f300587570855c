package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.server.Applied;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.plan.Plan;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration: what reading its files again would change, and that change. */
public final class ConfigResource {
    private final Administration administration;
    private final Runnable changed;

    /**
     * Serves that of a server.
     *
     * @param changed is told of each new configuration
     */
    public ConfigResource(Administration administration, Runnable changed) {
        this.administration = administration;
        this.changed = changed;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/v1/config/plan",
                                "Tells what reading the configuration's files again would change.")
                        .answers(200, PlanView.class)
                        .by(call -> Answer.ok(PlanView.of(plan()))),
                Route.post(
                                "/v1/config/apply",
                                "Reads the configuration's files again and serves that, in one"
                                        + " transaction.")
                        .query("version", "integer", "Only if this is still the version in force.")
                        .answers(200, AppliedView.class)
                        .by(this::apply));
    }

    private Plan plan() throws Refusal {
        try {
            return administration.configuration().planReread();
        } catch (ConfigException e) {
            throw new Refusal(
                    422,
                    "INVALID",
                    e.problems().stream().map(Object::toString).collect(Collectors.joining("\n")),
                    "correct the files; nothing was changed");
        }
    }

    private Answer apply(Call call) throws BackendException, Refusal {
        Plan plan = plan();
        long version = call.number("version").orElse(plan.version());
        if (version != plan.version()) {
            throw new Refusal(
                    409,
                    "BUSY",
                    "version %d is in force, not %d".formatted(plan.version(), version),
                    "plan again");
        }
        Applied applied = administration.configuration().apply(plan);
        changed.run();
        return Answer.ok(AppliedView.of(applied));
    }
}
