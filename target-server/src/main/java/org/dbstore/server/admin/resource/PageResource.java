package org.dbstore.server.admin.resource;

import org.dbstore.server.admin.http.Answer;
import org.dbstore.server.admin.http.Route;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The page for browsers: files that need no token and tell nothing of this server; what is shown
 * the page asks for as any client does.
 */
public final class PageResource {
    private static final String FOLDER = "/org/dbstore/server/admin/page/";
    private static final String INDEX = "index.html";
    private static final List<String> FILES =
            List.of(
                    INDEX,
                    "style.css",
                    "icon.svg",
                    "main.js",
                    "api.js",
                    "charts.js",
                    "dialogs.js",
                    "dom.js",
                    "format.js",
                    "panels.js",
                    "volumes.js");

    private PageResource() {}

    /** What can be asked. */
    public static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (String file : FILES) {
            byte[] bytes = read(file);
            String type = type(file);
            routes.add(
                    Route.get(file.equals(INDEX) ? "/" : "/page/" + file, "A part of the page.")
                            .runs(Route.Kind.OPEN)
                            .answersContent(type)
                            .by(call -> new Answer.Bytes(200, type, bytes)));
        }
        return routes;
    }

    private static String type(String file) {
        return switch (file.substring(file.lastIndexOf('.'))) {
            case ".html" -> "text/html; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }

    private static byte[] read(String file) {
        try (InputStream input = PageResource.class.getResourceAsStream(FOLDER + file)) {
            if (input == null) {
                throw new IllegalStateException(file + " is not packaged");
            }
            return input.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }
}
