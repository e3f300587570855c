package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dbstore.backend.BackendException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Goal: whatever comes over the connection gets the exact answer, and changes nothing. */
class HostileHttpTest {
    private static final int TIMEOUT_MILLIS = 10_000;

    @TempDir Path folder;

    private AdminFixture fixture;

    @BeforeEach
    void start() throws BackendException, IOException {
        fixture = new AdminFixture(folder);
    }

    @AfterEach
    void stop() throws BackendException {
        fixture.close();
    }

    @Test
    void withoutATokenNothingIsTold() throws IOException, InterruptedException {
        HttpResponse<String> answer =
                fixture.send(fixture.request("GET", "/v1/status", "").build());
        assertEquals(401, answer.statusCode());
        assertTrue(answer.body().contains("UNAUTHORIZED"), answer.body());
        assertTrue(answer.headers().firstValue("WWW-Authenticate").isPresent());
    }

    @Test
    void aWrongTokenIsAsGoodAsNone() throws IOException, InterruptedException {
        String token = fixture.admin().contents().token();
        for (String wrong :
                List.of(
                        "",
                        "x",
                        token.substring(1),
                        token + "0",
                        token.replace('a', 'b') + "\u00e9")) {
            HttpResponse<String> answer =
                    fixture.send(
                            fixture.request("DELETE", "/v1/devices/main/volumes/served", "")
                                    .header("Authorization", "Bearer " + wrong)
                                    .build());
            assertEquals(401, answer.statusCode(), wrong);
        }
    }

