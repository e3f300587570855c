package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Ends sessions. */
@Command(
        name = "kill",
        description = {
            "End sessions: one by its number, or those of a target or initiator.",
            "An initiator that may still log in will do so at once; 'acl remove' keeps it out."
        },
        footer = {
            "",
            "Examples:",
            "  dbsctl session kill 3",
            "  dbsctl session kill --initiator iqn.1993-08.org.debian:01:abc --yes"
        })
final class SessionKill extends ServerCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "SESSION",
            description = "Its number, as 'session list' shows it.")
    @Nullable String session;

    @Option(names = "--target", paramLabel = "TARGET", description = "All of this target.")
    @Nullable String target;

    @Option(names = "--initiator", paramLabel = "NAME", description = "All of this initiator.")
    @Nullable String initiator;

    @Option(names = "--dry-run", description = "Only say which.")
    boolean dryRun;

    @Mixin Confirmation confirmation = new Confirmation();

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        if (session == null && target == null && initiator == null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "no session is named",
                    "give its number, --target or --initiator");
        }
        List<Map<String, @Nullable Object>> meant = new ArrayList<>();
        for (Map<String, @Nullable Object> one : objects(client, ApiPath.of("sessions"))) {
            if (fits(one, "id", session)
                    && fits(one, "target", target)
                    && fits(one, "initiator", initiator)) {
                meant.add(one);
            }
        }
        if (meant.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, "there is no such session", "'session list' shows them");
        }
        List<String> names = meant.stream().map(SessionKill::title).toList();
        String all = String.join(", ", names);
        if (!dryRun) {
            confirmation.require(dbsctl().terminal(), ExitCode.USAGE, all + " will be cut");
            for (Map<String, @Nullable Object> one : meant) {
                client.delete(ApiPath.of("sessions", String.valueOf(one.get("id"))));
            }
        }
        dbsctl().printer()
                .doneAll(
                        (dryRun ? "Would end " : "Ended ") + all,
                        FieldColumns.of(meant, "id"),
                        meant);
    }

    private static boolean fits(
            Map<String, @Nullable Object> one, String field, @Nullable String wanted) {
        return wanted == null || wanted.equals(String.valueOf(one.get(field)));
    }

    private static String title(Map<String, @Nullable Object> one) {
        return "session %s of %s at %s"
                .formatted(one.get("id"), one.get("initiator"), one.get("target"));
    }
}
