package org.dbstore.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendException;
import org.dbstore.server.admin.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Goal: the description is of what is there: each operation in it is answered, each $ref leads. */
class OpenApiTest {
    private static final Pattern REFERENCE =
            Pattern.compile("\"#/components/(schemas|responses)/(\\w+)\"");

    @TempDir Path folder;

    @Test
    void eachOperationThatIsDescribedIsThere()
            throws BackendException, IOException, InterruptedException {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            List<String> missing = new ArrayList<>();
            int count = 0;
            for (Map.Entry<?, ?> path : object(describe(fixture), "paths").entrySet()) {
                for (Object method : ((Map<?, ?>) path.getValue()).keySet()) {
                    String concrete = path.getKey().toString().replaceAll("\\{\\w+}", "none");
                    String body =
                            fixture.send(
                                            method.toString().toUpperCase(java.util.Locale.ROOT),
                                            concrete,
                                            "")
                                    .body();
                    if (body.contains("NO_SUCH_RESOURCE") || body.contains("INTERNAL")) {
                        missing.add(method + " " + path.getKey() + ": " + body);
                    }
                    count++;
                }
            }
            assertEquals(List.of(), missing);
            assertTrue(count > 40, "operations: " + count);
        }
    }

    @Test
    void eachReferenceLeadsSomewhere() throws BackendException, IOException, InterruptedException {
        try (AdminFixture fixture = new AdminFixture(folder)) {
            String text = fixture.send("GET", "/openapi.json", "").body();
            Map<?, ?> components = object(describe(fixture), "components");
            Set<String> used = new TreeSet<>();
            Matcher references = REFERENCE.matcher(text);
            while (references.find()) {
                assertTrue(
                        object(components, references.group(1)).containsKey(references.group(2)),
                        references.group());
                used.add(references.group(2));
            }
            assertTrue(used.containsAll(List.of("VolumeInfo", "JobView", "Error")), used::toString);
        }
    }

    private static Map<?, ?> describe(AdminFixture fixture)
            throws IOException, InterruptedException {
        byte[] text =
                fixture.send("GET", "/openapi.json", "").body().getBytes(StandardCharsets.UTF_8);
        return (Map<?, ?>)
                java.util.Objects.requireNonNull(Json.read(new ByteArrayInputStream(text)));
    }

    private static Map<?, ?> object(Map<?, ?> parent, String name) {
        return (Map<?, ?>) java.util.Objects.requireNonNull(parent.get(name));
    }
}
