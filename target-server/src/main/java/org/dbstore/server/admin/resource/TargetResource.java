package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.TargetInfo;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.TargetView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        Map<String, TargetConfig> terms = new HashMap<>();
        administration
                .configuration()
                .current()
                .targets()
                .forEach(target -> terms.put(target.name(), target));
        List<TargetView> views = new ArrayList<>();
        for (TargetInfo served : administration.server().targets()) {
            TargetConfig config = terms.get(served.name());
            if (config != null) { // else it went a moment ago
                views.add(TargetView.of(config, served));
            }
        }
        return views;
    }

    private TargetView target(String name) throws BackendException {
        return targets().stream()
                .filter(target -> target.name().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new BackendException(BackendError.NOT_FOUND, "there is no target " + name));
    }
}
