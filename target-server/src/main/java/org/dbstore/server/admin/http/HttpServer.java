package org.dbstore.server.admin.http;

import org.dbstore.config.PortalConfig;
import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.json.Json;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** Listens, and hands requests to the routes. */
public final class HttpServer implements AutoCloseable {
    private static final int THREADS_MAX = 8;
    private static final int CONNECTIONS_QUEUED = 64;
    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final int CONNECTIONS_MAX = 128;

    /** Longest silence in the middle of a request; slow pipes may fill a stream. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Server jetty;
    private final ServerConnector connector;
    private final Workers workers = new Workers();
    private final boolean secure;

    /**
     * Prepares a server.
     *
     * @param listen where
     * @param tls what it proves itself with; empty: it does not
     * @param token that clients show
     * @param routes what they can ask for
     */
    public HttpServer(PortalConfig listen, Optional<TlsIdentity> tls, String token, Routes routes) {
        this(listen, tls, token, routes, IDLE);
    }

    /** As the other; {@code idle} is how long a client may be silent in the middle. */
    HttpServer(
            PortalConfig listen,
            Optional<TlsIdentity> tls,
            String token,
            Routes routes,
            Duration idle) {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, 1);
        threads.setName("dbs-http");
        threads.setDaemon(true);
        secure = tls.isPresent();
        jetty = new Server(threads);
        HttpConnectionFactory http = new HttpConnectionFactory(configuration(secure));
        connector =
                tls.isEmpty()
                        ? new ServerConnector(jetty, 1, 1, http)
                        : new ServerConnector(
                                jetty,
                                1,
                                1,
                                new SslConnectionFactory(
                                        tls.get().contextFactory(), http.getProtocol()),
                                http);
        connector.setHost(listen.host());
        connector.setPort(listen.port());
        connector.setIdleTimeout(idle.toMillis());
        connector.setAcceptQueueSize(CONNECTIONS_QUEUED);
        jetty.addConnector(connector);
        jetty.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, connector));
        jetty.setHandler(new ApiHandler(new Gate(token, secure), routes, workers));
        jetty.setErrorHandler(HttpServer::error);
        jetty.setStopTimeout(0);
    }

    private static HttpConfiguration configuration(boolean secure) {
        HttpConfiguration configuration = new HttpConfiguration();
        if (secure) { // clients know the certificate itself, whatever name it bears
            configuration.addCustomizer(new SecureRequestCustomizer(false));
        }
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(HEADER_BYTES_MAX);
        // Names hold what they like; paths are split before they are decoded, and lead to no file.
        configuration.setUriCompliance(
                UriCompliance.DEFAULT.with(
                        "names",
                        Violation.AMBIGUOUS_PATH_SEGMENT,
                        Violation.AMBIGUOUS_PATH_SEPARATOR,
                        Violation.AMBIGUOUS_PATH_ENCODING,
                        Violation.AMBIGUOUS_EMPTY_SEGMENT,
                        Violation.SUSPICIOUS_PATH_CHARACTERS));
        return configuration;
    }

    /** Answers what is no HTTP, or is too much of it. */
    private static boolean error(Request request, Response response, Callback callback) {
        Object status = response.getStatus();
        ApiError error =
                new ApiError(
                        ApiError.BAD_REQUEST,
                        "the request is not good HTTP (" + status + ")",
                        "correct it, or use a program that knows HTTP");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(Json.bytes(new ApiError.Answer(error))), callback);
        return true;
    }

    /**
     * Begins to listen.
     *
     * @throws IOException if the address cannot be listened on; the message names it
     */
    public void start() throws IOException {
        try {
            jetty.start();
        } catch (Exception e) {
            close();
            throw new IOException(
                    "the admin API cannot listen on %s:%d: %s"
                            .formatted(connector.getHost(), connector.getPort(), cause(e)),
                    e);
        }
    }

    private static String cause(Throwable failure) {
        Throwable last = failure;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    /** Where clients find it, without a path. */
    public String url() {
        String host = connector.getHost();
        return "%s://%s:%d"
                .formatted(
                        secure ? "https" : "http",
                        host.contains(":") ? "[" + host + "]" : host,
                        connector.getLocalPort());
    }

    /** Takes no more requests, waits for those under way, ends. */
    @Override
    public void close() {
        connector.close();
        workers.close();
        try {
            jetty.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the admin API does not stop", e);
        }
    }
}
