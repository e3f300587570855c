package org.dbstore.tools.command;

import org.dbstore.config.ByteSize;
import org.dbstore.config.Durations;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.FieldColumns;
import org.dbstore.tools.output.TablePrinter;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Everything important on one screen. */
@Command(
        name = "status",
        description = {
            "Show a running server on one screen: what is wrong, devices and how full they are,"
                    + " volumes that are nearly full, targets, sessions, jobs, schedules of"
                    + " snapshots, and the last errors of its log.",
            "Long lists are cut in tables; -o json has all."
        },
        footer = {"", "Example:", "  dbsctl status"})
final class StatusCommand extends ServerCommand {
    private static final int ROWS_MAX = 20;
    private static final int ERRORS_MAX = 5;

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        Map<String, @Nullable Object> status = object(client, ApiPath.of("status"));
        if (dbsctl().format == Dbsctl.Format.table) {
            print(status);
        } else {
            dbsctl().printer().details(FieldColumns.of(List.of(status)), status);
        }
    }

    private void print(Map<String, @Nullable Object> status) throws CommandFailure {
        PrintWriter out = dbsctl().terminal().out();
        out.println(
                "dbsd %s, process %s, since %s"
                        .formatted(
                                status.get("version"),
                                status.get("pid"),
                                TablePrinter.time(
                                        Instant.parse(String.valueOf(status.get("startedAt"))))));
        out.println(
                "configuration %s of %s, portals %s"
                        .formatted(
                                status.get("configVersion"),
                                Objects.requireNonNullElse(status.get("configFile"), "no file"),
                                String.join(", ", texts(status.get("portals")))));
        long failedLogins = number(status.get("failedLogins"));
        out.println(
                "%s in flight, %d logins refused"
                        .formatted(
                                ByteSize.format(number(status.get("dataBytesInUse"))),
                                failedLogins));
        List<String> problems = texts(status.get("problems"));
        out.println(problems.isEmpty() ? "all is well" : "PROBLEMS:");
        problems.forEach(problem -> out.println("  " + FindingRows.printable(problem)));

        Sections sections =
                new Sections(out, new TablePrinter(out, !dbsctl().noHeader, dbsctl().exactBytes));
        List<Map<String, @Nullable Object>> devices = objects(status.get("devices"));
        devices.forEach(device ->
                device.put(
                        "fillPercent", percent(device.get("usedBytes"), device.get("sizeBytes"))));
        sections.table(
                "Devices",
                devices,
                "name",
                "path",
                "sizeBytes",
                "usedBytes",
                "fillPercent",
                "volumeCount",
                "snapshotCount");
        cut(
                sections,
                "Volumes nearly full",
                objects(status.get("fullVolumes")),
                "device",
                "volume",
                "sizeBytes",
                "fillPercent");
        cut(sections, "Targets", objects(status.get("targets")), "name", "luns", "sessions");
        cut(
                sections,
                "Sessions",
                objects(status.get("sessions")),
                "id",
                "initiator",
                "target",
                "address",
                "since",
                "commands");
        cut(
                sections,
                "Jobs",
                objects(status.get("jobs")),
                "id",
                "kind",
                "subject",
                "state",
                "doneBytes",
                "totalBytes");
        cut(
                sections,
                "Schedules",
                schedules(status),
                "name",
                "every",
                "lastRunAt",
                "nextRunAt",
                "error");
        List<Map<String, @Nullable Object>> errors = objects(status.get("lastErrors"));
        sections.table(
                "Last errors",
                errors.subList(0, Math.min(errors.size(), ERRORS_MAX)),
                "lastAt",
                "times",
                "message");
    }

    private static List<Map<String, @Nullable Object>> schedules(
            Map<String, @Nullable Object> status) {
        List<Map<String, @Nullable Object>> rules = objects(status.get("schedules"));
        for (Map<String, @Nullable Object> rule : rules) {
            rule.put("every", Durations.text(Duration.ofSeconds(number(rule.get("everySeconds")))));
            List<String> errors = texts(rule.get("lastErrors"));
            rule.put("error", errors.isEmpty() ? null : String.join("; ", errors));
        }
        return rules;
    }

    private static void cut(
            Sections sections,
            String title,
            List<Map<String, @Nullable Object>> rows,
            String... fields)
            throws CommandFailure {
        boolean tooMany = rows.size() > ROWS_MAX;
        sections.table(
                tooMany ? "%s (%d of %d)".formatted(title, ROWS_MAX, rows.size()) : title,
                tooMany ? rows.subList(0, ROWS_MAX) : rows,
                fields);
    }

    private static long percent(@Nullable Object part, @Nullable Object whole) {
        return number(whole) == 0 ? 0 : Math.round(100.0 * number(part) / number(whole));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static List<String> texts(@Nullable Object value) {
        return (value instanceof List<?> list ? list.stream() : Stream.empty())
                .map(String::valueOf)
                .toList();
    }
}
