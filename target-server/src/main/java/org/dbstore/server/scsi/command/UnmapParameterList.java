package org.dbstore.server.scsi.command;

import org.dbstore.server.scsi.BlockLimits;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * The parameter list of UNMAP (SBC-3, "UNMAP parameter list").
 *
 * <pre>
 * byte 0..1   UNMAP DATA LENGTH (n - 1 for a list that ends with byte n)
 * byte 2..3   UNMAP BLOCK DESCRIPTOR DATA LENGTH; what is no whole descriptor is ignored
 * byte 8..    descriptors: 8 bytes LBA, 4 bytes NUMBER OF LOGICAL BLOCKS, 4 reserved
 * </pre>
 */
final class UnmapParameterList {
    private static final int HEADER_BYTES = 8;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int DATA_LENGTH_EXCLUDES = 2;

    private final ByteBuffer list;
    private final int count;

    /**
     * Wraps a list.
     *
     * @param dataOut position to limit
     */
    UnmapParameterList(ByteBuffer dataOut) {
        list = dataOut.slice();
        count = list.capacity() < HEADER_BYTES ? 0 : descriptorBytes() / DESCRIPTOR_BYTES;
    }

    /** Number of descriptors; they are there if {@link #check} found nothing. */
    int count() {
        return count;
    }

    /**
     * First block of a descriptor.
     *
     * @param index 0..{@link #count} - 1
     */
    long lba(int index) {
        return list.getLong(HEADER_BYTES + index * DESCRIPTOR_BYTES);
    }

    /**
     * Number of blocks of a descriptor.
     *
     * @param index 0..{@link #count} - 1
     */
    long blocks(int index) {
        return Integer.toUnsignedLong(list.getInt(HEADER_BYTES + index * DESCRIPTOR_BYTES + 8));
    }

    /**
     * Checks the whole list, so that a bad one changes nothing.
     *
     * @return what is wrong with it; null if nothing is
     */
    @Nullable CheckCondition check(Medium medium) {
        if (list.capacity() < HEADER_BYTES || HEADER_BYTES + descriptorBytes() > list.capacity()) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        int dataLength = Short.toUnsignedInt(list.getShort(0));
        if (dataLength + DATA_LENGTH_EXCLUDES < HEADER_BYTES + descriptorBytes()) {
            return Sense.invalidParameter(0); // the two lengths contradict each other
        }
        if (count > BlockLimits.UNMAP_DESCRIPTORS_MAX) {
            return Sense.invalidParameter(2);
        }
        long blocks = 0;
        for (int i = 0; i < count; i++) {
            if (!medium.holds(lba(i), blocks(i))) {
                return Sense.of(SenseCode.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, lba(i));
            }
            blocks += blocks(i);
            if (blocks > BlockLimits.UNMAP_BLOCKS_MAX) {
                return Sense.invalidParameter(HEADER_BYTES + i * DESCRIPTOR_BYTES + 8);
            }
        }
        return null;
    }

    private int descriptorBytes() {
        return Short.toUnsignedInt(list.getShort(2));
    }
}
