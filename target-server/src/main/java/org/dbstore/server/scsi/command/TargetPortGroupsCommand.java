package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * REPORT TARGET PORT GROUPS (SPC-4). Each portal group is a target port and a group of its own; all
 * are active/optimized, for all lead to the same volume in the same process.
 */
public final class TargetPortGroupsCommand {
    private static final int FORMAT_SHIFT = 5;
    private static final int EXTENDED = 1;
    private static final int EXTENDED_FORMAT_TYPE = 0x10;
    private static final int ACTIVE_OPTIMIZED_SUPPORTED = 0x01;
    private static final int GROUP_BYTES = 8;
    private static final int PORT_BYTES = 4;

    private TargetPortGroupsCommand() {}

    /**
     * Reports them.
     *
     * @param portalGroupTags of all ports of the target, also those that the nexus does not use
     */
    public static CommandOutcome report(ScsiTask task, List<Integer> portalGroupTags) {
        int format = Byte.toUnsignedInt(task.cdb().get(1)) >>> FORMAT_SHIFT;
        if (format > EXTENDED) {
            return Sense.invalidCdbField(1, 7);
        }
        int header = format == EXTENDED ? 8 : 4;
        int bytes = header + portalGroupTags.size() * (GROUP_BYTES + PORT_BYTES);
        ByteBuffer data = ByteBuffer.allocate(bytes).putInt(bytes - 4);
        if (format == EXTENDED) {
            data.put((byte) EXTENDED_FORMAT_TYPE).put((byte) 0).putShort((short) 0);
        }
        for (int tag : portalGroupTags) {
            data.put((byte) 0).put((byte) ACTIVE_OPTIMIZED_SUPPORTED).putShort((short) tag);
            data.putShort((short) 0).put((byte) 0).put((byte) 1);
            data.putShort((short) 0).putShort((short) tag);
        }
        return Reply.of(
                task, data.array(), ScsiCommand.REPORT_TARGET_PORT_GROUPS.length(task.cdb()));
    }
}
