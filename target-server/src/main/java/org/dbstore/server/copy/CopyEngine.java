package org.dbstore.server.copy;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Volume;
import org.dbstore.backend.VolumeContents;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.command.Scratch;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;

/**
 * The one place that copies from unit to unit: what is not stored in the source is unmapped in the
 * destination, the rest is copied on the device if both are on one, or goes through the thread's
 * buffer.
 */
final class CopyEngine {
    private CopyEngine() {}

    /**
     * How far a copy came.
     *
     * @param bytes copied from the beginning of the range; of an overlapping range copied backwards
     *     0 unless it is complete
     * @param uncommitted as the engine said of the writes
     */
    record Progress(long bytes, boolean uncommitted) {}

    /**
     * Copies bytes. Ranges of one unit may overlap.
     *
     * @param goesOn asked after each piece was read, before it is written: false ends the copy
     * @throws BackendException of either unit
     */
    static Progress copy(
            Medium from, long source, Medium to, long target, long bytes, BooleanSupplier goesOn)
            throws BackendException {
        boolean overlaps = from.isSame(to) && Math.abs(target - source) < bytes;
        boolean backwards = overlaps && target > source;
        boolean uncommitted = false;
        long done = 0;
        while (done < bytes) {
            long piece = Math.min(Scratch.BYTES, bytes - done);
            long at = backwards ? bytes - done - piece : done;
            if (!backwards) {
                VolumeContents.Run run = from.volume().runAt(source + at);
                if (!run.mapped()) {
                    piece = Math.min(run.lengthBytes(), bytes - done);
                    if (!goesOn.getAsBoolean()) {
                        return new Progress(done, uncommitted);
                    }
                    uncommitted |= zero(to, target + at, piece);
                    done += piece;
                    continue;
                }
                piece = Math.min(piece, run.lengthBytes());
                if (!goesOn.getAsBoolean()) {
                    return new Progress(done, uncommitted);
                }
                Volume.Copied copied =
                        overlaps
                                ? new Volume.Copied(0, false)
                                : copyOnDevice(from, source + at, to, target + at, piece);
                uncommitted |= copied.uncommitted();
                if (copied.bytes() > 0) {
                    if (!goesOn.getAsBoolean()) { // what was copied may be newer than it should be
                        return new Progress(done, uncommitted);
                    }
                    done += copied.bytes();
                    continue;
                }
            }
            ByteBuffer buffer = Scratch.take((int) piece);
            from.volume().read(source + at, buffer);
            if (!goesOn.getAsBoolean()) {
                return new Progress(backwards ? 0 : done, uncommitted);
            }
            uncommitted |= write(to, target + at, buffer.flip());
            done += piece;
        }
        return new Progress(done, uncommitted);
    }

    /** Makes a range read as zeroes. */
    static boolean zero(Medium to, long target, long bytes) throws BackendException {
        boolean[] uncommitted = new boolean[1];
        to.ranges()
                .change(
                        target,
                        bytes,
                        () -> {
                            uncommitted[0] = to.volume().writeZeroes(target, bytes);
                            return CommandOutcome.Good.GOOD;
                        });
        return uncommitted[0];
    }

    private static Volume.Copied copyOnDevice(
            Medium from, long source, Medium to, long target, long bytes) throws BackendException {
        Volume.Copied[] copied = new Volume.Copied[] {new Volume.Copied(0, false)};
        to.ranges()
                .change(
                        target,
                        bytes,
                        () -> {
                            copied[0] = to.volume().copyFrom(from.volume(), source, target, bytes);
                            return CommandOutcome.Good.GOOD;
                        });
        return copied[0];
    }

    private static boolean write(Medium to, long target, ByteBuffer data) throws BackendException {
        boolean[] uncommitted = new boolean[1];
        to.ranges()
                .change(
                        target,
                        data.remaining(),
                        () -> {
                            uncommitted[0] = to.volume().write(target, data);
                            return CommandOutcome.Good.GOOD;
                        });
        return uncommitted[0];
    }

    /** Makes a copy as durable as a WRITE of its destination would be. */
    static void settle(Medium to, boolean uncommitted) throws BackendException {
        if (uncommitted || !to.isWriteBack()) {
            to.volume().flush();
        }
    }
}
