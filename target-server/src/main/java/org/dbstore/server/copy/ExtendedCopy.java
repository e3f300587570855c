package org.dbstore.server.copy;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.CopyLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.UnitIdentity;
import org.dbstore.server.scsi.command.BackendSense;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * EXTENDED COPY(LID1) (SPC-4): block device to block device.
 *
 * <pre>
 * byte 0      LIST IDENTIFIER            byte 2..3   length of the device descriptors
 * byte 1      LIST ID USAGE (bits 4..3)  byte 8..11  length of the segment descriptors
 *                                        byte 12..15 length of inline data, 0
 * byte 16..   device descriptors of 32 bytes, type E4h: designator of the unit (LU ID TYPE is
 *             ignored, NUL obsolete)
 *             segment descriptors of 28 bytes, type 02h: which blocks to where
 * </pre>
 */
final class ExtendedCopy {
    private static final int HEADER_BYTES = 16;
    private static final int DEVICE_BYTES = 32;
    private static final int SEGMENT_BYTES = 28;
    private static final int IDENTIFICATION_DESCRIPTOR = 0xe4;
    private static final int BLOCK_TO_BLOCK = 0x02;
    private static final int USAGE_SHIFT = 3;
    private static final int USAGE_NONE = 3;
    private static final int DC = 0x02;
    private static final int THIS_UNIT = 0xffff;

    /**
     * What became of a copy.
     *
     * @param segments processed
     * @param bytes copied
     * @param status COPY MANAGER STATUS: 1 well, 2 with errors
     */
    record Result(int segments, long bytes, int status) {}

    private final CopyManager manager;
    private final ScsiTask task;
    private final Medium medium;
    private final CopyDevices devices;
    private final ByteBuffer list;
    private int deviceCount;
    private int segmentCount;

    ExtendedCopy(CopyManager manager, ScsiTask task, Medium medium, CopyDevices devices) {
        this.manager = manager;
        this.task = task;
        this.medium = medium;
        this.devices = devices;
        this.list = task.dataOut().slice();
    }

    /** Checks the whole list, then copies segment by segment. */
    CommandOutcome execute() {
        if (ScsiCommand.EXTENDED_COPY_LID1.length(task.cdb()) == 0) {
            return CommandOutcome.Good.GOOD;
        }
        CheckCondition wrong = check();
        return wrong != null ? wrong : copy();
    }

    private @Nullable CheckCondition check() {
        if (list.capacity() < HEADER_BYTES) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        int deviceBytes = Short.toUnsignedInt(list.getShort(2));
        long segmentBytes = Integer.toUnsignedLong(list.getInt(8));
        if (list.getInt(12) != 0) {
            return Sense.of(SenseCode.INLINE_DATA_LENGTH_EXCEEDED);
        }
        if (deviceBytes + segmentBytes > CopyLimits.DESCRIPTOR_BYTES_MAX
                || HEADER_BYTES + deviceBytes + segmentBytes > list.capacity()) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        deviceCount = deviceBytes / DEVICE_BYTES;
        if (deviceBytes % DEVICE_BYTES != 0) {
            return Sense.invalidParameter(2);
        }
        if (deviceCount > CopyLimits.DEVICES_MAX) {
            return Sense.of(SenseCode.TOO_MANY_TARGET_DESCRIPTORS);
        }
        for (int i = 0; i < deviceCount; i++) {
            int at = device(i);
            if (Byte.toUnsignedInt(list.get(at)) != IDENTIFICATION_DESCRIPTOR) {
                return Sense.of(SenseCode.UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE);
            }
        }
        return checkSegments((int) segmentBytes);
    }

