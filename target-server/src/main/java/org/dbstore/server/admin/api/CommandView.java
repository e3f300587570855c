package org.dbstore.server.admin.api;

import org.dbstore.server.metrics.CommandLog;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A SCSI command that a session has sent.
 *
 * @param received when it came
 * @param totalNanos until its answer was sent
 * @param lun number
 * @param name of the command
 * @param range first block and number of blocks; empty if it names none
 * @param outcome how it ended
 * @param cdb in hexadecimal
 * @param dataBytes moved either way
 * @param stageNanos by stage
 */
public record CommandView(
        Instant received,
        long totalNanos,
        long lun,
        String name,
        String range,
        String outcome,
        String cdb,
        long dataBytes,
        List<Long> stageNanos) {
    /** Bits that the number of a LUN is shifted by in its field of 64. */
    private static final int LUN_SHIFT = 48;

    /** Shows a command. */
    public static CommandView of(CommandLog.Entry entry) {
        return new CommandView(
                entry.received(),
                entry.totalNanos(),
                entry.lun() >>> LUN_SHIFT,
                entry.name(),
                entry.range(),
                entry.outcome(),
                entry.cdb().stream().map("%02x"::formatted).collect(Collectors.joining()),
                entry.dataBytes(),
                entry.stageNanos());
    }
}
