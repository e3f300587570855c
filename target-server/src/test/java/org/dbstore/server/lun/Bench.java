package org.dbstore.server.lun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.server.scsi.AccessState;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.FakeTask;
import org.dbstore.server.scsi.MemoryVolume;
import org.dbstore.server.scsi.SpaceGauge;
import org.dbstore.server.scsi.StateStore;
import org.dbstore.server.scsi.TargetPortGroups;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;

/** A target of one LUN on a volume in memory, to be asked in CDBs. */
public final class Bench {
    public static final long SIZE_BYTES = 64L << 20;
    public static final UUID IDENTITY = UUID.fromString("fdd611f6-04c1-84f1-992a-1ac865180ede");

    public final MemoryVolume volume;
    public final LogicalUnit unit;
    public final LunMap luns;

    /** Two, active/optimized; initiators may change that. */
    public final TargetPortGroups portGroups =
            new TargetPortGroups(
                    Map.of(1, AccessState.ACTIVE_OPTIMIZED, 2, AccessState.ACTIVE_OPTIMIZED), true);

    /** What waits in the pool, if {@link #poolHolds}. */
    public final Queue<Runnable> waiting = new ArrayDeque<>();

    public boolean poolHolds;
    public boolean poolIsFull;
    private final CommandDispatcher dispatcher = new CommandDispatcher(this::submit, this::submit);

    public Bench() {
        this(SIZE_BYTES, 512, false, false);
    }

    public Bench(long sizeBytes, int blockBytes, boolean writeBack, boolean readOnly) {
        this(sizeBytes, blockBytes, writeBack, readOnly, StateStore.NONE);
    }

    public Bench(
            long sizeBytes, int blockBytes, boolean writeBack, boolean readOnly, StateStore store) {
        volume = new MemoryVolume(sizeBytes);
        var settings = new LogicalUnit.Settings(blockBytes, 4096, writeBack, IDENTITY);
        unit = unit(volume, settings, store).mapping(readOnly);
        var units = new TreeMap<Integer, LogicalUnit>();
        units.put(0, unit);
        luns = new LunMap(units, portGroups);
    }

    /** 40 MiB free, 3 MiB and a byte used. */
    public static final SpaceGauge GAUGE =
            new SpaceGauge() {
                @Override
                public long freeBytes() {
                    return 40 << 20;
                }

                @Override
                public long usedBytes() {
                    return (3 << 20) + 1;
                }
            };

    /** A unit whose store keeps nothing. */
    public static LogicalUnit unit(Volume volume, LogicalUnit.Settings settings) {
        return unit(volume, settings, StateStore.NONE);
    }

    /** A unit whose store can be read. */
    public static LogicalUnit unit(Volume volume, LogicalUnit.Settings settings, StateStore store) {
        try {
            return new LogicalUnit(volume, settings, store, GAUGE);
        } catch (BackendException e) {
            throw new AssertionError(e);
        }
    }

    private void submit(Runnable step) {
        if (poolIsFull) {
            throw new RejectedExecutionException();
        }
        if (poolHolds) {
            waiting.add(step);
        } else {
            step.run();
        }
    }

    /** Runs a command as far as it goes. */
    public @Nullable CommandOutcome run(FakeTask task) {
        return run(task, luns);
    }

    /** Runs a command as far as it goes, against other units. */
    public @Nullable CommandOutcome run(FakeTask task, LunMap map) {
        switch (dispatcher.admit(task, map)) {
            case CommandDispatcher.Admission.Refused(var outcome) -> task.complete(outcome);
            case CommandDispatcher.Admission.Admitted admitted -> {
                task.collect(admitted.dataOutBytes(), admitted.dataInBytes());
                dispatcher.execute(task, map, admitted);
            }
        }
        return task.outcome();
    }

    /** The last time that the medium took to make something durable. */
    public void committedIn(long nanos) {
        unit.medium().pace().took(nanos);
    }

    /** Asks only the gate. */
    public CommandDispatcher.Admission admit(FakeTask task) {
        return admit(task, luns);
    }

    /** Asks only the gate, of other units. */
    public CommandDispatcher.Admission admit(FakeTask task, LunMap map) {
        return dispatcher.admit(task, map);
    }

    /** Runs a command that has to end with GOOD and no data. */
    public void good(FakeTask task) {
        assertEquals(CommandOutcome.Good.GOOD, describe(run(task)));
    }

    /** Runs a command that has to end with GOOD and data. */
    public byte[] data(FakeTask task) {
        return bytes(dataIn(task, luns).data());
    }

    /** Runs a command that has to end with GOOD and data, against other units. */
    public CommandOutcome.DataIn dataIn(FakeTask task, LunMap map) {
        return assertInstanceOf(CommandOutcome.DataIn.class, describe(run(task, map)));
    }

    /** Runs a command that has to end with data, and returns them in hexadecimal. */
    public String hex(FakeTask task) {
        return HexFormat.of().formatHex(data(task));
    }

    /** Runs a command that has to end with CHECK CONDITION, and returns "key/asc/ascq". */
    public String check(FakeTask task) {
        byte[] sense = sense(task);
        return String.format("%02x/%02x/%02x", sense[2], sense[12], sense[13]);
    }

    /** Runs a command that has to end with CHECK CONDITION, and returns its sense data. */
    public byte[] sense(FakeTask task) {
        return assertInstanceOf(CommandOutcome.CheckCondition.class, describe(run(task))).sense();
    }

    /** Makes a wrong outcome readable in a failed assertion. */
    private static CommandOutcome describe(@Nullable CommandOutcome outcome) {
        assertNotNull(outcome, "not completed");
        return outcome;
    }

    public static byte[] bytes(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(data.position(), bytes);
        return bytes;
    }

    /** {@code length} bytes of a value. */
    public static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
