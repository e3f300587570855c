package org.dbstore.server.lun;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.jscsi.DescriptorSense;

import java.nio.ByteBuffer;

/** A task whose sense data, if any, goes out in descriptor format (D_SENSE=1). */
record DescriptorSenseTask(ScsiTask task) implements ScsiTask {
    /** Converts sense data, and nothing else. */
    static CommandOutcome convert(CommandOutcome outcome) {
        return outcome instanceof CommandOutcome.CheckCondition(byte[] sense)
                ? new CommandOutcome.CheckCondition(DescriptorSense.of(sense))
                : outcome;
    }

    @Override
    public Nexus nexus() {
        return task.nexus();
    }

    @Override
    public long lun() {
        return task.lun();
    }

    @Override
    public ByteBuffer cdb() {
        return task.cdb();
    }

    @Override
    public ByteBuffer dataOut() {
        return task.dataOut();
    }

    @Override
    public long dataOutOfferedBytes() {
        return task.dataOutOfferedBytes();
    }

    @Override
    public long dataInLimitBytes() {
        return task.dataInLimitBytes();
    }

    @Override
    public ByteBuffer allocateDataIn(int bytes) {
        return task.allocateDataIn(bytes);
    }

    @Override
    public boolean isAlone() {
        return task.isAlone();
    }

    @Override
    public boolean hasExtendedFunctions() {
        return task.hasExtendedFunctions();
    }

    @Override
    public void begins() {
        task.begins();
    }

    @Override
    public void awaitsCommit() {
        task.awaitsCommit();
    }

    @Override
    public boolean isAborted() {
        return task.isAborted();
    }

    @Override
    public void complete(CommandOutcome outcome) {
        task.complete(convert(outcome));
    }
}
