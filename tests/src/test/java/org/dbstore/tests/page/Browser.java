package org.dbstore.tests.page;

import org.dbstore.server.admin.json.Json;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A headless Chromium, driven by chromedriver as the WebDriver standard of the W3C says. */
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 50;
    private static final int TABS_MAX = 60;

    // Keys as the WebDriver standard numbers them.
    static final String TAB = "\ue004";
    static final String ENTER = "\ue007";
    static final String ESCAPE = "\ue00c";
    static final String DOWN = "\ue015";

    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private String session;

    private Browser(Process driver, String url) {
        this.driver = driver;
        session = url;
    }

    /** Starts a browser with an empty profile. */
    static Browser start(Path folder) throws IOException {
        Path log = folder.resolve("chromedriver.log");
        Process driver =
                new ProcessBuilder("chromedriver", "--port=0")
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        String base = "http://127.0.0.1:" + port(log) + "/session";
        Map<String, Object> options =
                Map.of(
                        "args",
                        List.of(
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--window-size=1280,1400"));
        Map<String, Object> wanted =
                Map.of(
                        "goog:chromeOptions",
                        options,
                        "goog:loggingPrefs",
                        Map.of("browser", "ALL"));
        Browser browser = new Browser(driver, base);
        Object answer =
                browser.ask("POST", "", Map.of("capabilities", Map.of("alwaysMatch", wanted)));
        browser.session =
                base + "/" + ((Map<?, ?>) Objects.requireNonNull(answer)).get("sessionId");
        return browser;
    }

    private static int port(Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Matcher matcher = PORT.matcher(Files.readString(log));
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
            pause();
        }
        throw new AssertionError("chromedriver does not start: " + Files.readString(log));
    }

    private @Nullable Object ask(String method, String path, Object body) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(session + path))
                        .timeout(PATIENCE.multipliedBy(2))
                        .method(
                                method,
                                method.equals("POST")
                                        ? HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body))
                                        : HttpRequest.BodyPublishers.noBody())
                        .build();
        try {
            HttpResponse<byte[]> response =
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            Map<?, ?> answer =
                    (Map<?, ?>)
                            Objects.requireNonNull(
                                    Json.read(new ByteArrayInputStream(response.body())));
            if (response.statusCode() != 200) {
                throw new AssertionError(path + ": " + answer.get("value"));
            }
            return answer.get("value");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Opens an address in a tab that knows nothing of before. */
    void open(String url) {
        ask("POST", "/url", Map.of("url", "about:blank"));
        ask("POST", "/url", Map.of("url", url));
    }

    /** Sets the size of the window in pixels. */
    void size(int width, int height) {
        ask("POST", "/window/rect", Map.of("width", width, "height", height));
    }

    /** Sets how the system wants pages: "light" or "dark". */
    void colours(String scheme) {
        ask(
                "POST",
                "/goog/cdp/execute",
                Map.of(
                        "cmd",
                        "Emulation.setEmulatedMedia",
                        "params",
                        Map.of(
                                "features",
                                List.of(Map.of("name", "prefers-color-scheme", "value", scheme)))));
    }

    /** Runs a script in the page and returns what it returns. */
    @Nullable Object run(String script, Object... arguments) {
        return ask("POST", "/execute/sync", Map.of("script", script, "args", List.of(arguments)));
    }

    /** The text that a person sees of an element; waits until it is there. */
    String text(String selector) {
        return (String) Objects.requireNonNull(ask("GET", element(selector) + "/text", Map.of()));
    }

    /** Waits until an element is there, and shows a text. */
    void awaitText(String selector, String part) {
        await(
                "'" + part + "' in " + selector,
                "const node = document.querySelector(arguments[0]);"
                        + " return node !== null && node.checkVisibility()"
                        + " && node.textContent.includes(arguments[1])",
                selector,
                part);
    }

    /** Waits until no element is there. */
    void awaitGone(String selector) {
        await("no " + selector, "return document.querySelector(arguments[0]) === null", selector);
    }

    /** Waits until a script says true. */
    void await(String what, String script, Object... arguments) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Boolean.TRUE.equals(run(script, arguments))) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "waited in vain for "
                                + what
                                + "; the page: "
                                + run("return document.body.innerText")
                                + console());
            }
            pause();
        }
    }

    /** Clicks an element as a mouse does. */
    void click(String selector) {
        ask("POST", element(selector) + "/click", Map.of());
    }

    /** Clicks the button with a text, within an element. */
    void press(String within, String label) {
        await(
                "the button " + label,
                "document.querySelector('[data-pressed]')?.removeAttribute('data-pressed'); const"
                    + " button = [...document.querySelectorAll(arguments[0] + ' button')].find(each"
                    + " => each.textContent === arguments[1] && each.checkVisibility());"
                    + " button?.setAttribute('data-pressed', ''); return button !== undefined",
                within,
                label);
        click("[data-pressed]");
    }

    /** Types into an element, in place of what it holds. */
    void type(String selector, String text) {
        String element = element(selector);
        ask("POST", element + "/clear", Map.of());
        ask("POST", element + "/value", Map.of("text", text));
    }

    /** Presses keys where the keyboard's focus is. */
    void keys(CharSequence keys) {
        Map<?, ?> active =
                (Map<?, ?>) Objects.requireNonNull(ask("GET", "/element/active", Map.of()));
        ask(
                "POST",
                "/element/" + active.values().iterator().next() + "/value",
                Map.of("text", keys));
    }

    /** Presses Tab until the focus is on something with a text. */
    void tabTo(String label) {
        for (int i = 0; i < TABS_MAX; i++) {
            keys(TAB);
            if (label.equals(run("return document.activeElement.textContent"))) {
                return;
            }
        }
        throw new AssertionError("Tab does not lead to " + label);
    }

    /** Keeps a picture of the page. */
    void picture(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        String png = (String) Objects.requireNonNull(ask("GET", "/screenshot", Map.of()));
        Files.write(file, Base64.getDecoder().decode(png));
    }

    /** What the browser complained of since it was asked last. */
    List<?> console() {
        return (List<?>) Objects.requireNonNull(ask("POST", "/se/log", Map.of("type", "browser")));
    }

    private String element(String selector) {
        await(
                selector,
                "return document.querySelector(arguments[0])?.checkVisibility() === true",
                selector);
        Map<?, ?> found =
                (Map<?, ?>)
                        Objects.requireNonNull(
                                ask(
                                        "POST",
                                        "/element",
                                        Map.of("using", "css selector", "value", selector)));
        return "/element/" + found.values().iterator().next();
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the browser and its driver. */
    @Override
    public void close() {
        ask("DELETE", "", Map.of());
        driver.destroy();
        try {
            if (!driver.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                driver.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.close();
    }
}