    private @Nullable CheckCondition checkSegments(int bytes) {
        int end = device(deviceCount) + bytes;
        for (int at = device(deviceCount); at < end; at += SEGMENT_BYTES) {
            if (list.get(at) != BLOCK_TO_BLOCK) {
                return Sense.of(SenseCode.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE);
            }
            if (end - at < SEGMENT_BYTES || list.getShort(at + 2) != SEGMENT_BYTES - 4) {
                return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
            }
            if (++segmentCount > CopyLimits.SEGMENTS_MAX) {
                return Sense.of(SenseCode.TOO_MANY_SEGMENT_DESCRIPTORS);
            }
        }
        return null;
    }

    private static int device(int index) {
        return HEADER_BYTES + index * DEVICE_BYTES;
    }

    private CommandOutcome copy() {
        long bytes = 0;
        for (int i = 0; i < segmentCount; i++) {
            int at = device(deviceCount) + i * SEGMENT_BYTES;
            Medium from = resolve(Short.toUnsignedInt(list.getShort(at + 4)));
            Medium to = resolve(Short.toUnsignedInt(list.getShort(at + 6)));
            CommandOutcome failure;
            if (from == null || to == null) {
                failure = Sense.of(SenseCode.COPY_TARGET_DEVICE_NOT_REACHABLE);
            } else if (devices.refusal(from, false) != null || devices.refusal(to, true) != null) {
                failure = Sense.of(SenseCode.THIRD_PARTY_DEVICE_FAILURE);
            } else {
                failure = segment(at, from, to);
                bytes += segmentBytes(at, from, to);
            }
            if (failure != null) {
                keep(new Result(i, bytes, 2));
                return failure;
            }
        }
        keep(new Result(segmentCount, bytes, 1));
        return CommandOutcome.Good.GOOD;
    }

    private void keep(Result result) {
        if ((list.get(1) >>> USAGE_SHIFT & 3) != USAGE_NONE) {
            manager.keep(
                    new CopyManager.ListKey(task.nexus(), medium, Byte.toUnsignedLong(list.get(0))),
                    result);
        }
    }

    /** Finds the unit of a device descriptor; null also if there is no such descriptor. */
    private @Nullable Medium resolve(int index) {
        if (index == THIS_UNIT) {
            return medium;
        }
        if (index >= deviceCount) {
            return null;
        }
        int at = device(index);
        boolean isNaa = (list.get(at + 4) & 0x0f) == 1 && (list.get(at + 5) & 0x3f) == 3;
        if (!isNaa || list.get(at + 7) != UnitIdentity.NAA_BYTES) {
            return null;
        }
        byte[] naa = new byte[UnitIdentity.NAA_BYTES];
        list.get(at + 8, naa);
        return devices.find(naa);
    }

    private long segmentBytes(int at, Medium from, Medium to) {
        long blocks = Short.toUnsignedLong(list.getShort(at + 10));
        return ((list.get(at + 1) & DC) != 0 ? to : from).bytes(blocks);
    }

    private @Nullable CommandOutcome segment(int at, Medium from, Medium to) {
        long bytes = segmentBytes(at, from, to);
        long source = list.getLong(at + 12);
        long target = list.getLong(at + 20);
        boolean whole =
                from.bytes(from.wholeBlocks(bytes)) == bytes
                        && to.bytes(to.wholeBlocks(bytes)) == bytes;
        if (!whole
                || !from.holds(source, from.wholeBlocks(bytes))
                || !to.holds(target, to.wholeBlocks(bytes))) {
            return Sense.of(SenseCode.COPY_ABORTED);
        }
        try {
            CopyEngine.Progress progress =
                    CopyEngine.copy(
                            from,
                            from.bytes(source),
                            to,
                            to.bytes(target),
                            bytes,
                            () -> !task.isAborted());
            CopyEngine.settle(to, progress.uncommitted());
            return progress.bytes() == bytes ? null : Sense.of(SenseCode.COMMAND_ABORTED);
        } catch (BackendException e) {
            return BackendSense.ofWrite(e);
        } catch (IndexOutOfBoundsException e) { // one of the volumes has become smaller
            return Sense.of(SenseCode.COPY_ABORTED);
        }
    }
}
