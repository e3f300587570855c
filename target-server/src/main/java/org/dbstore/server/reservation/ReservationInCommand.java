package org.dbstore.server.reservation;

import org.dbstore.server.scsi.CommandOutcome;
import org.dbstore.server.scsi.ScsiCommand;
import org.dbstore.server.scsi.ScsiTask;
import org.dbstore.server.scsi.command.Reply;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** PERSISTENT RESERVE IN (SPC-4). */
public final class ReservationInCommand {
    private static final int HEADER_BYTES = 8;
    private static final int RESERVATION_BYTES = 16;
    private static final int FULL_STATUS_BYTES = 24;
    private static final int R_HOLDER = 0x01;

    private static final int SIP_C = 0x08;
    private static final int ATP_C = 0x04;
    private static final int PTPL_C = 0x01;
    private static final int TMV = 0x80;
    private static final int PTPL_A = 0x01;

    private ReservationInCommand() {}

    /**
     * Reports registrations, reservation or capabilities.
     *
     * @param command which
     */
    public static CommandOutcome execute(
            ScsiTask task, ScsiCommand command, Reservations reservations) {
        ReservationState state = reservations.state();
        byte[] data =
                switch (command) {
                    case PERSISTENT_RESERVE_IN_READ_KEYS -> keys(state);
                    case PERSISTENT_RESERVE_IN_READ_RESERVATION -> reservation(state);
                    case PERSISTENT_RESERVE_IN_REPORT_CAPABILITIES ->
                            capabilities(state, reservations.canLast());
                    case PERSISTENT_RESERVE_IN_READ_FULL_STATUS -> fullStatus(state);
                    default -> throw new IllegalArgumentException(command.name());
                };
        return Reply.of(task, data, command.length(task.cdb()));
    }

    private static ByteBuffer begin(ReservationState state, int bytes) {
        return ByteBuffer.allocate(HEADER_BYTES + bytes).putInt(state.generation()).putInt(bytes);
    }

    @SuppressWarnings("ByteBufferBackingArray") // made here, whole
    private static byte[] keys(ReservationState state) {
        ByteBuffer data = begin(state, Long.BYTES * state.keys().size());
        state.keys().values().forEach(data::putLong);
        return data.array();
    }

    private static byte[] reservation(ReservationState state) {
        ReservationType type = state.type();
        if (type == null) {
            return begin(state, 0).array();
        }
        return begin(state, RESERVATION_BYTES)
                .putLong(state.holdersKey())
                .put(HEADER_BYTES + 13, (byte) type.code())
                .array();
    }

    private static byte[] capabilities(ReservationState state, boolean canLast) {
        ByteBuffer data = ByteBuffer.allocate(8).putShort((short) 8);
        data.put((byte) (SIP_C | ATP_C | (canLast ? PTPL_C : 0)));
        data.put((byte) (TMV | (state.lasting() ? PTPL_A : 0)));
        int types = 0;
        for (ReservationType type : ReservationType.values()) {
            types |= 1 << type.code();
        }
        // Type n has bit n of byte 4, type 8 bit 0 of byte 5.
        return data.put((byte) types).put((byte) (types >>> 8)).array();
    }

    private static byte[] fullStatus(ReservationState state) {
        var descriptors = new ByteArrayOutputStream();
        state.keys()
                .forEach((nexus, key) -> {
                    byte[] port = TransportId.encode(nexus.initiatorName(), nexus.isid());
                    boolean holds = state.isHeldBy(nexus);
                    ReservationType type = state.type();
                    ByteBuffer descriptor = ByteBuffer.allocate(FULL_STATUS_BYTES).putLong(key);
                    descriptor.put(12, (byte) (holds ? R_HOLDER : 0));
                    if (holds && type != null) {
                        descriptor.put(13, (byte) type.code());
                    }
                    descriptor.putShort(18, (short) nexus.portalGroupTag());
                    descriptor.putInt(20, port.length);
                    descriptors.writeBytes(descriptor.array());
                    descriptors.writeBytes(port);
                });
        return begin(state, descriptors.size()).put(descriptors.toByteArray()).array();
    }
}
