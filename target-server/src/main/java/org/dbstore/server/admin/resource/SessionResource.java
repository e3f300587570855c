package org.dbstore.server.admin.resource;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.Administration;
import org.dbstore.server.admin.api.SessionView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;

import java.util.List;
import java.util.Optional;

/** Sessions of initiators. */
public final class SessionResource {
    private final Administration administration;

    /** Serves those of a server. */
    public SessionResource(Administration administration) {
        this.administration = administration;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/sessions", "Lists the sessions.")
                        .query("target", "string", "Only those with this target.")
                        .query("initiator", "string", "Only those of this initiator.")
                        .answersAll(200, SessionView.class)
                        .by(call -> Answer.ok(sessions(call))),
                Route.get("/v1/sessions/{session}", "Describes a session.")
                        .answers(200, SessionView.class)
                        .by(call -> Answer.ok(session(call))),
                Route.delete(
                                "/v1/sessions",
                                "Ends the sessions with a target or of an initiator; they are told,"
                                        + " and may log in again.")
                        .query("target", "string", "Those with this target.")
                        .query("initiator", "string", "Those of this initiator.")
                        .answersAll(200, SessionView.class)
                        .by(this::dropAll),
                Route.delete("/v1/sessions/{session}", "Ends a session.")
                        .answers(200, SessionView.class)
                        .by(this::drop));
    }

    private List<SessionView> sessions(Call call) {
        return administration.server().sessions().stream()
                .map(SessionView::of)
                .filter(session -> fits(call.query("target"), session.target()))
                .filter(session -> fits(call.query("initiator"), session.initiator()))
                .toList();
    }

    private static boolean fits(Optional<String> wanted, String name) {
        return wanted.isEmpty() || wanted.get().equals(name);
    }

    private SessionView session(Call call) throws BackendException {
        String id = call.path("session");
        return administration.server().sessions().stream()
                .map(SessionView::of)
                .filter(session -> Integer.toString(session.id()).equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new BackendException(BackendError.NOT_FOUND, "there is no session " + id));
    }

    private Answer drop(Call call) throws BackendException {
        SessionView session = session(call);
        administration.server().dropSession(session.id());
        return Answer.ok(session);
    }

    private Answer dropAll(Call call) throws Refusal {
        if (call.query("target").isEmpty() && call.query("initiator").isEmpty()) {
            throw Refusal.badRequest("name a target or an initiator: all at once are too many");
        }
        List<SessionView> dropped = sessions(call);
        dropped.forEach(session -> administration.server().dropSession(session.id()));
        return Answer.ok(dropped);
    }
}
