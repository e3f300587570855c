package org.dbstore.server.scsi.jscsi;

import org.jscsi.target.scsi.lun.LogicalUnitNumber;
import org.jscsi.target.scsi.lun.ReportLunsParameterData;

import java.util.Collection;

/** The parameter data of REPORT LUNS (SPC-4). */
public final class LunList {
    private static final int PERIPHERAL_ADDRESS_SHIFT = 48; // byte 1 of 8, method 00b in byte 0

    private LunList() {}

    /**
     * Lists units in the order given, by peripheral device addressing.
     *
     * @param numbers 0..255
     * @return 8 bytes of header, 8 per unit
     */
    public static byte[] of(Collection<Integer> numbers) {
        LogicalUnitNumber[] luns =
                numbers.stream()
                        .map(number ->
                                new LogicalUnitNumber((long) number << PERIPHERAL_ADDRESS_SHIFT))
                        .toArray(LogicalUnitNumber[]::new);
        return Serialized.of(new ReportLunsParameterData(luns)).array();
    }
}
