package org.dbstore.tests.support;

/** How a SCSI command ended. */
public final class ScsiAnswer {
    public static final int GOOD = 0x00;
    public static final int CHECK_CONDITION = 0x02;
    public static final int BUSY = 0x08;
    public static final int TASK_SET_FULL = 0x28;

    private final int status;
    private final byte[] sense;
    private final byte[] data;
    private final long underflowBytes;
    private final long overflowBytes;

    /** As received; the arrays are not copied. */
    ScsiAnswer(int status, byte[] sense, byte[] data, long underflowBytes, long overflowBytes) {
        this.status = status;
        this.sense = sense;
        this.data = data;
        this.underflowBytes = underflowBytes;
        this.overflowBytes = overflowBytes;
    }

    /** True if the initiator is to try again later. */
    public boolean isBusy() {
        return status == BUSY || status == TASK_SET_FULL;
    }

    /** Data-in, as many bytes as came. */
    public byte[] data() {
        return data;
    }

    /** The residual count with the U bit, otherwise 0. */
    public long underflowBytes() {
        return underflowBytes;
    }

    /** The residual count with the O bit, otherwise 0. */
    public long overflowBytes() {
        return overflowBytes;
    }

    /** In words: {@code GOOD}, {@code CHECK 05/24/00} or {@code STATUS 18}. */
    public String outcome() {
        return switch (status) {
            case GOOD -> "GOOD";
            case CHECK_CONDITION -> "CHECK " + senseCode(sense);
            default -> "STATUS %02X".formatted(status);
        };
    }

    /** Key, additional code and qualifier of fixed or descriptor sense data, such as 05/24/00. */
    public static String senseCode(byte[] sense) {
        if (sense.length == 0) {
            return "without sense";
        }
        boolean descriptor = (sense[0] & 0x7f) >= 0x72;
        int key = descriptor ? 1 : 2;
        int code = descriptor ? 2 : 12;
        if (sense.length < code + 2) {
            return "with " + sense.length + " bytes of sense";
        }
        return "%02X/%02X/%02X"
                .formatted(sense[key] & 0x0f, sense[code] & 0xff, sense[code + 1] & 0xff);
    }

    @Override
    public String toString() {
        return outcome() + ", " + data.length + " bytes";
    }
}
