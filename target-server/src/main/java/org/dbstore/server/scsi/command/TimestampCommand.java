package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * REPORT TIMESTAMP and SET TIMESTAMP (SPC-4).
 *
 * <pre>
 * byte 0..1   length of what follows, 10 (REPORT only)
 * byte 2      TIMESTAMP ORIGIN: 010b set by SET TIMESTAMP, 011b otherwise (REPORT only)
 * byte 4..9   milliseconds since the beginning of 1970
 * </pre>
 */
public final class TimestampCommand {
    private static final int BYTES = 12;
    private static final int SET = 0x02;
    private static final int BY_THE_HOST = 0x03;
    private static final int TIMESTAMP = 4;

    private TimestampCommand() {}

    /** Executes REPORT TIMESTAMP. */
    public static CommandOutcome report(ScsiTask task, Medium medium) {
        long millis = medium.clock().millis();
        byte[] data =
                ByteBuffer.allocate(BYTES)
                        .putShort((short) (BYTES - 2))
                        .put((byte) (medium.clock().isSet() ? SET : BY_THE_HOST))
                        .putShort(TIMESTAMP, (short) (millis >>> 32))
                        .putInt(TIMESTAMP + 2, (int) millis)
                        .array();
        return Reply.of(task, data, ScsiCommand.REPORT_TIMESTAMP.length(task.cdb()));
    }

    /**
     * Executes SET TIMESTAMP.
     *
     * @param tellOthers raises a unit attention for the other nexuses
     */
    public static CommandOutcome set(ScsiTask task, Medium medium, Consumer<SenseCode> tellOthers) {
        ByteBuffer list = task.dataOut().slice();
        if (ScsiCommand.SET_TIMESTAMP.length(task.cdb()) == 0) {
            return CommandOutcome.Good.GOOD;
        }
        if (list.capacity() < BYTES) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        long high = Short.toUnsignedLong(list.getShort(TIMESTAMP));
        medium.clock().set(high << 32 | Integer.toUnsignedLong(list.getInt(TIMESTAMP + 2)));
        tellOthers.accept(SenseCode.TIMESTAMP_CHANGED);
        return CommandOutcome.Good.GOOD;
    }
}
