package org.dbstore.server.admin.resource;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.api.CommandView;
import org.dbstore.server.admin.api.RatesView;
import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Call;
import org.dbstore.server.admin.http.Refusal;
import org.dbstore.server.admin.http.Route;
import org.dbstore.server.admin.http.Route.Kind;
import org.dbstore.server.metrics.Metrics;

import java.util.List;
import java.util.Optional;

/** What is counted and remembered of commands. */
public final class MetricsResource {
    private static final String SESSION = "/v1/sessions/{session}/commands";
    private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";
    private static final String CAPTURE = "application/vnd.tcpdump.pcap";

    private final Metrics metrics;
    private final boolean open;

    /**
     * Serves these.
     *
     * @param open true if Prometheus needs no token
     */
    public MetricsResource(Metrics metrics, boolean open) {
        this.metrics = metrics;
        this.open = open;
    }

    /** What can be asked. */
    public List<Route> routes() {
        return List.of(
                Route.get("/metrics", "Tells Prometheus all that is counted.")
                        .answersContent(EXPOSITION)
                        .runs(open ? Kind.OPEN : Kind.SHORT)
                        .by(call ->
                                new Answer.Bytes(
                                        200, EXPOSITION, metrics.scrape().getBytes(UTF_8))),
                Route.get("/v1/rates", "Tells what goes on since the last time it was asked.")
                        .answers(200, RatesView.class)
                        .by(call -> Answer.ok(RatesView.of(metrics.rates()))),
                Route.get(SESSION, "Lists the last commands of a session, the oldest first.")
                        .answersAll(200, CommandView.class)
                        .by(call ->
                                Answer.ok(
                                        found(call, metrics.commands(session(call))).stream()
                                                .map(CommandView::of)
                                                .toList())),
                Route.get(SESSION + ".pcap", "The same as a capture file.")
                        .answersContent(CAPTURE)
                        .by(call ->
                                new Answer.Bytes(
                                        200,
                                        CAPTURE,
                                        found(call, metrics.capture(session(call))))));
    }

    private static int session(Call call) throws Refusal {
        String id = call.path("session");
        if (!id.matches("[0-9]{1,5}")) {
            throw Refusal.badRequest("'" + id + "' is not the number of a session");
        }
        return Integer.parseInt(id);
    }

    private static <T> T found(Call call, Optional<T> value) throws BackendException {
        return value.orElseThrow(() ->
                new BackendException(
                        BackendError.NOT_FOUND, "there is no session " + call.path("session")));
    }
}
