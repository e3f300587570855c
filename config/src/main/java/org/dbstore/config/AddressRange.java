package org.dbstore.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses that share a prefix, as 192.0.2.0/24 or 2001:db8::/32; a lone address is itself.
 *
 * @param network literal address; bits behind the prefix are 0
 * @param prefixBits 0..32 or 0..128
 */
public record AddressRange(String network, int prefixBits) {
    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F.:]+)(?:/([0-9]{1,3}))?");

    /** Checks the values. */
    public AddressRange {
        byte[] bytes = bytes(network);
        if (prefixBits < 0 || prefixBits > bytes.length * 8) {
            throw new IllegalArgumentException(
                    "'/" + prefixBits + "' is not in 0.." + bytes.length * 8 + "; choose another");
        }
        for (int bit = prefixBits; bit < bytes.length * 8; bit++) {
            if (bit(bytes, bit)) {
                throw new IllegalArgumentException(
                        "'"
                                + network
                                + "' has bits behind its prefix of "
                                + prefixBits
                                + "; write the first address of the network");
            }
        }
    }

    /**
     * Reads a range.
     *
     * @param text "192.0.2.0/24", "2001:db8::/32", "192.0.2.7"
     * @throws IllegalArgumentException if it is none; the message says why and the remedy
     */
    public static AddressRange parse(String text) {
        Matcher form = form(text);
        return new AddressRange(form.group(1), prefixBits(form));
    }

    /**
     * Reads the network of an address.
     *
     * @param text as for {@link #parse}, but with any address of the network: "192.0.2.7/24"
     * @throws IllegalArgumentException as {@link #parse}
     */
    public static AddressRange around(String text) {
        Matcher form = form(text);
        int prefixBits = prefixBits(form);
        byte[] bytes = bytes(form.group(1));
        boolean whole = true;
        for (int bit = prefixBits; bit < bytes.length * 8; bit++) {
            whole &= !bit(bytes, bit);
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return new AddressRange(whole ? form.group(1) : literal(bytes), prefixBits);
    }

    /** The range as {@link #parse} reads it. */
    public String text() {
        return prefixBits == bytes(network).length * 8 ? network : network + "/" + prefixBits;
    }

    private static Matcher form(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw notRange(text);
        }
        return form;
    }

    private static int prefixBits(Matcher form) {
        String prefix = form.group(2);
        return prefix == null ? bytes(form.group(1)).length * 8 : Integer.parseInt(prefix);
    }

    private static String literal(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // 4 or 16 bytes are always an address
        }
    }

    /** Tells whether an address lies in it. */
    public boolean contains(InetAddress address) {
        byte[] mine = bytes(network);
        byte[] theirs = address.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            if (bit(mine, bit) != bit(theirs, bit)) {
                return false;
            }
        }
        return true;
    }

    private static boolean bit(byte[] bytes, int index) {
        return (bytes[index / 8] & 0x80 >> index % 8) != 0;
    }

    private static byte[] bytes(String literal) {
        try {
            return InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            throw notRange(literal);
        }
    }

    private static IllegalArgumentException notRange(String text) {
        return new IllegalArgumentException(
                "'"
                        + text
                        + "' is not an address or network; write one as 192.0.2.7, 192.0.2.0/24 or"
                        + " 2001:db8::/32");
    }
}
