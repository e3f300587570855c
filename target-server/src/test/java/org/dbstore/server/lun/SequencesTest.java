package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.backend.BackendError;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Goal: what Windows, ESXi and Linux send is answered as they need it.
 *
 * <p>{@code sequences.tsv} has a row for each command. LUN 0 and 1 are volumes of 1 GiB, LUN 2 is
 * read-only. Data-out is hexadecimal, {@code zero} (a block), or {@code block} (a block of A5h),
 * both with {@code *count}. Expected is {@code GOOD}, with a regular expression for the data-in in
 * hexadecimal, or {@code CHECK key/asc/ascq}. Blanks do not count.
 */
class SequencesTest {
    private static final long SIZE_BYTES = 1L << 30;

    record Row(int lun, String cdb, String dataOut, String expect) {}

    private final Bench zero = new Bench(SIZE_BYTES, 512, false, false);
    private final Bench one = new Bench(SIZE_BYTES, 512, false, false);
    private final Bench readOnly = new Bench(SIZE_BYTES, 512, false, true);
    private final LunMap luns =
            new LunMap(
                    new TreeMap<>(Map.of(0, zero.unit, 1, one.unit, 2, readOnly.unit)), List.of(1));

    @ParameterizedTest(name = "{0}")
    @MethodSource("sequences")
    void sequenceIsAnsweredAsExpected(String sequence, List<Row> rows) {
        if (sequence.endsWith("-full")) {
            one.volume.fill(0, 512, 0xa5);
            one.volume.writeFailure = new BackendException(BackendError.NO_SPACE, "for this test");
        }
        for (Row row : rows) {
            String answer = describe(zero.run(task(row), luns));
            assertTrue(
                    answer.matches(row.expect().replace(" ", "")),
                    () -> sequence + ", " + row + ": " + abbreviate(answer));
        }
    }

    @Test
    void firstCommandsOfANexusSeePowerOnOnceAndEnumerationGoesOn() throws IOException {
        for (LogicalUnit unit : luns.units()) {
            unit.nexusEstablished(FakeTask.NEXUS_A);
        }
        int attentions = 0;
        for (Row row : Objects.requireNonNull(read().get("W1"))) {
            attentions += describe(zero.run(task(row), luns)).equals("CHECK06/29/00") ? 1 : 0;
        }
        assertEquals(1, attentions);
    }

    static List<Arguments> sequences() throws IOException {
        var all = new ArrayList<Arguments>();
        read().forEach((sequence, rows) -> all.add(Arguments.of(sequence, rows)));
        return all;
    }

    private static Map<String, List<Row>> read() throws IOException {
        var sequences = new LinkedHashMap<String, List<Row>>();
        try (InputStream table =
                Objects.requireNonNull(SequencesTest.class.getResourceAsStream("sequences.tsv"))) {
            new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .forEach(cells ->
                            sequences
                                    .computeIfAbsent(cells[0], key -> new ArrayList<>())
                                    .add(
                                            new Row(
                                                    Integer.parseInt(cells[1]),
                                                    cells[2],
                                                    cells[3],
                                                    cells[4])));
        }
        return sequences;
    }

    private static FakeTask task(Row row) {
        return FakeTask.cdb(row.cdb()).lun(row.lun()).sending(dataOut(row.dataOut()));
    }

    private static byte[] dataOut(String text) {
        int star = text.indexOf('*');
        int blocks = star < 0 ? 1 : Integer.parseInt(text.substring(star + 1));
        if (text.startsWith("zero")) {
            return new byte[512 * blocks];
        }
        return text.startsWith("block")
                ? Bench.filled(512 * blocks, 0xa5)
                : HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static String describe(@Nullable CommandOutcome outcome) {
        return switch (outcome) {
            case CommandOutcome.Good good -> "GOOD";
            case CommandOutcome.DataIn in ->
                    "GOOD" + HexFormat.of().formatHex(Bench.bytes(in.data()));
            case CommandOutcome.CheckCondition(byte[] sense) ->
                    String.format("CHECK%02x/%02x/%02x", sense[2], sense[12], sense[13]);
            case CommandOutcome.Status(int status) -> "STATUS " + status;
            case CommandOutcome.Deferred deferred -> "deferred for ever";
            case CommandOutcome.GoodAhead ahead -> "no end of a task";
            case null -> "not completed";
        };
    }

    private static String abbreviate(String answer) {
        return answer.length() < 300 ? answer : answer.substring(0, 300) + "...";
    }
}
