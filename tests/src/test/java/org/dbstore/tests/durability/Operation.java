package org.dbstore.tests.durability;

import org.dbstore.tests.support.Cdb;

import java.nio.ByteBuffer;

/**
 * One command of the load.
 *
 * @param number 1 and up, in the order in which they were made up; sectors are stamped with it
 * @param volume index of the volume
 * @param lba first block; 0 for {@link Kind#SYNCHRONIZE}
 * @param blocks how many; 0 for {@link Kind#SYNCHRONIZE}
 */
record Operation(long number, int volume, Kind kind, long lba, int blocks) {
    /** What the command does. */
    enum Kind {
        READ('R', false, false),
        WRITE('W', true, false),
        WRITE_FUA('F', true, false),
        WRITE_SAME('S', true, false),
        /** WRITE SAME of zeroes with the UNMAP bit. */
        WRITE_SAME_UNMAP('Z', true, true),
        UNMAP('U', true, true),
        SYNCHRONIZE('C', false, false);

        private final char letter;
        private final boolean changes;
        private final boolean zeroes;

        Kind(char letter, boolean changes, boolean zeroes) {
            this.letter = letter;
            this.changes = changes;
            this.zeroes = zeroes;
        }

        /** The kind of a letter. */
        static Kind of(char letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no operation " + letter);
        }

        /** How it stands in a journal: one ASCII letter. */
        char letter() {
            return letter;
        }

        /** Whether blocks may read otherwise afterwards. */
        boolean changes() {
            return changes;
        }

        /** Whether blocks read as zeroes afterwards. */
        boolean zeroes() {
            return zeroes;
        }
    }

    private static final int FORCE_UNIT_ACCESS = 0x08;
    private static final int UNMAP_BIT = 0x08;
    private static final int UNMAP_PARAMETER_BYTES = 24;

    /** What {@link Sectors#operationOf} says of a sector that this operation wrote last. */
    long stamp() {
        return kind.zeroes() ? Sectors.ZERO : number;
    }

    /** The command; of READ and WRITE both lengths are used. */
    byte[] cdb() {
        boolean ten = (number & 1) == 0;
        return switch (kind) {
            case READ -> ten ? Cdb.read10(lba, blocks) : Cdb.read16(lba, blocks);
            case WRITE -> ten ? Cdb.write10(lba, blocks) : Cdb.write16(lba, blocks);
            case WRITE_FUA -> {
                byte[] cdb = ten ? Cdb.write10(lba, blocks) : Cdb.write16(lba, blocks);
                cdb[1] |= FORCE_UNIT_ACCESS;
                yield cdb;
            }
            case WRITE_SAME -> Cdb.writeSame16(lba, blocks);
            case WRITE_SAME_UNMAP -> {
                byte[] cdb = Cdb.writeSame16(lba, blocks);
                cdb[1] |= UNMAP_BIT;
                yield cdb;
            }
            case UNMAP -> Cdb.unmap(UNMAP_PARAMETER_BYTES);
            case SYNCHRONIZE -> Cdb.synchronizeCache10();
        };
    }

    /** What goes to the target. */
    byte[] dataOut() {
        return switch (kind) {
            case READ, SYNCHRONIZE -> new byte[0];
            case WRITE, WRITE_FUA -> {
                ByteBuffer data = ByteBuffer.allocate(blocks * Sectors.BYTES);
                for (int i = 0; i < blocks; i++) {
                    Sectors.put(data, number, lba + i);
                }
                yield data.array();
            }
            case WRITE_SAME -> {
                ByteBuffer data = ByteBuffer.allocate(Sectors.BYTES);
                Sectors.put(data, number, Sectors.ANYWHERE);
                yield data.array();
            }
            case WRITE_SAME_UNMAP -> new byte[Sectors.BYTES];
            case UNMAP ->
                    ByteBuffer.allocate(UNMAP_PARAMETER_BYTES)
                            .putShort((short) (UNMAP_PARAMETER_BYTES - 2))
                            .putShort((short) 16)
                            .putInt(0)
                            .putLong(lba)
                            .putInt(blocks)
                            .array();
        };
    }

    /** How many bytes come from the target. */
    int dataInBytes() {
        return kind == Kind.READ ? blocks * Sectors.BYTES : 0;
    }
}
