package org.dbstore.tests.fuzz;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiTask;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** A command as a transport hands it over: has to end once, and may take one buffer. */
final class FuzzTask implements ScsiTask {
    private final Nexus nexus;
    private final long lun;
    private final ByteBuffer cdb;
    private final byte[] offered;
    private final long dataInLimit;
    private ByteBuffer collected = ByteBuffer.allocateDirect(0);
    private int dataInBytesMax = -1;
    private boolean taken;
    private @Nullable CommandOutcome outcome;

    /**
     * Creates a command.
     *
     * @param cdb 16 bytes
     * @param offered what the initiator sends
     * @param dataInLimit what it takes
     */
    FuzzTask(Nexus nexus, long lun, byte[] cdb, byte[] offered, long dataInLimit) {
        this.nexus = nexus;
        this.lun = lun;
        this.cdb = ByteBuffer.wrap(cdb);
        this.offered = offered;
        this.dataInLimit = dataInLimit;
    }

    /** Collects the data-out of an admitted command. */
    void collect(int dataOutBytes, int dataInBytes) {
        int count = Math.min(dataOutBytes, offered.length);
        collected = ByteBuffer.allocateDirect(64 + count);
        collected.put(64, offered, 0, count).position(64);
        dataInBytesMax = dataInBytes;
    }

    @Override
    public Nexus nexus() {
        return nexus;
    }

    @Override
    public long lun() {
        return lun;
    }

    @Override
    public ByteBuffer cdb() {
        return cdb;
    }

    @Override
    public ByteBuffer dataOut() {
        return collected;
    }

    @Override
    public long dataOutOfferedBytes() {
        return offered.length;
    }

    @Override
    public long dataInLimitBytes() {
        return dataInLimit;
    }

    @Override
    public ByteBuffer allocateDataIn(int bytes) {
        Check.that(
                !taken && bytes <= dataInBytesMax,
                () -> bytes + " bytes of " + dataInBytesMax + " for data-in, taken: " + taken);
        taken = true;
        return ByteBuffer.allocateDirect(bytes);
    }

    @Override
    public boolean isAlone() {
        return true;
    }

    @Override
    public boolean isAborted() {
        return false;
    }

    @Override
    public void complete(CommandOutcome ending) {
        Check.that(outcome == null, "completed twice");
        Check.that(!(ending instanceof CommandOutcome.Deferred), "completed with no outcome");
        outcome = ending;
    }

    /** How it ended; null while it has not. */
    @Nullable CommandOutcome outcome() {
        return outcome;
    }
}
