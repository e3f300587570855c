package org.dbstore.server.iscsi.login;

import org.dbstore.server.iscsi.pdu.ProtocolException;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Text data of login and text PDUs (RFC 7143, section 6.1): NUL-terminated {@code key=value}. */
public final class TextPairs {
    /** Most text of one request, over all its PDUs. */
    public static final int TEXT_BYTES_MAX = 64 << 10;

    /** Most PDUs of one request. */
    public static final int PDUS_MAX = 16;

    private static final int PAIRS_MAX = 128;
    private static final int KEY_BYTES_MAX = 63;
    private static final int VALUE_BYTES_MAX = 255;

    /** Values of these may be longer (RFC 7143, section 12.1.3): 1024 bytes in hex, lists. */
    private static final Set<String> LARGE_KEYS = Set.of("CHAP_A", "CHAP_C", "CHAP_N", "CHAP_R");

    private static final int LARGE_VALUE_BYTES_MAX = 8192;

    /** RFC 7144 named its key against the grammar. */
    private static final Pattern KEY =
            Pattern.compile("[A-Z][A-Za-z0-9.+@_#-]*|iSCSIProtocolLevel");

    /**
     * One pair.
     *
     * @param key well-formed
     * @param value at most 255 bytes, or what the key may need; no control characters; may be empty
     */
    public record Pair(String key, String value) {}

    private TextPairs() {}

    /**
     * Parses text.
     *
     * @param text all of a request
     * @return at most 128 pairs in the order sent
     * @throws ProtocolException for whatever is not just that
     */
    public static List<Pair> parse(byte[] text) throws ProtocolException {
        List<Pair> pairs = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] != 0) {
                continue;
            }
            if (i > start) {
                if (pairs.size() == PAIRS_MAX) {
                    throw new ProtocolException("more than " + PAIRS_MAX + " keys");
                }
                pairs.add(pair(text, start, i));
            }
            start = i + 1;
        }
        if (start < text.length) {
            throw new ProtocolException("text without a NUL at its end");
        }
        return pairs;
    }

    /** Renders pairs as they go into a data segment. */
    public static byte[] render(List<String> pairs) {
        StringBuilder text = new StringBuilder();
        for (String pair : pairs) {
            text.append(pair).append('\0');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Pair pair(byte[] text, int from, int to) throws ProtocolException {
        int equals = from;
        while (equals < to && text[equals] != '=') {
            equals++;
        }
        if (equals == to) {
            throw new ProtocolException("a key without '='");
        }
        if (equals - from > KEY_BYTES_MAX) {
            throw new ProtocolException("a key that is too long");
        }
        String key = decode(text, from, equals);
        int valueBytesMax = LARGE_KEYS.contains(key) ? LARGE_VALUE_BYTES_MAX : VALUE_BYTES_MAX;
        if (to - equals - 1 > valueBytesMax) {
            throw new ProtocolException("a value that is too long");
        }
        String value = decode(text, equals + 1, to);
        if (!KEY.matcher(key).matches() || value.chars().anyMatch(Character::isISOControl)) {
            throw new ProtocolException("a malformed key or value");
        }
        return new Pair(key, value);
    }

    private static String decode(byte[] text, int from, int to) throws ProtocolException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("text that is not UTF-8");
        }
    }
}
