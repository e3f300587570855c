package org.dbstore.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.dbstore.tests.support.Json;
import org.dbstore.tests.support.Programs;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Goal: no test of the libiscsi suite fails, in the families that the server stands for. */
class ConformanceIT {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    /** Fewer would mean that the suite did not run. */
    private static final int FAMILIES_MIN = 30;

    @TempDir Path folder;

    @TestFactory
    List<DynamicContainer> libiscsiSuite() throws Exception {
        Requirements.programs("iscsi-test-cu", "iscsi-readcapacity16", "jq", "ss");
        return List.of(suite(512), suite(4096));
    }

    private DynamicContainer suite(int blockBytes) throws Exception {
        Path verdicts = folder.resolve("verdicts-" + blockBytes + ".json");
        Programs.Result result =
                Programs.run(
                        LIMIT,
                        folder.resolve("log-" + blockBytes),
                        "conformance",
                        "--block-size",
                        Integer.toString(blockBytes),
                        "--json",
                        verdicts.toString());
        assertTrue(Files.exists(verdicts), result.output());
        Map<String, List<String>> failuresByFamily = new TreeMap<>();
        for (Json test : Json.read(verdicts).get("tests").elements()) {
            List<String> failures =
                    failuresByFamily.computeIfAbsent(
                            test.get("family").text(), family -> new ArrayList<>());
            String verdict = test.get("verdict").text();
            if (!verdict.equals("passed") && !verdict.equals("skipped")) {
                failures.add(
                        test.get("test").text() + " " + verdict + ": " + test.get("reason").text());
            }
        }
        assertTrue(failuresByFamily.size() >= FAMILIES_MIN, result.output());
        List<DynamicTest> tests = new ArrayList<>();
        failuresByFamily.forEach((family, failures) ->
                tests.add(dynamicTest(family, () -> assertEquals(List.of(), failures, family))));
        return dynamicContainer(blockBytes + "-byte blocks", tests);
    }
}
