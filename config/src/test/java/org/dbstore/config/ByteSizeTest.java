package org.dbstore.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: a size means the same to a person, the configuration and the command. */
class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1048576, 1048576",
        "512B, 512",
        "1K, 1024",
        "10G, 10737418240",
        "10GiB, 10737418240",
        "10 GiB, 10737418240",
        "10Gi, 10737418240",
        "10gib, 10737418240",
        "10GB, 10000000000",
        "1.5KiB, 1536",
        "0.5K, 512",
        "2.50MB, 2500000",
        "1TiB, 1099511627776",
        "1PB, 1000000000000000",
        "7E, 8070450532247928832",
        "9223372036854775807, 9223372036854775807"
    })
    void aSizeIsReadToTheByte(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "ten", "-1", "1,5G", "1.G", ".5G", "1e3", "10 G B", "0x10"})
    void whatIsNoSizeIsRefused(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
        assertEquals(
                "'" + text + "' is not a size; write for example 10GiB, 500MB or 1048576",
                refusal.getMessage());
    }

    @Test
    void anUnknownUnitIsNamed() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse("10GX"));
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("'10GX' has an unknown unit 'GX'"));
    }

    @Test
    void aFractionOfAByteIsRefused() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse("0.3K"));
        assertEquals(
                "'0.3K' is not a whole number of bytes; use a smaller unit", refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"8E", "9223372036854775808", "99999999999999999999999EiB"})
    void whatDoesNotFit63BitsIsRefused(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
        assertEquals("'" + text + "' is too large; at most 8EiB - 1", refusal.getMessage());
    }

    @Test
    void nothingIsNoPositiveSize() {
        assertThrows(IllegalArgumentException.class, () -> ByteSize.parsePositive("0G"));
        assertEquals(1, ByteSize.parsePositive("1"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "1048575, 1 MiB",
        "1048576, 1 MiB",
        "10737418240, 10 GiB",
        "10000000000, 9.3 GiB",
        "9223372036854775807, 8 EiB"
    })
    void aSizeIsShownInBinaryUnits(long bytes, String text) {
        assertEquals(text, ByteSize.format(bytes));
    }
}
