package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.TargetPortGroups;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** REPORT SUPPORTED OPERATION CODES (SPC-4): the table of {@link ScsiCommand}, as data. */
public final class ReportOpcodesCommand {
    private static final int OPTIONS = 2;
    private static final int REQUESTED_OPERATION_CODE = 3;
    private static final int REQUESTED_SERVICE_ACTION = 4;
    private static final int RCTD = 0x80;

    private static final int SERVACTV = 0x01;
    private static final int CTDP_OF_DESCRIPTOR = 0x02;
    private static final int CTDP_OF_ONE = 0x80;
    private static final int NOT_SUPPORTED = 0x01;
    private static final int SUPPORTED = 0x03;

    private static final int DESCRIPTOR_BYTES = 8;
    private static final int HEADER_BYTES = 4;
    private static final int TIMEOUTS_BYTES = 12;
    private static final short TIMEOUTS_LENGTH = 0x0a;

    private ReportOpcodesCommand() {}

    /**
     * Lists all commands, or describes one.
     *
     * @param groups the ports of the target; whether their states can be set, is said
     */
    public static CommandOutcome execute(ScsiTask task, TargetPortGroups groups) {
        ByteBuffer cdb = task.cdb();
        boolean timeouts = (cdb.get(OPTIONS) & RCTD) != 0;
        int code = Byte.toUnsignedInt(cdb.get(REQUESTED_OPERATION_CODE));
        int action = Short.toUnsignedInt(cdb.getShort(REQUESTED_SERVICE_ACTION));
        boolean hasActions = ScsiCommand.hasServiceActions(code);
        ScsiCommand row = ScsiCommand.of(code, action);
        ScsiCommand command = row != null && isSupported(row, groups) ? row : null;
        return switch (cdb.get(OPTIONS) & 0x07) {
            case 0 -> reply(task, all(groups, timeouts));
            case 1 -> hasActions ? wrongOption() : reply(task, one(command, timeouts));
            case 2 ->
                    command != null && !hasActions
                            ? wrongOption()
                            : reply(task, one(command, timeouts));
            case 3 -> reply(task, one(hasActions || action == 0 ? command : null, timeouts));
            default -> wrongOption();
        };
    }

    private static CommandOutcome wrongOption() {
        return Sense.invalidCdbField(OPTIONS, 2);
    }

    private static CommandOutcome reply(ScsiTask task, byte[] data) {
        return Reply.of(
                task, data, ScsiCommand.REPORT_SUPPORTED_OPERATION_CODES.length(task.cdb()));
    }

    private static boolean isSupported(ScsiCommand command, TargetPortGroups groups) {
        return command != ScsiCommand.SET_TARGET_PORT_GROUPS || groups.areSettable();
    }

    private static byte[] all(TargetPortGroups groups, boolean timeouts) {
        List<ScsiCommand> commands =
                Arrays.stream(ScsiCommand.values())
                        .filter(command -> isSupported(command, groups))
                        .toList();
        int bytes = commands.size() * (DESCRIPTOR_BYTES + (timeouts ? TIMEOUTS_BYTES : 0));
        ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + bytes).putInt(bytes);
        for (ScsiCommand command : commands) {
            int flags =
                    (timeouts ? CTDP_OF_DESCRIPTOR : 0)
                            | (command.hasServiceAction() ? SERVACTV : 0);
            data.put((byte) command.operationCode()).put((byte) 0);
            data.putShort((short) command.serviceAction());
            data.put((byte) 0).put((byte) flags).putShort((short) command.cdbBytes());
            if (timeouts) {
                putTimeouts(data);
            }
        }
        return data.array();
    }

    private static byte[] one(@Nullable ScsiCommand command, boolean timeouts) {
        if (command == null) {
            return new byte[] {0, NOT_SUPPORTED, 0, 0};
        }
        ByteBuffer data =
                ByteBuffer.allocate(
                        HEADER_BYTES + command.cdbBytes() + (timeouts ? TIMEOUTS_BYTES : 0));
        data.put((byte) 0).put((byte) ((timeouts ? CTDP_OF_ONE : 0) | SUPPORTED));
        data.putShort((short) command.cdbBytes());
        for (int i = 0; i < command.cdbBytes(); i++) {
            data.put((byte) command.usage(i));
        }
        if (timeouts) {
            putTimeouts(data);
        }
        return data.array();
    }

    /** Command timeouts descriptor: no nominal and no recommended timeout is indicated. */
    private static void putTimeouts(ByteBuffer data) {
        data.putShort(TIMEOUTS_LENGTH).putShort((short) 0).putInt(0).putInt(0);
    }
}
