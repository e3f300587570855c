package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.dbstore.server.scsi.page.StandardInquiry;
import org.dbstore.server.scsi.page.VpdPage;

import java.nio.ByteBuffer;
import java.util.List;

/** INQUIRY (SPC-4). */
public final class InquiryCommand {
    private static final int EVPD = 0x01;
    private static final int PAGE_CODE = 2;

    private InquiryCommand() {}

    /**
     * Describes a unit: standard data, or one vital product data page.
     *
     * @param ports portal group tags of all ports of the target
     */
    public static CommandOutcome execute(ScsiTask task, Medium medium, List<Integer> ports) {
        ByteBuffer cdb = task.cdb();
        int code = Byte.toUnsignedInt(cdb.get(PAGE_CODE));
        if ((cdb.get(1) & EVPD) == 0) {
            return code == 0
                    ? reply(task, StandardInquiry.build(StandardInquiry.DISK, ports.size()))
                    : Sense.invalidCdbField(PAGE_CODE);
        }
        VpdPage page = VpdPage.of(code);
        return page == null
                ? Sense.invalidCdbField(PAGE_CODE)
                : reply(task, page.build(medium, task.nexus(), ports));
    }

    /** Answers for a LUN where no unit is: the qualifier says so, scanning goes on. */
    public static CommandOutcome executeWithoutUnit(ScsiTask task, List<Integer> ports) {
        ByteBuffer cdb = task.cdb();
        if ((cdb.get(1) & EVPD) != 0) {
            return Sense.of(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
        }
        return cdb.get(PAGE_CODE) == 0
                ? reply(task, StandardInquiry.build(StandardInquiry.NO_UNIT, ports.size()))
                : Sense.invalidCdbField(PAGE_CODE);
    }

    private static CommandOutcome reply(ScsiTask task, byte[] data) {
        return Reply.of(task, data, ScsiCommand.INQUIRY.length(task.cdb()));
    }
}
