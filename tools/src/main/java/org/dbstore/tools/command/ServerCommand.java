package org.dbstore.tools.command;

import org.dbstore.server.admin.api.ApiPath;
import org.dbstore.server.admin.client.AdminClient;
import org.dbstore.server.admin.client.ServerFailure;
import org.dbstore.tools.CommandFailure;
import org.dbstore.tools.ExitCode;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Asks for one object. */
    static Map<String, @Nullable Object> object(AdminClient client, ApiPath path)
            throws ServerFailure {
        return fields(client.getAny(path));
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
