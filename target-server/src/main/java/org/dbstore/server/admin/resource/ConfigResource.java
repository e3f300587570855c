package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendException;
import org.dbstore.config.ConfigException;
import org.dbstore.config.ConfigText;
import org.dbstore.config.Edit;
import org.dbstore.server.Applied;
import org.dbstore.server.LiveConfiguration;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.ChangeRequest;
import org.dbstore.server.admin.api.ConfigViews.DumpView;
import org.dbstore.server.admin.api.ConfigViews.EditView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.plan.Plan;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
                Route.get("/v1/config", "Tells the configuration in force, without secrets.")
                        .answers(200, DumpView.class)
                        .by(call -> Answer.ok(dump())),
                Route.post(
                                "/v1/config/plan",
                                "Tells what edits would change, or without edits what reading the"
                                        + " configuration's files again would.")
                        .takes(ChangeRequest.class)
                        .answers(200, PlanView.class)
                        .by(call -> Answer.ok(PlanView.of(plan(edits(request(call)))))),
                Route.post(
                                "/v1/config/apply",
                                "Makes edits, serves that and keeps it, in one transaction; without"
                                        + " edits reads the configuration's files again.")
                        .takes(ChangeRequest.class)
                        .answers(200, AppliedView.class)
                        .by(this::apply));
    }

    private DumpView dump() {
        LiveConfiguration configuration = administration.configuration();
        return new DumpView(configuration.version(), ConfigText.of(configuration.current()));
    }

    private static ChangeRequest request(Call call) throws IOException, Refusal {
        return call.bodyBytes().orElse(-1) == 0
                ? new ChangeRequest(List.of(), Optional.empty())
                : call.body(ChangeRequest.class);
    }

    private static List<Edit> edits(ChangeRequest request) throws Refusal {
        try {
            return request.edits().stream().map(EditView::edit).toList();
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private Plan plan(List<Edit> edits) throws BackendException, Refusal {
        LiveConfiguration configuration = administration.configuration();
        try {
            return edits.isEmpty() ? configuration.planReread() : configuration.plan(edits);
        } catch (ConfigException e) {
            throw refusal(e);
        }
    }

    private Answer apply(Call call) throws BackendException, IOException, Refusal {
        ChangeRequest request = request(call);
        List<Edit> edits = edits(request);
        OptionalLong version = request.version().stream().mapToLong(Long::longValue).findFirst();
        try {
            Applied applied =
                    edits.isEmpty()
                            ? reread(version)
                            : administration.configuration().edit(edits, version);
            changed.run();
            return Answer.ok(AppliedView.of(applied));
        } catch (ConfigException e) {
            throw refusal(e);
        }
    }

    private Applied reread(OptionalLong version) throws BackendException, ConfigException {
        LiveConfiguration configuration = administration.configuration();
        Plan plan = configuration.planReread();
        // A plan of another version is refused.
        return configuration.apply(
                new Plan(
                        plan.next(),
                        version.orElse(plan.version()),
                        plan.changes(),
                        plan.obstacles()));
    }

    private static Refusal refusal(ConfigException e) {
        return new Refusal(
                422,
                ApiError.CONFIGURATION,
                String.join("\n", e.problems()),
                "nothing was changed");
    }
}
