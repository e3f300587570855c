package org.dbstore.server.scsi.command;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.TargetPortGroups;
import org.dbstore.server.scsi.TargetPortGroups.Group;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * REPORT TARGET PORT GROUPS and SET TARGET PORT GROUPS (SPC-4).
 *
 * <pre>
 * a group that is reported          a group that is set
 * byte 0       PREF, state          byte 0     state
 * byte 1       states supported     byte 2..3  TARGET PORT GROUP
 * byte 2..3    TARGET PORT GROUP
 * byte 5       STATUS CODE
 * byte 7       number of ports, 1
 * byte 10..11  RELATIVE TARGET PORT IDENTIFIER of the port
 * </pre>
 *
 * A change of state is a single event: there is no transitioning state (T_SUP=0), and no offline
 * state (O_SUP=0), for who cannot reach a port cannot ask it.
 */
public final class TargetPortGroupsCommand {
    private static final Logger LOG = LogManager.getLogger(TargetPortGroupsCommand.class);

    private static final int FORMAT_SHIFT = 5;
    private static final int EXTENDED = 1;
    private static final int EXTENDED_FORMAT_TYPE = 0x10;
    private static final int PREF = 0x80;
    private static final int GROUP_BYTES = 8;
    private static final int PORT_BYTES = 4;

    private static final int PARAMETER_LIST_LENGTH = 6;
    private static final int HEADER_BYTES = 4;
    private static final int DESCRIPTOR_BYTES = 4;
    private static final int STATE = 0x0f;

    private TargetPortGroupsCommand() {}

    /**
     * Reports all groups, also those that the nexus does not use.
     *
     * @param groups of the target
     */
    public static CommandOutcome report(ScsiTask task, TargetPortGroups groups) {
        int format = Byte.toUnsignedInt(task.cdb().get(1)) >>> FORMAT_SHIFT;
        if (format > EXTENDED) {
            return Sense.invalidCdbField(1, 7);
        }
        List<Group> all = groups.groups();
        int header = format == EXTENDED ? 8 : 4;
        int bytes = header + all.size() * (GROUP_BYTES + PORT_BYTES);
        ByteBuffer data = ByteBuffer.allocate(bytes).putInt(bytes - 4);
        if (format == EXTENDED) {
            data.put((byte) EXTENDED_FORMAT_TYPE).put((byte) 0).putShort((short) 0);
        }
        for (Group group : all) {
            int state = group.state().code() | (group.preferred() ? PREF : 0);
            data.put((byte) state).put((byte) AccessState.SUPPORTED).putShort((short) group.tag());
            data.put((byte) 0).put((byte) group.cause().statusCode()).put((byte) 0).put((byte) 1);
            data.putShort((short) 0).putShort((short) group.tag());
        }
        return Reply.of(
                task, data.array(), ScsiCommand.REPORT_TARGET_PORT_GROUPS.length(task.cdb()));
    }

    /**
     * Sets the states of those groups that are named: all of them, or none if one of them cannot
     * be. A list that gives one group two states is refused, too: it says nothing.
     *
     * @param groups of the target
     * @param whenChanged raises the unit attentions, before the command completes
     */
    public static CommandOutcome set(ScsiTask task, TargetPortGroups groups, Runnable whenChanged) {
        int announced = (int) ScsiCommand.SET_TARGET_PORT_GROUPS.length(task.cdb());
        if (announced == 0) {
            return CommandOutcome.Good.GOOD;
        }
        if (announced < HEADER_BYTES || (announced - HEADER_BYTES) % DESCRIPTOR_BYTES != 0) {
            return Sense.invalidCdbField(PARAMETER_LIST_LENGTH);
        }
        ByteBuffer list = task.dataOut().slice();
        if (list.capacity() < announced) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        List<Integer> tags = groups.tags();
        Map<Integer, AccessState> wanted = new TreeMap<>();
        for (int at = HEADER_BYTES; at < announced; at += DESCRIPTOR_BYTES) {
            AccessState state = AccessState.of(list.get(at) & STATE);
            if (state == null) {
                return Sense.invalidParameter(at);
            }
            int tag = Short.toUnsignedInt(list.getShort(at + 2));
            AccessState other = wanted.put(tag, state);
            if (!tags.contains(tag) || (other != null && other != state)) {
                return Sense.invalidParameter(at + 2);
            }
        }
        if (groups.set(wanted)) {
            LOG.info("{}: states of the port groups are set: {}", task.nexus(), wanted);
            whenChanged.run();
        }
        return CommandOutcome.Good.GOOD;
    }
}
