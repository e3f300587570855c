package org.dbstore.server.scsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;

/** Goal: the rows agree with themselves and with the standard's CDB formats. */
class ScsiCommandTest {
    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void usageBeginsWithTheOperationCodeAndServiceAction(ScsiCommand command) {
        assertEquals(command.operationCode(), command.usage(0));
        if (command.hasServiceAction()) {
            assertEquals(command.serviceAction(), command.usage(1) & 0x1f);
        }
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void lengthOfTheCdbFollowsFromTheGroupOfTheOperationCode(ScsiCommand command) {
        int[] bytes = {6, 10, 10, -1, 16, 12, -1, -1};
        assertEquals(bytes[command.operationCode() >>> 5], command.cdbBytes());
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void fieldOfTheLengthIsWhollyInTheMask(ScsiCommand command) {
        var cdb = ByteBuffer.allocate(16);
        for (int i = 0; i < command.cdbBytes() - 1; i++) {
            cdb.put(i, (byte) command.usage(i));
        }
        long all = command.length(cdb);
        if (command == ScsiCommand.READ_CAPACITY_10) {
            assertEquals(8, all);
        } else if (command.lengthPosition() == 0) {
            assertEquals(0, all);
        } else {
            assertTrue(Set.of(0xffL, 0xffffL, 0xffff_ffffL).contains(all), command + " " + all);
        }
    }

    @ParameterizedTest
    @EnumSource(ScsiCommand.class)
    void isFoundByItsCodes(ScsiCommand command) {
        assertSame(command, ScsiCommand.of(command.operationCode(), command.serviceAction()));
        assertEquals(
                command.hasServiceAction(), ScsiCommand.hasServiceActions(command.operationCode()));
    }

    @Test
    void unknownCodesAreNotFound() {
        assertNull(ScsiCommand.of(0x01, 0));
        assertNull(ScsiCommand.of(0xff, 0));
        assertNull(ScsiCommand.of(0x9e, 0x11));
        assertNull(ScsiCommand.of(0x9e, 0x1_0010));
    }

    @ParameterizedTest(name = "{0}: LBA {1}, length {2}")
    @CsvSource({
        "081fffff0100, 2097151, 1",
        "080000000000, 0, 256",
        "08e00001ff00, 1, 255",
        "2800fffffffe00ffff00, 4294967294, 65535",
        "a80080000000ffffffff0000, 2147483648, 4294967295",
        "8800fffffffffffffff0800000000000, -16, 2147483648"
    })
    void lbaAndLengthAreUnsigned(String hex, long lba, long length) {
        var cdb = FakeTask.cdb(hex).cdb();
        ScsiCommand command = Objects.requireNonNull(ScsiCommand.of(cdb));
        assertEquals(lba, command.lba(cdb));
        assertEquals(length, command.length(cdb));
    }
}
