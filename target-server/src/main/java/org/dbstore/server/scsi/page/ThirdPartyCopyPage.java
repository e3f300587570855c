package org.dbstore.server.scsi.page;

import org.dbstore.server.scsi.CopyLimits;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Third-party Copy VPD page (SPC-4): what copy commands there are and what they may ask for.
 */
final class ThirdPartyCopyPage {
    private static final int BLOCK_DEVICE_ROD_LIMITS = 0x0000;
    private static final int SUPPORTED_COMMANDS = 0x0001;
    private static final int PARAMETER_DATA = 0x0004;
    private static final int SUPPORTED_DESCRIPTORS = 0x0008;

    private ThirdPartyCopyPage() {}

    /** Builds the descriptors, the one that Windows wants first first. */
    static byte[] build(Medium medium) {
        var all = new ByteArrayOutputStream();
        ByteBuffer rod = ByteBuffer.allocate(32);
        rod.putShort(6, (short) CopyLimits.RANGES_MAX);
        rod.putInt(8, CopyLimits.TOKEN_SECONDS_MAX).putInt(12, CopyLimits.TOKEN_SECONDS_DEFAULT);
        rod.putLong(16, medium.wholeBlocks(CopyLimits.TOKEN_BYTES_MAX));
        rod.putLong(24, medium.wholeBlocks(CopyLimits.TOKEN_BYTES_OPTIMAL));
        append(all, BLOCK_DEVICE_ROD_LIMITS, rod.array());
        append(all, SUPPORTED_COMMANDS, commands());
        ByteBuffer parameters = ByteBuffer.allocate(24);
        parameters.putShort(4, (short) CopyLimits.DEVICES_MAX);
        parameters.putShort(6, (short) CopyLimits.SEGMENTS_MAX);
        parameters.putInt(8, CopyLimits.DESCRIPTOR_BYTES_MAX);
        append(all, PARAMETER_DATA, parameters.array());
        append(all, SUPPORTED_DESCRIPTORS, new byte[] {2, 0x02, (byte) 0xe4});
        return all.toByteArray();
    }

    /** For each operation code: how many service actions, and which. */
    private static byte[] commands() {
        Map<Integer, ByteArrayOutputStream> actions = new TreeMap<>();
        for (ScsiCommand command : ScsiCommand.values()) {
            if (command.operationCode() == 0x83 || command.operationCode() == 0x84) {
                actions.computeIfAbsent(
                                command.operationCode(), code -> new ByteArrayOutputStream())
                        .write(command.serviceAction());
            }
        }
        var list = new ByteArrayOutputStream();
        actions.forEach((code, each) -> {
            list.write(code);
            list.write(each.size());
            list.writeBytes(each.toByteArray());
        });
        var counted = new ByteArrayOutputStream();
        counted.write(list.size());
        counted.writeBytes(list.toByteArray());
        return counted.toByteArray();
    }

    private static void append(ByteArrayOutputStream all, int type, byte[] contents) {
        int padded = Math.ceilDiv(contents.length, 4) * 4;
        all.writeBytes(
                ByteBuffer.allocate(4 + padded)
                        .putShort((short) type)
                        .putShort((short) padded)
                        .put(contents)
                        .array());
    }
}
