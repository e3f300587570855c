package org.dbstore.tests.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tests.cost.CommandCosts.Cost;
import org.dbstore.tests.support.Alone;
import org.dbstore.tests.support.Requirements;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Goal: whoever makes the way of a command more expensive gets to know, on any machine, be it busy
 * or slow. Whoever makes it cheaper lowers the limit in {@link CommandCost}.
 */
@Alone
@Timeout(300)
class CommandCostTest {
    private static final Map<CommandCost, Cost> COSTS = new EnumMap<>(CommandCost.class);

    @BeforeAll
    static void measure() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-Xbatch", // who comes while something is compiled waits for it
                                "-cp",
                                System.getProperty("java.class.path"),
                                CommandCosts.class.getName())
                        .redirectErrorStream(true)
                        .start();
        List<String> lines = process.inputReader().readAllLines();
        assertEquals(0, process.waitFor(), () -> String.join("\n", lines));
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("cost")) {
                COSTS.put(
                        CommandCost.valueOf(words[1]),
                        new Cost(Double.parseDouble(words[2]), Double.parseDouble(words[3])));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "WASTEFUL_READ")
    void aCommandAllocatesNoMoreThanItDid(CommandCost command) {
        command.checkAllocated(cost(command).allocatedBytes());
    }

    @ParameterizedTest
    @EnumSource
    void aCommandReadsAndWritesNoMoreOftenThanItDid(CommandCost command) {
        requireCounts();
        command.checkTransfers(cost(command).transfers());
    }

    @Test
    void whatIsMeasuredIsTheServersWork() {
        assertTrue(cost(CommandCost.READ).allocatedBytes() > 100, "a task at least");
        requireCounts();
        assertTrue(cost(CommandCost.READ).transfers() >= 3, "request, device and answer");
        assertTrue(cost(CommandCost.READ_BATCH).transfers() >= 1, "the device");
    }

    @Test
    void anAllocationOf256BytesForEachReadIsFound() {
        Cost wasteful = cost(CommandCost.WASTEFUL_READ);
        assertEquals(
                CommandCosts.WASTED_BYTES,
                wasteful.allocatedBytes() - cost(CommandCost.READ).allocatedBytes(),
                16,
                "more than a READ allocates");
        assertThrows(
                AssertionError.class,
                () -> CommandCost.WASTEFUL_READ.checkAllocated(wasteful.allocatedBytes()));
    }

    @Test
    void oneMoreCallForEachReadIsFound() {
        requireCounts();
        double calls = cost(CommandCost.READ).transfers() + 1;
        assertThrows(AssertionError.class, () -> CommandCost.READ.checkTransfers(calls));
    }

    private static Cost cost(CommandCost command) {
        Cost cost = COSTS.get(command);
        if (cost == null) {
            throw new AssertionError("no cost of " + command + " among " + COSTS);
        }
        return cost;
    }

    private static void requireCounts() {
        if (!ServerWork.countsTransfers()) {
            Requirements.missing("/proc/self/io, where Linux counts the calls of each thread");
        }
    }
}
