package org.dbstore.server.lun;

import org.dbstore.server.copy.CopyDevices;
import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.Medium;
import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.SenseCode;
import org.dbstore.server.scsi.jscsi.Sense;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The units that a session's own LUN map has, for copy commands.
 *
 * @param luns of the session
 * @param nexus of the session
 */
record SessionDevices(LunMap luns, Nexus nexus) implements CopyDevices {
    private static final ByteBuffer NO_CDB = ByteBuffer.allocate(16).asReadOnlyBuffer();

    @Override
    public @Nullable Medium find(byte[] naa) {
        return best(unit -> Arrays.equals(unit.medium().identity().naa(), naa))
                .map(LogicalUnit::medium)
                .orElse(null);
    }

    @Override
    public boolean sees(Medium medium) {
        return luns.units().stream().anyMatch(unit -> unit.medium().isSame(medium));
    }

    @Override
    public @Nullable CommandOutcome refusal(Medium medium, boolean write) {
        LogicalUnit unit = best(each -> each.medium().isSame(medium)).orElse(null);
        if (unit == null) {
            return Sense.of(SenseCode.LOGICAL_UNIT_NOT_SUPPORTED);
        }
        ScsiCommand likeness = write ? ScsiCommand.WRITE_16 : ScsiCommand.READ_16;
        if (unit.reservations().conflicts(nexus, likeness, NO_CDB)) {
            return CommandOutcome.Status.RESERVATION_CONFLICT;
        }
        if (write && unit.medium().isReadOnly()) {
            return Sense.of(SenseCode.WRITE_PROTECTED);
        }
        return medium.sanitation().refusal(likeness);
    }

    /** Of several ways to a unit one that lets it be written. */
    private Optional<LogicalUnit> best(Predicate<LogicalUnit> which) {
        return luns.units().stream()
                .filter(which)
                .min(Comparator.comparing(unit -> unit.medium().isReadOnly()));
    }
}
