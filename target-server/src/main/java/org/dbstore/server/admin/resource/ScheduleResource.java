package org.dbstore.server.admin.resource;

import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.ScheduleView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Route;

import java.util.List;

/** Snapshots by the clock; they are changed by the configuration. */
public final class ScheduleResource {
    private final Administration administration;

    /** Serves those of a server. */
    public ScheduleResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/v1/schedules",
                                "Lists the rules by which snapshots are taken, and how they do.")
                        .answersAll(200, ScheduleView.class)
                        .by(call ->
                                Answer.ok(
                                        administration.server().schedules().stream()
                                                .map(ScheduleView::of)
                                                .toList())));
    }
}
