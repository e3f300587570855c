package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.ServerFailure;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.output.FieldColumns;
import org.dbstore.tools.output.TablePrinter;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What goes on at present. */
@Command(
        name = "top",
        description = {
            "Show the commands and bytes of each second, and how long they take, by LUN and by"
                    + " session: the busiest first.",
            "On a terminal it goes on each second, until Ctrl-C."
        },
        footer = {"", "Examples:", "  dbsctl top", "  dbsctl top --once -o json"})
final class TopCommand extends ServerCommand {
    /** Goes to the upper left and clears what is there. */
    private static final String CLEAR = "\u001b[H\u001b[2J";

    private static final int ROWS_MAX = 20;

    /** What is idle alike keeps its place. */
    private static final Comparator<Map<String, @Nullable Object>> BY_NAME =
            Comparator.comparing((Map<String, @Nullable Object> row) ->
                            String.valueOf(row.get("target")))
                    .thenComparingDouble(row -> load(row.get("lun")))
                    .thenComparingDouble(row -> load(row.get("id")));

    @Option(names = "--once", description = "Show it once and end.")
    boolean once;

    @Override
    void run(AdminClient client) throws CommandFailure, IOException {
        boolean live = !once && dbsctl().terminal().isInteractive();
        PrintWriter out = dbsctl().terminal().out();
        Map<String, @Nullable Object> rates = rates(client);
        if (dbsctl().format != Dbsctl.Format.table) {
            dbsctl().printer().details(FieldColumns.of(List.of(rates)), rates);
            return;
        }
        print(rates);
        while (live && !out.checkError()) {
            pause();
            Map<String, @Nullable Object> next = rates(client);
            out.print(CLEAR);
            print(next);
        }
    }

    /** The server compares with what it was asked before; the first time that is nothing. */
    private static Map<String, @Nullable Object> rates(AdminClient client) throws ServerFailure {
        Map<String, @Nullable Object> rates = object(client, ApiPath.of("rates"));
        if (load(rates.get("intervalMillis")) == 0) {
            pause();
            return object(client, ApiPath.of("rates"));
        }
        return rates;
    }

    private void print(Map<String, @Nullable Object> rates) throws CommandFailure {
        PrintWriter out = dbsctl().terminal().out();
        Sections sections =
                new Sections(out, new TablePrinter(out, !dbsctl().noHeader, dbsctl().exactBytes));
        String[] load = {"reads", "writes", "readBytes", "writeBytes", "meanMicros", "p99Micros"};
        sections.table("LUNs", busiest(rates.get("luns")), with(load, "target", "lun", "volume"));
        sections.table("Sessions", busiest(rates.get("sessions")), with(load, "id", "initiator"));
        out.flush();
    }

    private static String[] with(String[] load, String... names) {
        return Stream.concat(Arrays.stream(names), Arrays.stream(load)).toArray(String[]::new);
    }

    private static List<Map<String, @Nullable Object>> busiest(@Nullable Object list) {
        return objects(list).stream()
                .map(Sections::flat)
                .sorted(BY_NAME)
                .sorted(
                        Comparator.comparingDouble(row ->
                                -(load(row.get("readBytes"))
                                        + load(row.get("writeBytes"))
                                        + load(row.get("reads"))
                                        + load(row.get("writes")))))
                .limit(ROWS_MAX)
                .toList();
    }

    private static double load(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }
}
