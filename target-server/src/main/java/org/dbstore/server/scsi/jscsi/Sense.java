package org.dbstore.server.scsi.jscsi;

import org.dbstore.server.scsi.CommandOutcome.CheckCondition;
import org.dbstore.server.scsi.SenseCode;
import org.jscsi.target.scsi.sense.AdditionalSenseCodeAndQualifier;
import org.jscsi.target.scsi.sense.ErrorType;
import org.jscsi.target.scsi.sense.FixedFormatSenseData;
import org.jscsi.target.scsi.sense.SenseKey;

import java.nio.ByteBuffer;

/**
 * Builds sense data (SPC-4, "Sense data"): fixed format, 18 bytes, as D_SENSE=0 promises.
 *
 * <p>jSCSI has no value for the INFORMATION field, loses the flags of the field pointer, and does
 * not know the newer additional sense codes: these three are put in here.
 */
public final class Sense {
    private static final int VALID = 0x80;
    private static final int INFORMATION = 3;
    private static final int ADDITIONAL_SENSE_CODE = 12;
    private static final int SENSE_KEY_SPECIFIC = 15;
    private static final int SKSV = 0x80;
    private static final int IN_CDB = 0x40;
    private static final int BIT_POINTER_VALID = 0x08;
    private static final int RESPONSE_CODE = 0x7f;
    private static final int SENSE_KEY = 0x0f;
    private static final int DESCRIPTOR_FORMAT_CURRENT = 0x72;
    private static final int DESCRIPTOR_FORMAT_BYTES = 8;
    private static final long INFORMATION_MAX = 0xffff_ffffL;

    private Sense() {}

    /** CHECK CONDITION with nothing but the code. */
    public static CheckCondition of(SenseCode code) {
        return new CheckCondition(fixed(code));
    }

    /**
     * CHECK CONDITION with the INFORMATION field.
     *
     * @param code what to report
     * @param information an LBA or an offset, unsigned; left out if it needs more than 32 bits
     */
    public static CheckCondition of(SenseCode code, long information) {
        byte[] sense = fixed(code);
        if (Long.compareUnsigned(information, INFORMATION_MAX) <= 0) {
            sense[0] |= (byte) VALID;
            ByteBuffer.wrap(sense).putInt(INFORMATION, (int) information);
        }
        return new CheckCondition(sense);
    }

    /**
     * INVALID FIELD IN CDB at a byte.
     *
     * @param position first byte of the field
     */
    public static CheckCondition invalidCdbField(int position) {
        return at(SenseCode.INVALID_FIELD_IN_CDB, SKSV | IN_CDB, position);
    }

    /**
     * INVALID FIELD IN CDB at a bit.
     *
     * @param position byte
     * @param bit 7..0, the leftmost bit of the field
     */
    public static CheckCondition invalidCdbField(int position, int bit) {
        return at(
                SenseCode.INVALID_FIELD_IN_CDB, SKSV | IN_CDB | BIT_POINTER_VALID | bit, position);
    }

    /**
     * INVALID FIELD IN PARAMETER LIST.
     *
     * @param position first byte of the field in the data-out
     */
    public static CheckCondition invalidParameter(int position) {
        return at(SenseCode.INVALID_FIELD_IN_PARAMETER_LIST, SKSV, position);
    }

    /**
     * CHECK CONDITION with a progress indication.
     *
     * @param code what is under way
     * @param progress how much of 65536 is done, 16 bits
     */
    public static CheckCondition inProgress(SenseCode code, int progress) {
        return at(code, SKSV, progress);
    }

    private static CheckCondition at(SenseCode code, int flags, int position) {
        byte[] sense = fixed(code);
        ByteBuffer.wrap(sense)
                .put(SENSE_KEY_SPECIFIC, (byte) flags)
                .putShort(SENSE_KEY_SPECIFIC + 1, (short) position);
        return new CheckCondition(sense);
    }

    /**
     * Sense data in fixed format, as REQUEST SENSE returns it.
     *
     * @return 18 bytes, a new array
     */
    public static byte[] fixed(SenseCode code) {
        short additional = (short) (code.asc() << 8 | code.ascq());
        var known = AdditionalSenseCodeAndQualifier.valueOf(additional);
        var data =
                new FixedFormatSenseData(
                        false,
                        ErrorType.CURRENT,
                        false,
                        false,
                        false,
                        keyOf(code),
                        null,
                        null,
                        known == null
                                ? AdditionalSenseCodeAndQualifier.NO_ADDITIONAL_SENSE_INFORMATION
                                : known,
                        (byte) 0,
                        null,
                        null);
        return Serialized.of(data).putShort(ADDITIONAL_SENSE_CODE, additional).array();
    }

    /**
     * Sense data in descriptor format, without descriptors.
     *
     * @return 8 bytes, a new array
     */
    public static byte[] descriptor(SenseCode code) {
        byte[] sense = new byte[DESCRIPTOR_FORMAT_BYTES];
        sense[0] = DESCRIPTOR_FORMAT_CURRENT;
        sense[1] = (byte) code.key();
        sense[2] = (byte) code.asc();
        sense[3] = (byte) code.ascq();
        return sense;
    }

    /**
     * Reads sense key, additional sense code and qualifier.
     *
     * @param sense in fixed or descriptor format
     * @return three bytes, the key first
     */
    public static int code(byte[] sense) {
        boolean descriptor = (sense[0] & RESPONSE_CODE) >= DESCRIPTOR_FORMAT_CURRENT;
        int key = sense[descriptor ? 1 : 2] & SENSE_KEY;
        int at = descriptor ? 2 : ADDITIONAL_SENSE_CODE;
        return key << 16 | Byte.toUnsignedInt(sense[at]) << 8 | Byte.toUnsignedInt(sense[at + 1]);
    }

    private static SenseKey keyOf(SenseCode code) {
        for (SenseKey key : SenseKey.values()) { // its valueOf(int) knows only 0
            if (key.getValue() == code.key()) {
                return key;
            }
        }
        throw new IllegalStateException(code + " has a sense key that SPC-4 has not");
    }
}
