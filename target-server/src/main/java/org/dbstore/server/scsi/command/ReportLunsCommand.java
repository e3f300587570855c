package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.LunList;
import org.dbstore.server.scsi.jscsi.Sense;

import java.util.Collection;
import java.util.List;

/** REPORT LUNS (SPC-4). */
public final class ReportLunsCommand {
    private static final int SELECT_REPORT = 2;
    private static final int ALLOCATION_BYTES_MIN = 16;

    private ReportLunsCommand() {}

    /**
     * Lists the logical units.
     *
     * @param numbers those mapped for the initiator, ascending
     */
    public static CommandOutcome execute(ScsiTask task, Collection<Integer> numbers) {
        long allocation = ScsiCommand.REPORT_LUNS.length(task.cdb());
        if (allocation < ALLOCATION_BYTES_MIN) {
            return Sense.invalidCdbField(ScsiCommand.REPORT_LUNS.lengthPosition());
        }
        return switch (task.cdb().get(SELECT_REPORT)) {
            case 0x00, 0x02 -> Reply.of(task, LunList.of(numbers), allocation);
            case 0x01 -> Reply.of(task, LunList.of(List.of()), allocation); // no well known units
            default -> Sense.invalidCdbField(SELECT_REPORT);
        };
    }
}
