package org.dbstore.server.metrics;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** A command whose times the test decides. */
final class FakeCommand extends MeasuredCommand {
    private final ByteBuffer cdb = ByteBuffer.allocate(16);
    private final int tag;

    FakeCommand(int tag) {
        this.tag = tag;
    }

    /** READ(10) of blocks, received at a time and ended later. */
    static FakeCommand read(int lba, int blocks, long receivedNanos, long endedNanos) {
        FakeCommand command = new FakeCommand(lba);
        command.cdb.put(0, (byte) 0x28).putInt(2, lba).putShort(7, (short) blocks);
        command.markReceived(receivedNanos);
        command.measureAs(Kind.READ, null);
        command.markEnded(0, 0, blocks * 512L);
        command.endedNanos = endedNanos;
        return command;
    }

    FakeCommand of(Kind kind, @Nullable UnitMeter meter) {
        measureAs(kind, meter);
        return this;
    }

    FakeCommand fails(int status, int sense) {
        this.status = status;
        this.sense = sense;
        this.dataBytes = 0;
        return this;
    }

    /** Its times, if its answer is sent then. */
    CommandTimes times(long sentNanos) {
        return new CommandTimes().of(this, sentNanos);
    }

    @Override
    public ByteBuffer cdb() {
        return cdb;
    }

    @Override
    public long lun() {
        return 1L << 48;
    }

    @Override
    public int tag() {
        return tag;
    }

    @Override
    public int sequenceNumber() {
        return tag + 1;
    }

    @Override
    protected int flags() {
        return 0xc1;
    }

    @Override
    public long expectedDataBytes() {
        return 512;
    }
}