    @Test
    void aNameThatIsNotTheServersIsRefused() throws IOException {
        String answer = raw("GET /v1/status HTTP/1.1\r\nHost: evil.example\r\n%s\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 421"), answer);
        assertTrue(answer.contains("WRONG_HOST"), answer);
        assertTrue(raw("GET /v1/status HTTP/1.1\r\nHost: localhost\r\n%s\r\n").contains(" 200 "));
    }

    @Test
    void noPageOfAnotherSiteMayReadAnswers() throws IOException, InterruptedException {
        HttpResponse<String> answer = fixture.send("GET", "/v1/status", "");
        assertTrue(answer.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
        assertEquals(405, fixture.send("OPTIONS", "/v1/status", "").statusCode());
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() throws IOException, InterruptedException {
        HttpResponse<String> announced =
                fixture.send("POST", "/v1/devices/main/volumes", " ".repeat((1 << 20) + 1));
        assertEquals(413, announced.statusCode());
        String chunk = "fffff\r\n" + " ".repeat(0xfffff) + "\r\n";
        String answer =
                raw(
                        "POST /v1/devices/main/volumes HTTP/1.1\r\nHost: localhost\r\n%s"
                                + "Transfer-Encoding: chunked\r\n\r\n"
                                + chunk
                                + chunk);
        assertTrue(answer.startsWith("HTTP/1.1 413"), answer);
    }

    @Test
    void jsonThatIsNoneIsAnsweredWithThePlace() throws IOException, InterruptedException {
        assertRefused(400, "line 1", "POST", "/v1/devices/main/volumes", "{\"name\":");
        assertRefused(400, "empty", "POST", "/v1/devices/main/volumes", "");
        assertRefused(400, "nesting", "POST", "/v1/devices/main/volumes", "[".repeat(10_000));
    }

    @Test
    void aFieldThatIsWrongIsNamed() throws IOException, InterruptedException {
        String path = "/v1/devices/main/volumes";
        assertRefused(400, "sizeBytes is missing", "POST", path, "{\"name\":\"v\"}");
        assertRefused(
                400,
                "sizeBytes is not a whole number",
                "POST",
                path,
                "{\"name\":\"v\",\"sizeBytes\":\"1G\"}");
        assertRefused(
                400,
                "sizeBytes is not a whole number",
                "POST",
                path,
                "{\"name\":\"v\",\"sizeBytes\":1e99}");
        assertRefused(
                400,
                "no field 'size'",
                "POST",
                path,
                "{\"name\":\"v\",\"sizeBytes\":1,\"size\":1}");
        assertRefused(400, "twice", "POST", path, "{\"name\":\"v\",\"name\":\"w\"}");
        assertRefused(
                400,
                "labels.remove[1] is not a text",
                "PATCH",
                path + "/served",
                "{\"labels\":{\"remove\":[\"a\",1]}}");
        assertRefused(
                400, "shrink is none of", "PATCH", path + "/served", "{\"shrink\":\"maybe\"}");
    }

    @Test
    void whatIsNotThereIs404WithTheRemedy() throws IOException, InterruptedException {
        assertRefused(404, "no device", "GET", "/v1/devices/x", "");
        assertRefused(404, "remedy", "GET", "/v1/devices/main/volumes/x", "");
        assertRefused(404, "openapi", "GET", "/v2", "");
        assertRefused(404, "openapi", "GET", "/v1/status/", "");
        assertRefused(405, "knows no", "PUT", "/v1/status", "");
        assertRefused(404, "job", "GET", "/v1/jobs/99", "");
        assertRefused(404, "session", "DELETE", "/v1/sessions/1", "");
    }

    @Test
    void pathsLeadToNoFile() throws IOException, InterruptedException {
        for (String path :
                List.of(
                        "/../../etc/passwd",
                        "/v1/%2e%2e/%2e%2e/etc/passwd",
                        "/v1/devices/..%2f..%2fetc%2fpasswd",
                        "/v1/devices/main/volumes/..%2f..%2f..%2fetc%2fpasswd",
                        "//etc/passwd",
                        "/v1/devices/main/volumes/%00")) {
            String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n%s\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 40"), path + ": " + answer);
            assertFalse(answer.contains("root:"), path);
        }
        assertRefused(400, "BAD_REQUEST", "GET", "/v1/devices/main/volumes/%C3", "");
    }

    @Test
    void parametersAreChecked() throws IOException, InterruptedException {
        String volume = "/v1/devices/main/volumes/served";
        assertRefused(400, "dryRun", "DELETE", volume + "?dryRun=perhaps", "");
        assertRefused(400, "no parameter 'dryrun'", "DELETE", volume + "?dryrun=true", "");
        assertRefused(400, "offset", "GET", volume + "/map?offset=-1", "");
        assertRefused(400, "offset and length", "DELETE", volume + "/data", "");
        assertRefused(400, "too many", "DELETE", "/v1/sessions", "");
        assertEquals(200, fixture.send("GET", volume, "").statusCode());
    }

    @Test
    void whatIsNoHttpIsAnsweredAndEnded() throws IOException {
        assertTrue(raw("BLA\r\n\r\n").startsWith("HTTP/1.1 400"));
        assertTrue(raw("GET /v1/status HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400"));
        String long1 = "GET /" + "a".repeat(40_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertTrue(raw(long1).startsWith("HTTP/1.1 4"));
    }

    @Test
    void manyWhoSayNothingKeepNobodyOut() throws IOException, InterruptedException {
        URI uri = URI.create(fixture.admin().url());
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Socket socket = new Socket(uri.getHost(), uri.getPort());
                socket.getOutputStream()
                        .write("POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\n".getBytes(US_ASCII));
                silent.add(socket);
            }
            assertEquals(200, fixture.send("GET", "/v1/status", "").statusCode());
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void manyWhoSendSlowlyKeepNobodyOut() throws IOException, InterruptedException {
        URI uri = URI.create(fixture.admin().url());
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(uri.getHost(), uri.getPort());
                String head =
                        "POST /v1/devices/main/volumes HTTP/1.1\r\nHost: localhost\r\n"
                                + authorization()
                                + "Content-Length: 1000\r\n\r\n{";
                socket.getOutputStream().write(head.getBytes(US_ASCII));
                slow.add(socket);
            }
            assertEquals(200, fixture.send("GET", "/v1/status", "").statusCode());
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void aTransferThatBreaksOffIsNotTakenForWhole() throws IOException, BackendException {
        fixture.store().createVolume("v", 4 << 20);
        URI uri = URI.create(fixture.admin().url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            String head =
                    "PUT /v1/devices/main/volumes/w/stream HTTP/1.1\r\nHost: localhost\r\n"
                            + authorization()
                            + "Content-Length: 100000\r\n\r\nDBSTREAM";
            socket.getOutputStream().write(head.getBytes(US_ASCII));
        }
        assertEquals(
                List.of("served", "v"),
                fixture.store().volumes().stream().map(volume -> volume.name()).toList());
    }

    private void assertRefused(int status, String words, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = fixture.send(method, path, body);
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(words), answer.body());
        assertTrue(answer.body().startsWith("{\"error\":{\"code\":\""), answer.body());
    }

    private String authorization() {
        return "Authorization: Bearer " + fixture.admin().contents().token() + "\r\n";
    }

    /** Sends bytes as they are, the token in place of %s, and reads what comes first. */
    private String raw(String request) throws IOException {
        URI uri = URI.create(fixture.admin().url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream()
                    .write(request.replace("%s", authorization()).getBytes(US_ASCII));
            InputStream input = socket.getInputStream();
            byte[] answer = new byte[16 << 10];
            int length = 0;
            int read = input.read(answer);
            while (read > 0) {
                length += read;
                String text = new String(answer, 0, length, US_ASCII);
                if (text.contains("}") || (text.contains("\r\n\r\n") && text.contains("h: 0"))) {
                    return text;
                }
                read = input.read(answer, length, answer.length - length);
            }
            return new String(answer, 0, length, US_ASCII);
        }
    }
}
