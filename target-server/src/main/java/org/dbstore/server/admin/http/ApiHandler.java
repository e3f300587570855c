package org.dbstore.server.admin.http;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.backend.stream.StreamException;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.audit.Audit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;

/**
 * Takes a request: who asks and by what name, what for, and answers. Works run in threads of {@link
 * Workers}: those of the HTTP library are interrupted at times, which no thread that is in the
 * engine may be.
 */
final class ApiHandler extends Handler.Abstract {
    /** Largest body of JSON. */
    static final int BODY_BYTES_MAX = 1 << 20;

    private static final Logger LOG = LogManager.getLogger(ApiHandler.class);
    private static final String OVERRIDE = "X-HTTP-Method-Override";

    /** Those that a client may mean by POST because its library cannot send them. */
    private static final Set<String> METHODS = Set.of("PATCH", "PUT", "DELETE");

    /** What a browser may do with an answer: the page runs its own files and asks this server. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                    + " trusted-types 'none'";

    private final Gate gate;
    private final Routes routes;
    private final Workers workers;

    ApiHandler(Gate gate, Routes routes, Workers workers) {
        this.gate = gate;
        this.routes = routes;
        this.workers = workers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        try {
            gate.checkHost(request);
            Routes.Found found = routes.find(method(request), request.getHttpURI().getPath());
            if (found.route().kind() != Route.Kind.OPEN) {
                gate.checkToken(request);
                exchange.admitted = true;
            }
            Map<String, String> query = query(found.route(), request);
            OptionalLong length =
                    request.getLength() < 0
                            ? OptionalLong.empty()
                            : OptionalLong.of(request.getLength());
            if (found.route().kind() == Route.Kind.TRANSFER) {
                workers.transfer(
                        () -> run(exchange, found, query, length, Request.asInputStream(request)));
            } else {
                collect(exchange, found, query, length);
            }
        } catch (Refusal e) {
            exchange.fail(e);
        } catch (RejectedExecutionException e) {
            exchange.fail(overloaded());
        }
        return true;
    }

    /** Reads the whole body before a thread is taken: who sends slowly holds up nobody. */
    private void collect(
            Exchange exchange, Routes.Found found, Map<String, String> query, OptionalLong length)
            throws Refusal {
        if (length.orElse(0) > BODY_BYTES_MAX) {
            throw tooLarge();
        }
        Content.Source.asByteArrayAsync(
                exchange.request,
                BODY_BYTES_MAX,
                new Promise.Invocable.NonBlocking<>() {
                    @Override
                    public void succeeded(byte[] body) {
                        InputStream input = new ByteArrayInputStream(body);
                        try {
                            workers.work(() -> run(exchange, found, query, length, input));
                        } catch (RejectedExecutionException e) {
                            exchange.fail(overloaded());
                        }
                    }

                    @Override
                    public void failed(Throwable failure) {
                        exchange.fail(
                                failure instanceof IllegalStateException
                                        ? tooLarge()
                                        : Refusal.badRequest("the body did not come whole"));
                    }
                });
    }

    private void run(
            Exchange exchange,
            Routes.Found found,
            Map<String, String> query,
            OptionalLong length,
            InputStream input) {
        try {
            Call call = new Call(found.path(), query, exchange::header, length, input);
            exchange.answer(found.route().action().run(call));
        } catch (Refusal e) {
            exchange.fail(e);
        } catch (BackendException e) {
            exchange.fail(Refusal.of(e));
        } catch (StreamException e) {
            exchange.fail(
                    new Refusal(
                            422,
                            ApiError.STREAM,
                            String.valueOf(e.getMessage()),
                            "send the stream that fits, from its beginning"));
        } catch (IOException e) {
            LOG.info("{}: the client's connection broke: {}", exchange.title(), e.getMessage());
            exchange.fail(Refusal.badRequest("the body did not come whole"));
        } catch (RuntimeException e) {
            LOG.error("{} failed", exchange.title(), e);
            exchange.fail(
                    new Refusal(
                            500,
                            ApiError.INTERNAL,
                            "the server has a defect: " + e,
                            "report it with the server's log"));
        }
    }

