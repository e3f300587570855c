package org.dbstore.server.scsi;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A command as a transport would hand it over: checks that it ends once and takes one buffer. */
public final class FakeTask implements ScsiTask {
    public static final Nexus NEXUS_A =
            new Nexus("iqn.2026-01.org.example:a", 0x400001370000L, "iqn.2026-01.org.dbstore:t", 1);
    public static final Nexus NEXUS_B =
            new Nexus("iqn.2026-01.org.example:b", 0x400001370000L, "iqn.2026-01.org.dbstore:t", 1);

    private boolean alone;
    private boolean extendedFunctions;
    private final ByteBuffer cdb = ByteBuffer.allocate(16);
    private Nexus nexus = NEXUS_A;
    private long lun;
    private long dataInLimit = Long.MAX_VALUE;
    private byte[] dataOut = {};
    private ByteBuffer collected = ByteBuffer.allocateDirect(0);
    private int admittedDataIn = -1;
    private boolean taken;

    public volatile boolean aborted;
    private volatile @Nullable CommandOutcome outcome;

    private FakeTask() {}

    /** A command by its CDB, in hexadecimal with or without blanks; LUN 0, nexus A. */
    public static FakeTask cdb(String hex) {
        var task = new FakeTask();
        task.cdb.put(0, HexFormat.of().parseHex(hex.replace(" ", "")));
        return task;
    }

    public FakeTask lun(int number) {
        return rawLun((long) number << 48);
    }

    public FakeTask rawLun(long field) {
        lun = field;
        return this;
    }

    public FakeTask by(Nexus initiator) {
        nexus = initiator;
        return this;
    }

    /** What the initiator sends; its length is also what it announces. */
    public FakeTask sending(byte[] data) {
        dataOut = data;
        return this;
    }

    /** What the initiator announces that it takes. */
    public FakeTask taking(long bytes) {
        dataInLimit = bytes;
        return this;
    }

    /** Collects the data-out, as a transport does after the admission. */
    public void collect(int dataOutBytes, int dataInBytes) {
        int length = Math.min(dataOutBytes, dataOut.length);
        // Not at position 0, as in a receive buffer.
        collected = ByteBuffer.allocateDirect(64 + length);
        collected.put(64, dataOut, 0, length).position(64);
        admittedDataIn = dataInBytes;
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
        return dataOut.length;
    }

    @Override
    public long dataInLimitBytes() {
        return dataInLimit;
    }

    @Override
    public ByteBuffer allocateDataIn(int bytes) {
        if (taken || bytes > admittedDataIn) {
            throw new AssertionError(bytes + " of " + admittedDataIn + ", taken: " + taken);
        }
        taken = true;
        return ByteBuffer.allocateDirect(bytes);
    }

    @Override
    public boolean isAlone() {
        return alone;
    }

    /** Nothing else is under way. */
    public FakeTask alone() {
        alone = true;
        return this;
    }

    /** Whether the session has agreed on the functions of RFC 7144. */
    public FakeTask extendedFunctions(boolean has) {
        extendedFunctions = has;
        return this;
    }

    @Override
    public boolean hasExtendedFunctions() {
        return extendedFunctions;
    }

    @Override
    public boolean isAborted() {
        return aborted;
    }

    @Override
    public synchronized void complete(CommandOutcome ending) {
        if (outcome != null || ending instanceof CommandOutcome.Deferred) {
            throw new AssertionError("completed twice, or with no outcome: " + ending);
        }
        outcome = ending;
    }

    /** How it ended; null while it has not. */
    public @Nullable CommandOutcome outcome() {
        return outcome;
    }
}
