package org.dbstore.server.scsi.command;

import org.dbstore.backend.VolumeContents;
import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * GET LBA STATUS (SBC-3): which blocks are provisioned. The first descriptor begins at the LBA
 * asked for, each other where the one before ends, as Windows wants it.
 *
 * <pre>
 * byte 0..3   PARAMETER DATA LENGTH (n - 3)
 * byte 8..    descriptors: 8 bytes LBA, 4 bytes NUMBER OF LOGICAL BLOCKS, 1 byte status, 3 reserved
 * </pre>
 */
public final class LbaStatusCommand {
    private static final int HEADER_BYTES = 8;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int DEALLOCATED = 0x01;

    /** Of one descriptor. A multiple of Windows' slab, which it wants all but the last to be. */
    private static final long BLOCKS_MAX = 0xffff_f800L;

    /** Runs asked of the volume for one command; bounds the time if all are alike. */
    private static final int RUNS_MAX = 4096;

    private LbaStatusCommand() {}

    /** Describes as much as fits in the ALLOCATION LENGTH, one descriptor at least. */
    public static CommandOutcome execute(ScsiTask task, Medium medium) {
        ScsiCommand command = ScsiCommand.GET_LBA_STATUS;
        long allocation = command.length(task.cdb());
        long room = Math.min(allocation, BlockLimits.REPLY_BYTES_MAX) - HEADER_BYTES;
        int descriptors = (int) Math.max(1, room / DESCRIPTOR_BYTES);
        byte[] data = describe(medium, command.lba(task.cdb()), descriptors);
        return Reply.of(task, data, allocation);
    }

    private static byte[] describe(Medium medium, long first, int descriptorsMax) {
        ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + descriptorsMax * DESCRIPTOR_BYTES);
        int end = HEADER_BYTES;
        long lba = first;
        for (int runs = 0; runs < RUNS_MAX && lba < medium.blockCount(); runs++) {
            VolumeContents.Run run = medium.volume().runAt(medium.bytes(lba));
            long blocks = Math.min(medium.wholeBlocks(run.lengthBytes()), BLOCKS_MAX);
            if (!extend(data, end - DESCRIPTOR_BYTES, run.mapped(), blocks)) {
                if (end == data.capacity()) {
                    break;
                }
                data.putLong(end, lba).putInt(end + 8, (int) blocks);
                data.put(end + 12, (byte) (run.mapped() ? 0 : DEALLOCATED));
                end += DESCRIPTOR_BYTES;
            }
            lba += blocks;
        }
        data.putInt(0, end - 4);
        return Arrays.copyOf(data.array(), end);
    }

    /** Adds blocks to the descriptor before, if there is one and they are alike. */
    private static boolean extend(ByteBuffer data, int at, boolean mapped, long blocks) {
        if (at < HEADER_BYTES || data.get(at + 12) == DEALLOCATED == mapped) {
            return false;
        }
        long sum = Integer.toUnsignedLong(data.getInt(at + 8)) + blocks;
        if (sum > BLOCKS_MAX) {
            return false;
        }
        data.putInt(at + 8, (int) sum);
        return true;
    }
}
