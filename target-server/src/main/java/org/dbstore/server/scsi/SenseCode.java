package org.dbstore.server.scsi;

/**
 * Every sense the target can report: SENSE KEY, ADDITIONAL SENSE CODE, QUALIFIER.
 *
 * <p>Names are those of SPC-4, annex "ASC and ASCQ assignments"; the key is the one the command
 * standard prescribes for the case.
 */
public enum SenseCode {
    /** Nothing to report. */
    NO_SENSE(0x0, 0x00, 0x00),
    /** Not served through this port: its group is in the standby state. */
    TARGET_PORT_IN_STANDBY_STATE(0x2, 0x04, 0x0b),
    /** Not served through this port: its group is in the unavailable state. */
    TARGET_PORT_IN_UNAVAILABLE_STATE(0x2, 0x04, 0x0c),
    /** SANITIZE is under way. */
    SANITIZE_IN_PROGRESS(0x2, 0x04, 0x1b),
    /** SANITIZE has failed; the unit waits for another, or for EXIT FAILURE MODE. */
    SANITIZE_COMMAND_FAILED(0x3, 0x31, 0x03),
    /** The medium failed a read. */
    UNRECOVERED_READ_ERROR(0x3, 0x11, 0x00),
    /** The medium failed a write, or can make nothing durable any more. */
    WRITE_ERROR(0x3, 0x0c, 0x00),
    /** A fault of ours. */
    INTERNAL_TARGET_FAILURE(0x4, 0x44, 0x00),
    /** PARAMETER LIST LENGTH truncates a header or a descriptor. */
    PARAMETER_LIST_LENGTH_ERROR(0x5, 0x1a, 0x00),
    /** The operation code is in no row of {@link ScsiCommand}. */
    INVALID_COMMAND_OPERATION_CODE(0x5, 0x20, 0x00),
    /** The range passes the last logical block. */
    LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE(0x5, 0x21, 0x00),
    /** A CDB field has a value the target does not accept. */
    INVALID_FIELD_IN_CDB(0x5, 0x24, 0x00),
    /** No such logical unit for this initiator. Used only when it is really gone (ESXi: PDL). */
    LOGICAL_UNIT_NOT_SUPPORTED(0x5, 0x25, 0x00),
    /** A field of the parameter list (data-out) has a value the target does not accept. */
    INVALID_FIELD_IN_PARAMETER_LIST(0x5, 0x26, 0x00),
    /** A task attribute that is not supported: ACA, as NORMACA=0. */
    INVALID_MESSAGE_ERROR(0x5, 0x49, 0x00),
    /** No such token, or no more. */
    INVALID_TOKEN_UNKNOWN(0x5, 0x23, 0x04),
    /** What the token stood for has been written. */
    INVALID_TOKEN_REVOKED(0x5, 0x23, 0x06),
    /** More devices in an EXTENDED COPY than announced. */
    TOO_MANY_TARGET_DESCRIPTORS(0x5, 0x26, 0x06),
    /** A device descriptor of EXTENDED COPY other than E4h. */
    UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE(0x5, 0x26, 0x07),
    /** More segments in an EXTENDED COPY than announced. */
    TOO_MANY_SEGMENT_DESCRIPTORS(0x5, 0x26, 0x08),
    /** A segment descriptor of EXTENDED COPY other than 02h. */
    UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE(0x5, 0x26, 0x09),
    /** Inline data in an EXTENDED COPY. */
    INLINE_DATA_LENGTH_EXCEEDED(0x5, 0x26, 0x0b),
    /** RELEASE named another type than that of the reservation. */
    INVALID_RELEASE_OF_PERSISTENT_RESERVATION(0x5, 0x26, 0x04),
    /** More registrations than are kept. */
    INSUFFICIENT_REGISTRATION_RESOURCES(0x5, 0x55, 0x04),
    /** The first command of a nexus since the target started. */
    POWER_ON_OCCURRED(0x6, 0x29, 0x00),
    /** TARGET COLD RESET ("power on occurred"). */
    COLD_RESET_OCCURRED(0x6, 0x29, 0x01),
    /** TARGET WARM RESET. */
    SCSI_BUS_RESET_OCCURRED(0x6, 0x29, 0x02),
    /** LOGICAL UNIT RESET ("bus device reset function occurred"). */
    RESET_OCCURRED(0x6, 0x29, 0x03),
    /** The nexus had ended and is back. */
    NEXUS_LOSS_OCCURRED(0x6, 0x29, 0x07),
    /**
     * The volume was rolled back ("not ready to ready change, medium may have changed"): nothing
     * read before need be there.
     */
    MEDIUM_MAY_HAVE_CHANGED(0x6, 0x28, 0x00),
    /** MODE SELECT of another nexus. */
    MODE_PARAMETERS_CHANGED(0x6, 0x2a, 0x01),
    /** CLEAR took the registration. */
    RESERVATIONS_PREEMPTED(0x6, 0x2a, 0x03),
    /** A reservation that the nexus shared has ended. */
    RESERVATIONS_RELEASED(0x6, 0x2a, 0x04),
    /** PREEMPT took the registration. */
    REGISTRATIONS_PREEMPTED(0x6, 0x2a, 0x05),
    /** SET TARGET PORT GROUPS of another nexus, or another configuration of the states. */
    ASYMMETRIC_ACCESS_STATE_CHANGED(0x6, 0x2a, 0x06),
    /** The volume was resized. */
    CAPACITY_DATA_HAS_CHANGED(0x6, 0x2a, 0x09),
    /** SET TIMESTAMP of another nexus. */
    TIMESTAMP_CHANGED(0x6, 0x2a, 0x10),
    /** Space is running out: a soft threshold is reached. */
    THIN_PROVISIONING_SOFT_THRESHOLD_REACHED(0x6, 0x38, 0x07),
    /** What INQUIRY says of the unit is another. */
    INQUIRY_DATA_HAS_CHANGED(0x6, 0x3f, 0x03),
    /** A logical unit appeared or went away. */
    REPORTED_LUNS_DATA_HAS_CHANGED(0x6, 0x3f, 0x0e),
    /** A snapshot, or a unit configured read-only. */
    WRITE_PROTECTED(0x7, 0x27, 0x00),
    /** SWP of the control mode page. */
    LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED(0x7, 0x27, 0x02),
    /** Thin provisioning ran out of extents (SBC-3, "Thin provisioned logical units"). */
    SPACE_ALLOCATION_FAILED_WRITE_PROTECT(0x7, 0x27, 0x07),
    /** A copy cannot be done as it was described. */
    COPY_ABORTED(0xa, 0x00, 0x00),
    /** A unit of a copy does not let it in: reserved, write protected, being sanitized. */
    THIRD_PARTY_DEVICE_FAILURE(0xa, 0x0d, 0x01),
    /** The session does not see a unit of a copy. */
    COPY_TARGET_DEVICE_NOT_REACHABLE(0xa, 0x0d, 0x02),
    /** A task management function ended the command; seen only by who ignores that. */
    COMMAND_ABORTED(0xb, 0x00, 0x00),
    /** Data that the initiator may not send unasked (RFC 7143, section 11.4.7.2). */
    UNEXPECTED_UNSOLICITED_DATA(0xb, 0x0c, 0x0c),
    /** More data than the command announced, or less than was asked for. */
    INCORRECT_AMOUNT_OF_DATA(0xb, 0x0c, 0x0d),
    /** Data that do not fit their digest (RFC 7143, section 11.4.7.2). */
    PROTOCOL_SERVICE_CRC_ERROR(0xb, 0x47, 0x05),
    /** Data-Out out of order, out of range, or not asked for. */
    DATA_PHASE_ERROR(0xb, 0x4b, 0x00),
    /** VERIFY found other data. */
    MISCOMPARE_DURING_VERIFY(0xe, 0x1d, 0x00);

    private final int key;
    private final int asc;
    private final int ascq;

    SenseCode(int key, int asc, int ascq) {
        this.key = key;
        this.asc = asc;
        this.ascq = ascq;
    }

    /**
     * Returns the SENSE KEY.
     *
     * @return 4 bits
     */
    public int key() {
        return key;
    }

    /**
     * Returns the ADDITIONAL SENSE CODE.
     *
     * @return 8 bits
     */
    public int asc() {
        return asc;
    }

    /**
     * Returns the ADDITIONAL SENSE CODE QUALIFIER.
     *
     * @return 8 bits
     */
    public int ascq() {
        return ascq;
    }
}
