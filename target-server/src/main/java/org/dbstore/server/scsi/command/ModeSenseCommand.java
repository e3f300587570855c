package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.ModeParameters;
import org.dbstore.server.scsi.jscsi.ModeParameters.Descriptor;
import org.dbstore.server.scsi.jscsi.Sense;
import org.dbstore.server.scsi.page.ModePages;

import java.nio.ByteBuffer;
import java.util.List;

/** MODE SENSE(6) and (10) (SPC-4). */
public final class ModeSenseCommand {
    private static final int LLBAA = 0x10;
    private static final int DBD = 0x08;
    private static final int PAGE = 2;
    private static final int SUBPAGE = 3;

    private ModeSenseCommand() {}

    /**
     * Returns one mode page or all.
     *
     * @param command MODE_SENSE_6 or MODE_SENSE_10
     */
    public static CommandOutcome execute(ScsiTask task, ScsiCommand command, Medium medium) {
        ByteBuffer cdb = task.cdb();
        int pageControl = cdb.get(PAGE) >>> 6 & 0x03;
        List<byte[]> pages = ModePages.select(medium, pageControl, cdb.get(PAGE) & 0x3f);
        if (pages.isEmpty()) {
            return Sense.invalidCdbField(PAGE, 5);
        }
        if (!ModePages.hasSubpage(Byte.toUnsignedInt(cdb.get(SUBPAGE)))) {
            return Sense.invalidCdbField(SUBPAGE);
        }
        byte[] list =
                command == ScsiCommand.MODE_SENSE_6
                        ? ModeParameters.list6(medium, descriptor(cdb), pages)
                        : ModeParameters.list10(medium, descriptor(cdb), pages);
        return Reply.of(task, list, command.length(cdb));
    }

    private static Descriptor descriptor(ByteBuffer cdb) {
        if ((cdb.get(1) & DBD) != 0) {
            return Descriptor.NONE;
        }
        return (cdb.get(1) & LLBAA) != 0 ? Descriptor.LONG : Descriptor.SHORT;
    }
}
