package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ModeSettings;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.dbstore.server.scsi.page.ModePages;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/**
 * MODE SELECT(6) and (10) (SPC-4). The list is checked as a whole before anything changes: every
 * parameter but those that can be changed has to be as it is.
 */
public final class ModeSelectCommand {
    private static final int PF = 0x10;
    private static final int SP = 0x01;
    private static final int LONGLBA = 0x01;
    private static final int SPF = 0x40;
    private static final int PAGE_CODE_MASK = 0x3f;
    private static final int PAGE_HEADER_BYTES = 2;
    private static final int SHORT_DESCRIPTOR_BYTES = 8;
    private static final int LONG_DESCRIPTOR_BYTES = 16;
    private static final long ALL_BLOCKS = 0xffff_ffffL;
    private static final int BLOCK_LENGTH_MASK = 0xff_ffff;

    private final Medium medium;
    private final ByteBuffer list;
    private final boolean ten;
    private ModeSettings.Values values;

    private ModeSelectCommand(Medium medium, ByteBuffer list, boolean ten) {
        this.medium = medium;
        this.list = list;
        this.ten = ten;
        this.values = medium.modes().current();
    }

    /**
     * Executes either.
     *
     * @param tellOthers raises a unit attention for the other nexuses
     * @throws BackendException if the cache could not be written before it is switched off, or the
     *     pages could not be saved
     */
    public static CommandOutcome execute(
            ScsiTask task, ScsiCommand command, Medium medium, Consumer<SenseCode> tellOthers)
            throws BackendException {
        int flags = task.cdb().get(1);
        boolean save = (flags & SP) != 0;
        if (save && !medium.modes().canSave()) {
            return Sense.invalidCdbField(1, 0);
        }
        long announced = command.length(task.cdb());
        if (announced == 0) {
            return CommandOutcome.Good.GOOD;
        }
        if ((flags & PF) == 0) {
            return Sense.invalidCdbField(1, 4);
        }
        ByteBuffer list = task.dataOut().slice();
        if (list.capacity() < announced) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        var select = new ModeSelectCommand(medium, list, command == ScsiCommand.MODE_SELECT_10);
        CheckCondition wrong = select.parse();
        return wrong != null ? wrong : select.apply(save, tellOthers);
    }

    private CommandOutcome apply(boolean save, Consumer<SenseCode> tellOthers)
            throws BackendException {
        ModeSettings.Values before = medium.modes().current();
        medium.modes().change(values, save);
        if (before.writeBack() && !values.writeBack()) {
            medium.volume().flush(); // from now on GOOD means durable: also what was said before
        }
        if (!before.equals(values)) {
            tellOthers.accept(SenseCode.MODE_PARAMETERS_CHANGED);
        }
        return CommandOutcome.Good.GOOD;
    }

    private @Nullable CheckCondition parse() {
        int header = ten ? 8 : 4;
        if (list.capacity() < header) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        int mediumType = ten ? 2 : 1;
        if (list.get(mediumType) != 0) {
            return Sense.invalidParameter(mediumType);
        }
        boolean isLong = ten && (list.get(4) & LONGLBA) != 0;
        int descriptor =
                ten ? Short.toUnsignedInt(list.getShort(6)) : Byte.toUnsignedInt(list.get(3));
        if (descriptor != 0
                && descriptor != (isLong ? LONG_DESCRIPTOR_BYTES : SHORT_DESCRIPTOR_BYTES)) {
            return Sense.invalidParameter(ten ? 6 : 3);
        }
        if (header + descriptor > list.capacity()) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        CheckCondition wrong = descriptor == 0 ? null : checkDescriptor(header, isLong);
        return wrong != null ? wrong : parsePages(header + descriptor);
    }

    private @Nullable CheckCondition checkDescriptor(int at, boolean isLong) {
        long blocks = isLong ? list.getLong(at) : Integer.toUnsignedLong(list.getInt(at));
        boolean all =
                blocks == medium.blockCount()
                        || blocks == 0
                        || blocks == (isLong ? -1 : ALL_BLOCKS);
        int lengthAt = at + (isLong ? 12 : 4);
        int length = list.getInt(lengthAt) & (isLong ? -1 : BLOCK_LENGTH_MASK);
        if (!all) {
            return Sense.invalidParameter(at);
        }
        return length == medium.blockBytes() ? null : Sense.invalidParameter(lengthAt);
    }

    private @Nullable CheckCondition parsePages(int first) {
        int at = first;
        while (at < list.capacity()) {
            int code = list.get(at) & PAGE_CODE_MASK;
            List<byte[]> present = ModePages.select(medium, ModePages.CURRENT, code);
            if ((list.get(at) & SPF) != 0 || present.size() != 1) {
                return Sense.invalidParameter(at);
            }
            byte[] current = present.getFirst();
            if (at + PAGE_HEADER_BYTES > list.capacity()) {
                return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
            }
            if (list.get(at + 1) != current[1]) {
                return Sense.invalidParameter(at + 1);
            }
            if (at + current.length > list.capacity()) {
                return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
            }
            byte[] wanted = new byte[current.length];
            list.get(at, wanted);
            byte[] changeable = ModePages.select(medium, ModePages.CHANGEABLE, code).getFirst();
            for (int i = PAGE_HEADER_BYTES; i < wanted.length; i++) {
                if (((wanted[i] ^ current[i]) & ~changeable[i]) != 0) {
                    return Sense.invalidParameter(at + i);
                }
            }
            values = ModePages.valuesOf(wanted, values);
            at += current.length;
        }
        return null;
    }
}
