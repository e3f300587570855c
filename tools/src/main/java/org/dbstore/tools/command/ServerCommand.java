package org.dbstore.tools.command;

import org.dbstore.backend.BackendError;
import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.ServerFailure;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.dbstore.tools.output.Column;
import org.dbstore.tools.output.FieldColumns;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A command about what only a running server has. */
abstract class ServerCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    CommandSpec spec;

    /** Does it. */
    abstract void run(AdminClient client) throws CommandFailure, IOException;

    @Override
    public final Integer call() throws CommandFailure, IOException {
        run(dbsctl().servers().only().client());
        return ExitCode.OK.number();
    }

    final Dbsctl dbsctl() {
        return (Dbsctl) spec.root().userObject();
    }

    /** Prints objects; of their fields tables show some. */
    final void list(AdminClient client, ApiPath path, List<String> shown)
            throws CommandFailure, ServerFailure {
        List<Map<String, @Nullable Object>> rows = objects(client, path);
        List<Column<Map<String, @Nullable Object>>> columns = new ArrayList<>();
        for (var column : FieldColumns.of(rows, shown.toArray(new String[0]))) {
            columns.add(
                    shown.contains(column.field())
                            ? column
                            : Column.<Map<String, @Nullable Object>>detail(column));
        }
        dbsctl().printer().rows(columns, rows);
    }

    /** Asks for one object. */
    static Map<String, @Nullable Object> object(AdminClient client, ApiPath path)
            throws ServerFailure {
        return fields(client.getAny(path));
    }

    /**
     * Asks for what an operator named.
     *
     * @param noun of the command: session, job
     * @param name as it was given
     */
    static Map<String, @Nullable Object> named(AdminClient client, String noun, String name)
            throws CommandFailure, ServerFailure {
        try {
            return object(client, ApiPath.of(noun + "s", name));
        } catch (ServerFailure e) {
            if (e.error().backendError().equals(Optional.of(BackendError.NOT_FOUND))) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        e.error().message(),
                        "'dbsctl %s list' shows what there is".formatted(noun));
            }
            throw e;
        }
    }

    /** Asks for a list of objects. */
    static List<Map<String, @Nullable Object>> objects(AdminClient client, ApiPath path)
            throws ServerFailure {
        return objects(client.getAny(path));
    }

    /** The objects of a list; none of anything else. */
    static List<Map<String, @Nullable Object>> objects(@Nullable Object value) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(element -> objects.add(fields(element)));
        }
        return objects;
    }

    static Map<String, @Nullable Object> fields(@Nullable Object value) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, field) -> fields.put(String.valueOf(name), field));
        }
        return fields;
    }
}
