package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.TargetPortGroups;
import org.dbstore.server.scsi.jscsi.Sense;
import org.dbstore.server.scsi.page.StandardInquiry;
import org.dbstore.server.scsi.page.VpdPage;

import java.nio.ByteBuffer;

/** INQUIRY (SPC-4). */
public final class InquiryCommand {
    private static final int EVPD = 0x01;
    private static final int PAGE_CODE = 2;

    private InquiryCommand() {}

    /**
     * Describes a unit: standard data, or one vital product data page.
     *
     * @param groups all ports of the target
     */
    public static CommandOutcome execute(ScsiTask task, Medium medium, TargetPortGroups groups) {
        ByteBuffer cdb = task.cdb();
        int code = Byte.toUnsignedInt(cdb.get(PAGE_CODE));
        AccessState state = groups.state(task.nexus().portalGroupTag());
        int peripheral =
                state == AccessState.UNAVAILABLE
                        ? StandardInquiry.DISCONNECTED_DISK
                        : StandardInquiry.DISK;
        if ((cdb.get(1) & EVPD) == 0) {
            return code == 0
                    ? reply(task, StandardInquiry.build(peripheral, groups))
                    : Sense.invalidCdbField(PAGE_CODE);
        }
        VpdPage page = VpdPage.of(code);
        if (page == null) {
            return Sense.invalidCdbField(PAGE_CODE);
        }
        byte[] data = page.build(medium, task.nexus(), groups.tags());
        data[0] = (byte) peripheral;
        return reply(task, data);
    }

    /** Answers for a LUN where no unit is: the qualifier says so, scanning goes on. */
    public static CommandOutcome executeWithoutUnit(ScsiTask task, TargetPortGroups groups) {
        ByteBuffer cdb = task.cdb();
        if ((cdb.get(1) & EVPD) != 0) {
            return Sense.of(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
        }
        return cdb.get(PAGE_CODE) == 0
                ? reply(task, StandardInquiry.build(StandardInquiry.NO_UNIT, groups))
                : Sense.invalidCdbField(PAGE_CODE);
    }

    private static CommandOutcome reply(ScsiTask task, byte[] data) {
        return Reply.of(task, data, ScsiCommand.INQUIRY.length(task.cdb()));
    }
}
