package org.dbstore.tools.configuration;

import org.dbstore.config.Edit;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.api.ConfigViews.AppliedView;
import org.dbstore.server.admin.api.ConfigViews.ChangeRequest;
import org.dbstore.server.admin.api.ConfigViews.DumpView;
import org.dbstore.server.admin.api.ConfigViews.EditView;
import org.dbstore.server.admin.api.ConfigViews.PlanView;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.ServerFailure;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of a running server.
 *
 * @param client asks it
 * @param file its main file, if it is on this machine
 */
public record ServedConfiguration(AdminClient client, Optional<Path> file)
        implements Configuration {
    private static final ApiPath CONFIG = ApiPath.of("config");

    @Override
    public String text() throws ServerFailure {
        return client.get(CONFIG, DumpView.class).text();
    }

    @Override
    public PlanView plan(List<Edit> edits) throws ServerFailure {
        return client.post(CONFIG.to("plan"), request(edits, Optional.empty()), PlanView.class);
    }

    @Override
    public AppliedView apply(List<Edit> edits, PlanView plan) throws ServerFailure {
        ChangeRequest request = request(edits, Optional.of(plan.version()));
        return client.post(CONFIG.to("apply"), request, AppliedView.class);
    }

    @Override
    public List<TargetView> targets() throws ServerFailure {
        return client.list(ApiPath.of("targets"), TargetView.class);
    }

    @Override
    public boolean isServed() {
        return true;
    }

    private static ChangeRequest request(List<Edit> edits, Optional<Long> version) {
        return new ChangeRequest(edits.stream().map(EditView::of).toList(), version);
    }
}
