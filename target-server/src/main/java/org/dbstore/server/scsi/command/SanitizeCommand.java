package org.dbstore.server.scsi.command;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.Sanitation;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;

/**
 * SANITIZE (SBC-3): overwrites or erases the whole unit, and makes that durable. No task management
 * function stops it. Snapshots are other units: what they hold stays.
 */
public final class SanitizeCommand {
    private static final Logger LOG = LogManager.getLogger(SanitizeCommand.class);
    private static final int IMMED = 0x80;
    private static final int AUSE = 0x20;
    private static final int LIST_HEADER_BYTES = 4;
    private static final int INVERT = 0x80;
    private static final int TEST_MASK = 0x60;
    private static final int COUNT_MASK = 0x1f;

    /** How much is erased in one step. */
    private static final long ERASE_BYTES = 1L << 30;

    /** Does it to the whole unit. */
    @FunctionalInterface
    private interface Work {
        void run() throws BackendException;
    }

    private SanitizeCommand() {}

    /** Executes a service action; runs in the pool. */
    public static CommandOutcome execute(ScsiTask task, ScsiCommand command, Medium medium)
            throws BackendException {
        return switch (command) {
            case SANITIZE_OVERWRITE -> overwrite(task, medium);
            case SANITIZE_BLOCK_ERASE ->
                    task.cdb().getShort(7) == 0
                            ? run(task, medium, () -> erase(medium))
                            : Sense.invalidCdbField(7);
            case SANITIZE_EXIT_FAILURE_MODE -> {
                if (task.cdb().getShort(7) != 0) {
                    yield Sense.invalidCdbField(7);
                }
                yield medium.sanitation().giveUp()
                        ? CommandOutcome.Good.GOOD
                        : Sense.invalidCdbField(1, 4);
            }
            default -> throw new IllegalArgumentException(command.name());
        };
    }

    private static CommandOutcome overwrite(ScsiTask task, Medium medium) throws BackendException {
        ByteBuffer list = task.dataOut().slice();
        int announced = (int) ScsiCommand.SANITIZE_OVERWRITE.length(task.cdb());
        int patternBytes = announced - LIST_HEADER_BYTES;
        if (patternBytes <= 0 || patternBytes > medium.blockBytes()) {
            return Sense.invalidCdbField(7);
        }
        int flags = list.capacity() < announced ? 0 : list.get(0);
        int count = flags & COUNT_MASK;
        if ((flags & TEST_MASK) != 0 || count == 0 || list.getShort(2) != patternBytes) {
            return Sense.invalidCdbField(7); // SBC-3 counts the list among the fields of the CDB
        }
        byte[] block = new byte[medium.blockBytes()];
        for (int i = 0; i < block.length; i++) {
            block[i] = list.get(LIST_HEADER_BYTES + i % patternBytes);
        }
        boolean inverts = (flags & INVERT) != 0;
        return run(
                task,
                medium,
                () -> {
                    for (int pass = 0; pass < count; pass++) {
                        // With INVERT, every second pass, so that the last one is the pattern.
                        boolean inverted = inverts && (count - pass) % 2 == 0;
                        overwrite(medium, block, inverted ? 0xff : 0, pass, count);
                    }
                });
    }

    private static void overwrite(Medium medium, byte[] block, int mask, int pass, int passes)
            throws BackendException {
        ByteBuffer pattern = Scratch.take(Scratch.BYTES);
        while (pattern.hasRemaining()) {
            for (byte each : block) {
                pattern.put((byte) (each ^ mask));
            }
        }
        long size = medium.volume().sizeBytes();
        for (long at = 0; at < size; at += Scratch.BYTES) {
            pattern.clear().limit((int) Math.min(Scratch.BYTES, size - at));
            medium.volume().write(at, pattern);
            medium.sanitation().at(pass * size + at, passes * size);
        }
        medium.volume().flush();
    }

    private static void erase(Medium medium) throws BackendException {
        long size = medium.volume().sizeBytes();
        for (long at = 0; at < size; at += ERASE_BYTES) {
            medium.volume().writeZeroes(at, Math.min(ERASE_BYTES, size - at));
            medium.sanitation().at(at, size);
        }
        medium.volume().flush();
    }

    private static CommandOutcome run(ScsiTask task, Medium medium, Work work)
            throws BackendException {
        int flags = task.cdb().get(1);
        Sanitation sanitation = medium.sanitation();
        if (!sanitation.begin((flags & AUSE) != 0)) {
            return Sense.of(SenseCode.SANITIZE_IN_PROGRESS);
        }
        return (flags & IMMED) == 0
                ? finish(medium, work)
                : new CommandOutcome.GoodAhead(() -> finish(medium, work));
    }

    private static CommandOutcome finish(Medium medium, Work work) {
        boolean well = false;
        try {
            medium.ranges()
                    .changeAlone(
                            0,
                            medium.volume().sizeBytes(),
                            () -> {
                                work.run();
                                return CommandOutcome.Good.GOOD;
                            });
            well = true;
            return CommandOutcome.Good.GOOD;
        } catch (BackendException e) {
            LOG.error("SANITIZE of {} failed: {}", medium.volume().name(), e.getMessage(), e);
            return Sense.of(SenseCode.SANITIZE_COMMAND_FAILED);
        } finally {
            medium.sanitation().end(well);
        }
    }
}