    private static String method(Request request) {
        String override = request.getHeaders().get(OVERRIDE);
        return override != null && request.getMethod().equals("POST") && METHODS.contains(override)
                ? override
                : request.getMethod();
    }

    private static Map<String, String> query(Route route, Request request) throws Refusal {
        Map<String, String> values = new HashMap<>();
        String query = request.getHttpURI().getQuery();
        if (query == null || query.isEmpty()) {
            return values;
        }
        Set<String> known =
                route.query().stream().map(Route.Parameter::name).collect(Collectors.toSet());
        for (String pair : query.split("&", -1)) {
            String[] parts = pair.replace('+', ' ').split("=", 2);
            String name = Routes.decode(parts[0]);
            if (!known.contains(name)) {
                throw Refusal.badRequest("there is no parameter '" + name + "' here");
            }
            values.put(name, parts.length == 1 ? "" : Routes.decode(parts[1]));
        }
        return values;
    }

    private static Refusal tooLarge() {
        return new Refusal(
                413,
                ApiError.TOO_LARGE,
                "the body is larger than " + BODY_BYTES_MAX + " bytes",
                "send less at once");
    }

    private static Refusal overloaded() {
        return new Refusal(
                503,
                ApiError.OVERLOADED,
                "too many requests are under way",
                "ask again in a moment");
    }

    /** A request and what becomes of it. */
    private static final class Exchange {
        private final Request request;
        private final Response response;
        private final Callback callback;

        /** True once it has shown the token. */
        private volatile boolean admitted;

        Exchange(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        Optional<String> header(String name) {
            return Optional.ofNullable(request.getHeaders().get(name));
        }

        String title() {
            return client() + " " + action();
        }

        private String client() {
            return Request.getRemoteAddr(request) + ":" + Request.getRemotePort(request);
        }

        private String action() {
            return method(request) + " " + request.getHttpURI().getPath();
        }

        void answer(Answer answer) throws IOException, BackendException, Refusal {
            audit(answer.status(), null);
            response.setStatus(answer.status());
            protect();
            switch (answer) {
                case Answer.Json(int status, Object value) ->
                        write("application/json", org.dbstore.server.admin.json.Json.bytes(value));
                case Answer.Bytes(int status, String type, byte[] bytes) -> write(type, bytes);
                case Answer.Stream stream -> stream(stream);
            }
        }

        private void protect() {
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            response.getHeaders().put("Referrer-Policy", "no-referrer");
            response.getHeaders().put("Content-Security-Policy", POLICY);
        }

        private void write(String type, byte[] bytes) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
            response.write(true, ByteBuffer.wrap(bytes), callback);
        }

        private void stream(Answer.Stream stream) throws IOException, BackendException, Refusal {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/octet-stream");
            stream.headers().forEach(response.getHeaders()::put);
            if (stream.lengthBytes() >= 0) {
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, stream.lengthBytes());
            }
            OutputStream output = Content.Sink.asOutputStream(response);
            stream.body().writeTo(output);
            output.close();
            callback.succeeded();
        }

        void fail(Refusal refusal) {
            audit(refusal.status(), refusal.error());
            if (response.isCommitted()) { // the client has to see that something is missing
                callback.failed(refusal);
                return;
            }
            response.reset();
            protect();
            response.setStatus(refusal.status());
            if (refusal.status() == 401) {
                response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
            }
            if (request.getLength() != 0) { // what is left of the body is not waited for
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            write(
                    "application/json",
                    org.dbstore.server.admin.json.Json.bytes(new ApiError.Answer(refusal.error())));
        }

        private void audit(int status, @Nullable ApiError error) {
            String outcome = error == null ? Integer.toString(status) : error.code();
            if (status == 401) {
                Audit.refusedAction(client(), action(), outcome);
            } else if (admitted && !request.getMethod().equals("GET")) {
                Audit.action(client(), action(), outcome);
            }
        }
    }
}
