package org.dbstore.server.admin.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dbstore.server.admin.api.ApiError;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.json.Json;
import org.dbstore.server.admin.json.JsonFault;
import org.jspecify.annotations.Nullable;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;

/**
 * Asks a server. On the JDK's old HTTP client: the new one takes five times as long to start, which
 * a command line tool that answers at once cannot afford. Safe for use by many threads.
 *
 * <p>All methods throw {@link ServerFailure} if the server refuses, fails or does not answer.
 */
public final class AdminClient {
    private static final int CONNECT_MILLIS = 5_000;

    /** Longest silence; what takes long is a job. */
    private static final int READ_MILLIS = 120_000;

    private final String url;
    private final String token;
    private final Optional<PinnedCertificate> certificate;

    /** Writes the body of a request. */
    @FunctionalInterface
    public interface Body {
        /**
         * Writes it.
         *
         * @param output to the server; not to be closed
         */
        void writeTo(OutputStream output) throws IOException;
    }

    /**
     * Prepares to ask a server.
     *
     * @param url without a path
     * @param token that it knows
     * @param certificate SHA-256 of its certificate, in hexadecimal; empty: as the JDK trusts
     */
    public AdminClient(String url, String token, Optional<String> certificate) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.token = token;
        this.certificate = certificate.map(PinnedCertificate::new);
    }

    /** Where the server is. */
    public String url() {
        return url;
    }

    /** Where its page is for a browser; the token is in the fragment, which is never sent. */
    public String pageUrl() {
        return url + "/#token=" + URLEncoder.encode(token, UTF_8);
    }

    /**
     * Gets a record.
     *
     * @param path where
     * @param type of the record
     */
    public <T> T get(ApiPath path, Class<T> type) throws ServerFailure {
        return record(send("GET", path, Map.of(), null), type);
    }

    /**
     * Gets records.
     *
     * @param path where
     * @param type of each
     */
    public <T> List<T> list(ApiPath path, Class<T> type) throws ServerFailure {
        return records(send("GET", path, Map.of(), null), type);
    }

    /**
     * Gets what has no record.
     *
     * @param path where
     * @return maps, lists, texts, Long, Double, Boolean, null
     */
    public @Nullable Object getAny(ApiPath path) throws ServerFailure {
        return read(send("GET", path, Map.of(), null), Json::read);
    }

    /**
     * Posts something.
     *
     * @param path where to
     * @param body a record, list or map; null for none
     * @param type of the answer
     */
    public <T> T post(ApiPath path, @Nullable Object body, Class<T> type) throws ServerFailure {
        return record(send("POST", path, Map.of(), json(body)), type);
    }

    /** As {@link #post}, answered with an array of records. */
    public <T> List<T> postForList(ApiPath path, @Nullable Object body, Class<T> type)
            throws ServerFailure {
        return records(send("POST", path, Map.of(), json(body)), type);
    }

    /** As {@link #post}, with the method PATCH. */
    public <T> T patch(ApiPath path, Object body, Class<T> type) throws ServerFailure {
        return record(
                send("POST", path, Map.of("X-HTTP-Method-Override", "PATCH"), json(body)), type);
    }

    /** As {@link #post}, with the method DELETE and without a body. */
    public <T> T delete(ApiPath path, Class<T> type) throws ServerFailure {
        return delete(path, Map.of(), type);
    }

    /** As the other, with further headers. */
    public <T> T delete(ApiPath path, Map<String, String> headers, Class<T> type)
            throws ServerFailure {
        return record(send("DELETE", path, headers, null), type);
    }

    /** Deletes something of which nothing is left to be told. */
    public void delete(ApiPath path) throws ServerFailure {
        read(send("DELETE", path, Map.of(), null), InputStream::readAllBytes);
    }

    /**
     * Gets bytes.
     *
     * @param path where
     * @param headers further ones
     * @return to be closed
     */
    public InputStream download(ApiPath path, Map<String, String> headers) throws ServerFailure {
        return answer(send("GET", path, headers, null));
    }

    /**
     * Puts bytes.
     *
     * @param path where to; an empty body changes nothing there
     * @param headers further ones
     * @param body is written when the server has agreed to take it
     * @param type of the answer
     * @throws IOException what the body threw itself
     */
    public <T> T upload(ApiPath path, Map<String, String> headers, Body body, Class<T> type)
            throws IOException {
        HttpURLConnection connection = open("PUT", path, headers);
        connection.setRequestProperty("Expect", "100-continue");
        connection.setRequestProperty("Content-Type", "application/octet-stream");
        connection.setDoOutput(true);
        connection.setChunkedStreamingMode(0);
        try {
            write(connection, body);
        } catch (ProtocolException e) {
            connection.disconnect();
            throw refusal(path, headers);
        }
        return record(connection, type);
    }

    /**
     * Tells why the server did not want to see a body. What it said is lost in HttpURLConnection;
     * it says it again to a request whose body is empty.
     */
    private ServerFailure refusal(ApiPath path, Map<String, String> headers) {
        try {
            read(send("PUT", path, headers, new byte[0]), InputStream::readAllBytes);
        } catch (ServerFailure e) {
            return e;
        }
        return new ServerFailure(
                new ApiError(
                        ApiError.OVERLOADED,
                        url + " refused what it would take now",
                        "do it again"));
    }

    /**
     * Writes a body. One that breaks off here must not look whole to the server, so the connection
     * is cut; where it is the server that takes no more, its answer says why.
     */
    private void write(HttpURLConnection connection, Body body) throws IOException {
        GuardedOutput output;
        try {
            output = new GuardedOutput(connection.getOutputStream());
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(e);
        }
        try {
            body.writeTo(output);
            output.close();
        } catch (IOException e) {
            if (!output.hasFailed()) {
                connection.disconnect();
                throw e;
            }
        }
    }

    private HttpURLConnection send(
            String method, ApiPath path, Map<String, String> headers, byte @Nullable [] body)
            throws ServerFailure {
        HttpURLConnection connection = open(method, path, headers);
        if (body != null) {
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length); // else the JDK would repeat a POST
            try (OutputStream output = connection.getOutputStream()) {
                output.write(body);
            } catch (IOException e) {
                throw unreachable(e);
            }
        }
        return connection;
    }

    private HttpURLConnection open(String method, ApiPath path, Map<String, String> headers)
            throws ServerFailure {
        try {
            URI uri = URI.create(url + path.encoded());
            // A proxy of the environment must not learn the token.
            HttpURLConnection connection =
                    (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            if (connection instanceof HttpsURLConnection secure && certificate.isPresent()) {
                secure.setSSLSocketFactory(certificate.get().socketFactory());
                secure.setHostnameVerifier(
                        (host, session) -> true); // the certificate itself is known
            }
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setRequestProperty("Authorization", "Bearer " + token);
            connection.setRequestProperty("Accept", "application/json");
            headers.forEach(connection::setRequestProperty);
            return connection;
        } catch (IOException | IllegalArgumentException | ClassCastException e) {
            throw new ServerFailure(
                    new ApiError(
                            ApiError.UNREACHABLE,
                            url + " is no address of a server",
                            "write https://HOST:PORT"),
                    new IOException(e));
        }
    }

    /** Waits for the answer; an error in it is thrown. */
    private InputStream answer(HttpURLConnection connection) throws ServerFailure {
        try {
            int status = connection.getResponseCode();
            if (status / 100 == 2) {
                return connection.getInputStream();
            }
            throw new ServerFailure(error(connection, status));
        } catch (ServerFailure e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private ApiError error(HttpURLConnection connection, int status) throws IOException {
        try (InputStream input = connection.getErrorStream()) {
            if (input != null) {
                return Json.read(input, ApiError.Answer.class, false).error();
            }
        } catch (JsonFault e) {
            // It is not what a server of this kind says; the status is all there is to tell.
        }
        return new ApiError(
                ApiError.UNREACHABLE,
                url + " answers " + status + ", as no dbsd would",
                "check the address");
    }

    private ServerFailure unreachable(IOException cause) {
        return new ServerFailure(
                new ApiError(
                        ApiError.UNREACHABLE,
                        "dbsd at %s does not answer: %s".formatted(url, cause.getMessage()),
                        cause instanceof SSLException
                                ? "if no authority has signed its certificate, give the SHA-256 of"
                                        + " that in DBS_SERVER_CERTIFICATE"
                                : "see whether it runs, and its log"),
                cause);
    }

    private <T> T record(HttpURLConnection connection, Class<T> type) throws ServerFailure {
        return read(connection, input -> Json.read(input, type, false));
    }

    private <T> List<T> records(HttpURLConnection connection, Class<T> type) throws ServerFailure {
        return read(connection, input -> Json.readList(input, type, false));
    }

    private <T extends @Nullable Object> T read(HttpURLConnection connection, Reader<T> reader)
            throws ServerFailure {
        try (InputStream input = answer(connection)) {
            T value = reader.read(input);
            input.readAllBytes(); // to the end: then the connection can be used again
            return value;
        } catch (ServerFailure e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static byte[] json(@Nullable Object body) {
        return body == null ? new byte[0] : Json.bytes(body);
    }

    /** Makes a value of an answer. */
    private interface Reader<T extends @Nullable Object> {
        T read(InputStream input) throws IOException;
    }

    /** Knows whether it was the output that failed. */
    private static final class GuardedOutput extends FilterOutputStream {
        private boolean failed;

        GuardedOutput(OutputStream output) {
            super(output);
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failed = true;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            failed = true; // from here on only the connection can fail
            super.close();
        }

        boolean hasFailed() {
            return failed;
        }
    }
}
