package org.dbstore.server.admin.resource;

import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.RatesView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Route;

import java.util.List;

/** How fast it goes. */
public final class RatesResource {
    private final Administration administration;

    /** Serves those of a server. */
    public RatesResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/rates", "Tells what goes on at present, by LUN and session.")
                        .answers(200, RatesView.class)
                        .by(call ->
                                Answer.ok(
                                        RatesView.of(administration.server().metrics().rates()))));
    }
}
