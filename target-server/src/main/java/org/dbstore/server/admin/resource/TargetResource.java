package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.iscsi.session.SessionInfo;

import java.util.List;
import java.util.Locale;

/** Targets as they are served; they are changed by the configuration. */
public final class TargetResource {
    private final Administration administration;

    /** Serves those of a server. */
    public TargetResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/targets", "Lists the targets with their LUNs.")
                        .answersAll(200, TargetView.class)
                        .by(call -> Answer.ok(targets())),
                Route.get("/v1/targets/{target}", "Describes a target.")
                        .answers(200, TargetView.class)
                        .by(call -> Answer.ok(target(call.path("target")))));
    }

    private List<TargetView> targets() {
        List<SessionInfo> sessions = administration.server().sessions();
        return administration.configuration().current().targets().stream()
                .map(target -> TargetView.of(target, count(target, sessions)))
                .toList();
    }

    private TargetView target(String name) throws BackendException {
        return targets().stream()
                .filter(target -> target.name().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new BackendException(BackendError.NOT_FOUND, "there is no target " + name));
    }

    private static int count(TargetConfig target, List<SessionInfo> sessions) {
        return (int)
                sessions.stream()
                        .filter(session -> session.nexus().targetName().equals(target.name()))
                        .count();
    }
}
