package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;

/**
 * LOG SENSE (SPC-4). Threshold values are those of no threshold, 0; any page control is answered
 * with cumulative values.
 */
public final class LogSenseCommand {
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int LOGICAL_BLOCK_PROVISIONING = 0x0c;
    private static final int INFORMATIONAL_EXCEPTIONS = 0x2f;
    private static final int HEADER_BYTES = 4;

    private static final int AVAILABLE = 0x0001;
    private static final int USED = 0x0002;
    private static final int DEDICATED = 0x01;
    private static final int SHARED = 0x02;
    private static final int BINARY_LIST = 0x03;

    private LogSenseCommand() {}

    /** Returns a log page, from the parameter asked for on. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) throws BackendException {
        ByteBuffer cdb = task.cdb();
        int page = cdb.get(2) & 0x3f;
        int first = Short.toUnsignedInt(cdb.getShort(5));
        if (cdb.get(3) != 0) {
            return Sense.invalidCdbField(3);
        }
        return switch (page) {
            case SUPPORTED_PAGES ->
                    reply(
                            task,
                            page,
                            new byte[] {
                                SUPPORTED_PAGES,
                                LOGICAL_BLOCK_PROVISIONING,
                                INFORMATIONAL_EXCEPTIONS
                            });
            case LOGICAL_BLOCK_PROVISIONING ->
                    first > USED
                            ? Sense.invalidCdbField(5)
                            : reply(task, page, provisioning(medium, first));
            case INFORMATIONAL_EXCEPTIONS ->
                    first > 0
                            ? Sense.invalidCdbField(5)
                            : reply(task, page, parameter(0, new byte[4]));
            default -> Sense.invalidCdbField(2, 5);
        };
    }

    private static CommandOutcome reply(ScsiTask task, int page, byte[] parameters) {
        byte[] data =
                ByteBuffer.allocate(HEADER_BYTES + parameters.length)
                        .put(0, (byte) page)
                        .putShort(2, (short) parameters.length)
                        .put(HEADER_BYTES, parameters)
                        .array();
        return Reply.of(task, data, ScsiCommand.LOG_SENSE.length(task.cdb()));
    }

    /** Resources are counted in threshold sets: extents, as VPD page B2h says. */
    private static byte[] provisioning(Medium medium, int first) throws BackendException {
        byte[] available = resource(AVAILABLE, medium.space().freeBytes(), SHARED);
        byte[] used = resource(USED, medium.space().usedBytes(), DEDICATED);
        if (first > AVAILABLE) {
            return used;
        }
        return ByteBuffer.allocate(available.length + used.length).put(available).put(used).array();
    }

    private static byte[] resource(int code, long bytes, int scope) {
        long extents = Math.ceilDiv(bytes, BlockLimits.UNMAP_GRANULARITY_BYTES);
        byte[] value =
                ByteBuffer.allocate(8)
                        .putInt((int) Math.min(extents, 0xffff_ffffL))
                        .put((byte) scope)
                        .array();
        return parameter(code, value);
    }

    private static byte[] parameter(int code, byte[] value) {
        return ByteBuffer.allocate(4 + value.length)
                .putShort((short) code)
                .put((byte) BINARY_LIST)
                .put((byte) value.length)
                .put(value)
                .array();
    }
}
