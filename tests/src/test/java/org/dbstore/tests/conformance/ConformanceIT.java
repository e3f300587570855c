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

/** Goal: no test of the libiscsi suite fails, and none is skipped but for a reason given here. */
class ConformanceIT {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    /** Fewer would mean that the suite did not run. */
    private static final int FAMILIES_MIN = 50;

    private static final String ALIKE = "logical and physical blocks of one length";

    /** What the suite may leave out, by test or family, and why. */
    private static final Map<String, String> SKIPPED =
            Map.ofEntries(
                    Map.entry("NoMedia", "the medium cannot be removed"),
                    Map.entry("PreventAllow", "the medium cannot be removed"),
                    Map.entry("StartStopUnit.Simple", "the medium cannot be removed"),
                    Map.entry("Sanitize.CryptoErase", "nothing is encrypted"),
                    Map.entry("Sanitize.Readonly", "tried by CRYPTO ERASE only"),
                    Map.entry("Sanitize.Reservations", "tried by CRYPTO ERASE only"),
                    Map.entry("Sanitize.Reset", "SANITIZE is over before the test looks"),
                    Map.entry("CompareAndWrite.InvalidDataOutSize", ALIKE),
                    Map.entry("WriteSame10.InvalidDataOutSize", ALIKE),
                    Map.entry("WriteSame10.UnmapUnaligned", ALIKE),
                    Map.entry("WriteSame16.InvalidDataOutSize", ALIKE),
                    Map.entry("WriteSame16.UnmapUnaligned", ALIKE),
                    Map.entry("WriteSame10.ZeroBlocks", "WSNZ=1"),
                    Map.entry("WriteSame16.ZeroBlocks", "WSNZ=1"));

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
                        "--all",
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
            if (!verdict.equals("passed") && !isLeftOut(test, verdict)) {
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

    private static boolean isLeftOut(Json test, String verdict) {
        String family = test.get("family").text();
        return verdict.equals("skipped")
                && (SKIPPED.containsKey(family)
                        || SKIPPED.containsKey(family + "." + test.get("test").text()));
    }
}
