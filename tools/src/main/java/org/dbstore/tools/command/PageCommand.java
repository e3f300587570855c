package org.dbstore.tools.command;

import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.util.List;
import java.util.Map;

/** Tells where the web page is. */
@Command(
        name = "page",
        description = "Print the address of a running server's web page, with the token in it.",
        footer = {
            "",
            "Who has the address administers the server. The browser keeps the token for its tab.",
            "",
            "Example:",
            "  dbsctl page",
            "  xdg-open \"$(dbsctl page)\""
        })
final class PageCommand extends ServerCommand {
    @Override
    void run(AdminClient client) {
        Map<String, @Nullable Object> page = Map.of("url", client.pageUrl());
        dbsctl().printer().done(client.pageUrl(), FieldColumns.of(List.of(page), "url"), page);
    }
}
