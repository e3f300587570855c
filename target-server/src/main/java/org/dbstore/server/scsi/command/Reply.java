package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiTask;

import java.nio.ByteBuffer;

/** Data-in that does not come from the medium. */
public final class Reply {
    private Reply() {}

    /**
     * Answers with data, cut to the ALLOCATION LENGTH: that is never an error (SPC-4, "Allocation
     * length").
     *
     * @param data the whole answer
     * @param allocationBytes 0..2^32 - 1
     */
    public static CommandOutcome of(ScsiTask task, byte[] data, long allocationBytes) {
        int length = (int) Math.min(data.length, allocationBytes);
        int sent = (int) Math.min(length, task.dataInLimitBytes());
        ByteBuffer target = task.allocateDataIn(sent);
        return new CommandOutcome.DataIn(target.put(data, 0, sent).flip(), length);
    }
}
