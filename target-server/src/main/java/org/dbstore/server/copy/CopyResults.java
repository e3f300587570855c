package org.dbstore.server.copy;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CopyLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.command.Reply;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;

/** What the RECEIVE COPY commands return (SPC-4). */
final class CopyResults {
    private static final int SNLID = 0x01;
    private static final int BLOCKS_UNIT = 0xf1;
    private static final int NO_UPDATE = -1;
    private static final int CONCURRENT_COPIES = 32;
    private static final byte[] IMPLEMENTED = {0x02, (byte) 0xe4};

    private CopyResults() {}

    /** RECEIVE COPY STATUS(LID1). */
    static CommandOutcome status(CopyManager manager, ScsiTask task, Medium medium) {
        long id = Byte.toUnsignedLong(task.cdb().get(2));
        ExtendedCopy.Result result =
                manager.copy(new CopyManager.ListKey(task.nexus(), medium, id));
        if (result == null) {
            return Sense.invalidCdbField(2);
        }
        ByteBuffer data = ByteBuffer.allocate(12).putInt(8).put((byte) result.status());
        data.putShort((short) result.segments()).put((byte) 0); // counted in bytes
        data.putInt((int) Math.min(result.bytes(), 0xffff_ffffL));
        return reply(task, ScsiCommand.RECEIVE_COPY_STATUS_LID1, data);
    }

    /** RECEIVE COPY RESULTS, OPERATING PARAMETERS. */
    static CommandOutcome operatingParameters(ScsiTask task) {
        ByteBuffer data = ByteBuffer.allocate(44 + IMPLEMENTED.length);
        data.putInt(data.capacity() - 4).put((byte) SNLID);
        data.putShort(8, (short) CopyLimits.DEVICES_MAX);
        data.putShort(10, (short) CopyLimits.SEGMENTS_MAX);
        data.putInt(12, CopyLimits.DESCRIPTOR_BYTES_MAX);
        data.putInt(16, CopyLimits.SEGMENT_BYTES_MAX);
        data.putShort(34, (short) CONCURRENT_COPIES);
        data.put(36, (byte) CONCURRENT_COPIES);
        data.put(37, (byte) 9); // 2^9 bytes
        data.put(43, (byte) IMPLEMENTED.length).put(44, IMPLEMENTED);
        return reply(task, ScsiCommand.RECEIVE_COPY_OPERATING_PARAMETERS, data);
    }

    /** RECEIVE ROD TOKEN INFORMATION. */
    static CommandOutcome tokenInformation(CopyManager manager, ScsiTask task, Medium medium) {
        long id = Integer.toUnsignedLong(task.cdb().getInt(2));
        TokenOperation.Result result =
                manager.operation(new CopyManager.ListKey(task.nexus(), medium, id));
        if (result == null) {
            return Sense.invalidCdbField(2);
        }
        byte[] token = result.token();
        byte[] sense = result.sense();
        int descriptors = token.length == 0 ? 0 : 2 + token.length;
        ByteBuffer data = ByteBuffer.allocate(32 + sense.length + 4 + descriptors);
        data.putInt(data.capacity() - 4).put((byte) result.serviceAction());
        data.put((byte) result.status()).putShort((short) 1).putInt(NO_UPDATE);
        data.put((byte) (sense.length == 0 ? 0 : 2)); // EXTENDED COPY COMPLETION STATUS
        data.put((byte) sense.length).put((byte) sense.length).put((byte) BLOCKS_UNIT);
        data.putLong(result.blocks()).position(32).put(sense).putInt(descriptors);
        if (token.length > 0) {
            data.putShort((short) 0).put(token);
        }
        return reply(task, ScsiCommand.RECEIVE_ROD_TOKEN_INFORMATION, data);
    }

    @SuppressWarnings("ByteBufferBackingArray") // made here, whole
    private static CommandOutcome reply(ScsiTask task, ScsiCommand command, ByteBuffer data) {
        return Reply.of(task, data.array(), command.length(task.cdb()));
    }
}
