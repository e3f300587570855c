package org.dbstore.config;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them. {@code 10G} and {@code 10GiB} are 10·2^30 bytes, {@code 10GB} is
 * 10·10^9 bytes, a number without a unit is bytes; a fraction is taken if whole bytes come out.
 */
public final class ByteSize {
    private static final List<String> UNITS = List.of("K", "M", "G", "T", "P", "E");
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([A-Za-z]*)");
    private static final Map<String, Long> BYTES_BY_UNIT = bytesByUnit();

    private ByteSize() {}

    /**
     * Reads a size.
     *
     * @param text such as "10GiB"; case does not matter
     * @return bytes, 0 or more
     * @throws IllegalArgumentException if it is no size or does not fit 63 bits; the message says
     *     what is wrong and how to write it
     */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a size; write for example 10GiB, 500MB or 1048576");
        }
        Long unit = BYTES_BY_UNIT.get(form.group(2).toUpperCase(Locale.ROOT));
        if (unit == null) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' has an unknown unit '"
                            + form.group(2)
                            + "'; use K, M, G, T, P, E (or KiB ...: powers of 1024) or KB, MB, GB"
                            + " ... (powers of 1000)");
        }
        BigDecimal bytes = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a whole number of bytes; use a smaller unit");
        }
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is too large; at most 8EiB - 1");
        }
        return bytes.longValueExact();
    }

    /**
     * Reads a size that is not nothing.
     *
     * @param text as for {@link #parse}
     * @return bytes, above 0
     * @throws IllegalArgumentException as {@link #parse}, or if the size is 0
     */
    public static long parsePositive(String text) {
        long bytes = parse(text);
        if (bytes == 0) {
            throw new IllegalArgumentException("the size is 0; it must be above 0");
        }
        return bytes;
    }

    /**
     * Writes a size for people.
     *
     * @param bytes 0 or more
     * @return such as "10 GiB" or "1.5 MiB", rounded to one decimal
     */
    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        // Rounding may reach the next unit: 1048575 bytes are 1 MiB, not 1024 KiB.
        if (tenths(bytes, power) >= 10240 && power < UNITS.size()) {
            power++;
        }
        long tenths = tenths(bytes, power);
        String fraction = tenths % 10 == 0 ? "" : "." + tenths % 10;
        return tenths / 10 + fraction + " " + UNITS.get(power - 1) + "iB";
    }

    /** Writes a size for a configuration: exactly, in the largest binary unit that allows it. */
    static String exact(long bytes) {
        int power = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, UNITS.size());
        return power == 0
                ? Long.toString(bytes)
                : (bytes >> 10 * power) + UNITS.get(power - 1) + "iB";
    }

    private static long tenths(long bytes, int power) {
        return Math.round(Math.scalb((double) bytes, -10 * power) * 10);
    }

    private static Map<String, Long> bytesByUnit() {
        var units = new HashMap<String, Long>();
        units.put("", 1L);
        units.put("B", 1L);
        long binary = 1;
        long decimal = 1;
        for (String unit : UNITS) {
            binary *= 1024;
            decimal *= 1000;
            units.put(unit, binary);
            units.put(unit + "I", binary);
            units.put(unit + "IB", binary);
            units.put(unit + "B", decimal);
        }
        return Map.copyOf(units);
    }
}
