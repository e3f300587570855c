package org.dbstore.tests.replay;

import org.dbstore.tests.support.Cdb;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of {@code sequences/windows-esxi-linux.tsv}.
 *
 * @param sequence first word of the column: W1, E6, L3 ...
 * @param nexus A or B: which of two initiators
 * @param lunColumn a LUN, or TMF
 * @param command the CDB in hex, or the task management function in words
 * @param dataColumn data-out: hex, a count of bytes in words, or nothing
 * @param expectation what has to come, in words that begin with the outcomes allowed
 */
record SequenceRow(
        String sequence,
        char nexus,
        String lunColumn,
        String command,
        String dataColumn,
        String expectation) {
    private static final String FILE = "/sequences/windows-esxi-linux.tsv";
    private static final Pattern BYTES_IN_WORDS = Pattern.compile("<(\\d+) B.*>");
    private static final Pattern CHECK = Pattern.compile("\\d\\d/[0-9A-F]{2}/[0-9A-F]{2}");
    private static final Pattern FUNCTION = Pattern.compile("function (\\d).*");

    /** All rows, in the order of the file. */
    static List<SequenceRow> readAll() throws IOException {
        List<SequenceRow> rows = new ArrayList<>();
        try (InputStream in = SequenceRow.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("no resource " + FILE);
            }
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(f ->
                            new SequenceRow(
                                    f[0].split(" ", 2)[0],
                                    f[0].contains("B)") ? 'B' : 'A',
                                    f[1],
                                    f[2],
                                    f[3],
                                    f[4]))
                    .forEach(rows::add);
        }
        return rows;
    }

    boolean isTaskManagement() {
        return lunColumn.equals("TMF");
    }

    int taskManagementFunction() {
        Matcher matcher = FUNCTION.matcher(command);
        if (!matcher.matches()) {
            throw new IllegalStateException("no function: " + command);
        }
        return Integer.parseInt(matcher.group(1));
    }

    int lun() {
        return isTaskManagement() ? 0 : Integer.parseInt(lunColumn);
    }

    byte[] cdb() {
        return Cdb.hex(command);
    }

    /** SAM-5: INQUIRY and REPORT LUNS are served whatever attention is pending. */
    boolean mayNotReportAttention() {
        return command.startsWith("12") || command.startsWith("A0");
    }

    byte[] dataOut() {
        Matcher words = BYTES_IN_WORDS.matcher(dataColumn);
        return words.matches() ? new byte[Integer.parseInt(words.group(1))] : Cdb.hex(dataColumn);
    }

    /** Data-in that the CDB has room for. */
    int allocationBytes() {
        ByteBuffer cdb = ByteBuffer.wrap(cdb());
        return switch (cdb.get(0) & 0xff) {
            case 0x12 -> cdb.getShort(3) & 0xffff;
            case 0x1a -> cdb.get(4) & 0xff;
            case 0x25 -> 8;
            case 0x4d, 0x5e -> cdb.getShort(7) & 0xffff;
            case 0x28 -> (cdb.getShort(7) & 0xffff) * 512;
            case 0x84, 0x9e -> cdb.getInt(10);
            case 0xa0, 0xa3 -> cdb.getInt(6);
            default -> 0;
        };
    }

    /** The outcomes that the expectation allows. */
    List<String> expectedOutcomes() {
        List<String> outcomes = new ArrayList<>();
        if (expectation.equals("RESERVATION CONFLICT")) {
            outcomes.add("STATUS 18");
        }
        if (expectation.startsWith("if listed")
                || expectation.startsWith("GOOD")
                || expectation.startsWith("NDOB=1: GOOD")) {
            outcomes.add("GOOD");
        }
        boolean alternatives =
                expectation.startsWith("CHECK")
                        || expectation.contains("or CHECK")
                        || expectation.startsWith("if listed");
        if (alternatives) {
            outcomes.addAll(checks());
        }
        return outcomes;
    }

    /** The sense data that the expectation names. */
    List<String> checks() {
        return CHECK.matcher(expectation).results().map(found -> "CHECK " + found.group()).toList();
    }
}
