package org.dbstore.server.scsi.command;

import org.dbstore.backend.BackendException;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;

import java.nio.ByteBuffer;

/**
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-4). The only page is that of the supported
 * pages; every self-test reads the first and the last block.
 */
public final class DiagnosticCommand {
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int PAGE_HEADER_BYTES = 4;
    private static final int SELF_TEST = 0x04;
    private static final int SELF_TEST_CODE_SHIFT = 5;
    private static final int ABORT_BACKGROUND_TEST = 4;

    private DiagnosticCommand() {}

    /** Executes RECEIVE DIAGNOSTIC RESULTS. */
    public static CommandOutcome receive(ScsiTask task) {
        if (task.cdb().get(2) != SUPPORTED_PAGES) {
            return Sense.invalidCdbField(2);
        }
        byte[] page = {SUPPORTED_PAGES, 0, 0, 1, SUPPORTED_PAGES};
        return Reply.of(task, page, ScsiCommand.RECEIVE_DIAGNOSTIC_RESULTS.length(task.cdb()));
    }

    /** Executes SEND DIAGNOSTIC. */
    public static CommandOutcome send(ScsiTask task, Medium medium) throws BackendException {
        int flags = Byte.toUnsignedInt(task.cdb().get(1));
        int code = flags >>> SELF_TEST_CODE_SHIFT;
        boolean isDefault = (flags & SELF_TEST) != 0;
        long announced = ScsiCommand.SEND_DIAGNOSTIC.length(task.cdb());
        if (isDefault || code != 0) {
            if (announced != 0) {
                return Sense.invalidCdbField(3);
            }
            boolean known =
                    switch (code) {
                        case 0 -> true;
                        case 1, 2, ABORT_BACKGROUND_TEST, 5, 6 -> !isDefault;
                        default -> false;
                    };
            if (!known) {
                return Sense.invalidCdbField(1, 7);
            }
            return code == ABORT_BACKGROUND_TEST ? CommandOutcome.Good.GOOD : test(medium);
        }
        return announced == 0 ? CommandOutcome.Good.GOOD : checkPage(task);
    }

    private static CommandOutcome checkPage(ScsiTask task) {
        ByteBuffer list = task.dataOut().slice();
        if (list.capacity() < PAGE_HEADER_BYTES
                || list.capacity() < PAGE_HEADER_BYTES + Short.toUnsignedInt(list.getShort(2))) {
            return Sense.of(SenseCode.PARAMETER_LIST_LENGTH_ERROR);
        }
        return list.get(0) == SUPPORTED_PAGES
                ? CommandOutcome.Good.GOOD
                : Sense.invalidParameter(0);
    }

    private static CommandOutcome test(Medium medium) throws BackendException {
        medium.volume().read(0, Scratch.take(medium.blockBytes()));
        medium.volume()
                .read(medium.bytes(medium.blockCount() - 1), Scratch.take(medium.blockBytes()));
        return CommandOutcome.Good.GOOD;
    }
}
