package org.dbstore.server.scsi;

import org.jspecify.annotations.Nullable;

import java.util.EnumSet;
import java.util.Set;

/** The primary target port asymmetric access states (SPC-4, "Asymmetric access states"). */
public enum AccessState {
    /** Everything is served. */
    ACTIVE_OPTIMIZED(0x0),
    /** Everything is served; other ways are better. */
    ACTIVE_NON_OPTIMIZED(0x1),
    /** The unit can be looked at and reserved, but neither read nor written. */
    STANDBY(0x2),
    /** Next to nothing is served. */
    UNAVAILABLE(0x3);

    /** REPORT TARGET PORT GROUPS: a bit for each state above, the first the lowest. */
    public static final int SUPPORTED = (1 << values().length) - 1;

    /** What SPC-4 wants in the unavailable state. */
    private static final Set<ScsiCommand> IN_UNAVAILABLE =
            EnumSet.of(
                    ScsiCommand.INQUIRY,
                    ScsiCommand.REPORT_LUNS,
                    ScsiCommand.REQUEST_SENSE,
                    ScsiCommand.REPORT_TARGET_PORT_GROUPS,
                    ScsiCommand.SET_TARGET_PORT_GROUPS);

    /**
     * What SPC-4 wants in the standby state, and READ CAPACITY, which it leaves open: to Linux a
     * disk whose capacity could not be read is empty, and multipathd joins no empty path.
     */
    private static final Set<ScsiCommand> IN_STANDBY =
            EnumSet.of(
                    ScsiCommand.LOG_SENSE,
                    ScsiCommand.MODE_SELECT_6,
                    ScsiCommand.MODE_SELECT_10,
                    ScsiCommand.MODE_SENSE_6,
                    ScsiCommand.MODE_SENSE_10,
                    ScsiCommand.RECEIVE_DIAGNOSTIC_RESULTS,
                    ScsiCommand.SEND_DIAGNOSTIC,
                    ScsiCommand.PERSISTENT_RESERVE_IN_READ_KEYS,
                    ScsiCommand.PERSISTENT_RESERVE_IN_READ_RESERVATION,
                    ScsiCommand.PERSISTENT_RESERVE_IN_REPORT_CAPABILITIES,
                    ScsiCommand.PERSISTENT_RESERVE_IN_READ_FULL_STATUS,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_REGISTER,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_RESERVE,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_RELEASE,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_CLEAR,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_PREEMPT,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_PREEMPT_AND_ABORT,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_REGISTER_AND_IGNORE_EXISTING_KEY,
                    ScsiCommand.PERSISTENT_RESERVE_OUT_REGISTER_AND_MOVE,
                    ScsiCommand.READ_CAPACITY_10,
                    ScsiCommand.READ_CAPACITY_16);

    static {
        IN_STANDBY.addAll(IN_UNAVAILABLE);
    }

    private final int code;

    AccessState(int code) {
        this.code = code;
    }

    /**
     * Finds a state.
     *
     * @param code ASYMMETRIC ACCESS STATE, 4 bits
     * @return null if it is none of the primary states above
     */
    public static @Nullable AccessState of(int code) {
        return code < values().length ? values()[code] : null;
    }

    /** The ASYMMETRIC ACCESS STATE, 4 bits. */
    public int code() {
        return code;
    }

    /** Tells whether the unit can be used in this state. */
    public boolean isActive() {
        return this == ACTIVE_OPTIMIZED || this == ACTIVE_NON_OPTIMIZED;
    }

    /**
     * Tells why a command is not served in this state.
     *
     * @return null if it is
     */
    public @Nullable SenseCode refusal(ScsiCommand command) {
        return switch (this) {
            case ACTIVE_OPTIMIZED, ACTIVE_NON_OPTIMIZED -> null;
            case STANDBY ->
                    IN_STANDBY.contains(command) ? null : SenseCode.TARGET_PORT_IN_STANDBY_STATE;
            case UNAVAILABLE ->
                    IN_UNAVAILABLE.contains(command)
                            ? null
                            : SenseCode.TARGET_PORT_IN_UNAVAILABLE_STATE;
        };
    }
}
