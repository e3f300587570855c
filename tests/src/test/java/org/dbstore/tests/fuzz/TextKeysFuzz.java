package org.dbstore.tests.fuzz;

import org.dbstore.server.iscsi.jscsi.LoginKeys;
import org.dbstore.server.iscsi.login.TextPairs;
import org.dbstore.server.iscsi.login.TextPairs.Pair;
import org.dbstore.server.iscsi.pdu.ProtocolException;
import org.dbstore.server.iscsi.session.DigestUse;
import org.dbstore.server.iscsi.session.NegotiatedParameters;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Text of a login through {@link TextPairs} and {@link LoginKeys}: taken just if it is well-formed
 * by a second reading of RFC 7143, section 6.1, and each key negotiated to what section 13 says.
 *
 * <pre>
 * byte 0  bits 0-1 header digest, bits 2-3 data digest: allowed, required, forbidden
 * then    the text
 * </pre>
 */
public final class TextKeysFuzz {
    private static final int PAIRS_MAX = 128;
    private static final int KEY_MAX = 63;
    private static final int VALUE_MAX = 255;
    private static final int LARGE_VALUE_MAX = 8192;
    private static final Set<String> LARGE = Set.of("CHAP_A", "CHAP_C", "CHAP_N", "CHAP_R");
    private static final Pattern KEY =
            Pattern.compile("iSCSIProtocolLevel|[A-Z][-A-Za-z0-9.+@_#]*");
    private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]+|[0-9]+");
    private static final BigInteger LENGTH_MAX = BigInteger.valueOf((1 << 24) - 1);

    /**
     * A key with a number.
     *
     * @param ours what the target wants
     * @param larger true if the larger of the two is the result
     */
    private record Numerical(int minimum, int maximum, int ours, boolean larger) {}

    private static final Map<String, Numerical> NUMBERS =
            Map.ofEntries(
                    Map.entry(
                            "MaxBurstLength",
                            new Numerical(512, LENGTH_MAX.intValue(), 1 << 20, false)),
                    Map.entry(
                            "FirstBurstLength",
                            new Numerical(512, LENGTH_MAX.intValue(), 256 << 10, false)),
                    Map.entry("MaxConnections", new Numerical(1, 65535, 1, false)),
                    Map.entry("MaxOutstandingR2T", new Numerical(1, 65535, 1, false)),
                    Map.entry("DefaultTime2Wait", new Numerical(0, 3600, 0, true)),
                    Map.entry("DefaultTime2Retain", new Numerical(0, 3600, 0, false)),
                    Map.entry("ErrorRecoveryLevel", new Numerical(0, 2, 0, false)),
                    Map.entry("iSCSIProtocolLevel", new Numerical(0, 31, 2, false)));

    /** Results if the initiator says Yes, and if it says No. */
    private static final Map<String, List<String>> BOOLEANS =
            Map.of(
                    "InitialR2T", List.of("Yes", "No"),
                    "ImmediateData", List.of("Yes", "No"),
                    "DataPDUInOrder", List.of("Yes", "Yes"),
                    "DataSequenceInOrder", List.of("Yes", "Yes"),
                    "IFMarker", List.of("No", "No"),
                    "OFMarker", List.of("No", "No"));

    private TextKeysFuzz() {}

    /** Runs one input. */
    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput input = new FuzzInput(data);
        int uses = input.u8();
        byte[] text = input.rest();
        Optional<List<String>> wanted = readPlainly(text);
        List<Pair> pairs;
        try {
            pairs = TextPairs.parse(text);
        } catch (ProtocolException e) {
            Check.that(wanted.isEmpty(), () -> "well-formed text is refused: " + e);
            return;
        }
        Check.that(wanted.isPresent(), "malformed text is taken");
        List<String> rendered = pairs.stream().map(p -> p.key() + "=" + p.value()).toList();
        Check.that(rendered.equals(wanted.orElseThrow()), () -> "misread: " + rendered);
        Check.that(
                Arrays.equals(TextPairs.render(rendered), bytesOf(wanted.orElseThrow())),
                "rendered otherwise");
        negotiate(pairs, use(uses & 3), use(uses >> 2 & 3));
    }

    private static DigestUse use(int bits) {
        return switch (bits) {
            case 1 -> DigestUse.REQUIRED;
            case 2 -> DigestUse.FORBIDDEN;
            default -> DigestUse.ALLOWED;
        };
    }

    private static byte[] bytesOf(List<String> entries) {
        return String.join("", entries.stream().map(entry -> entry + "\0").toList())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The entries if all is well-formed. */
    private static Optional<List<String>> readPlainly(byte[] text) {
        if (text.length > 0 && text[text.length - 1] != 0) {
            return Optional.empty();
        }
        List<String> entries = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] == 0) {
                byte[] bytes = Arrays.copyOfRange(text, start, i);
                start = i + 1;
                if (bytes.length == 0) {
                    continue;
                }
                String entry = new String(bytes, StandardCharsets.UTF_8);
                boolean encoded = Arrays.equals(entry.getBytes(StandardCharsets.UTF_8), bytes);
                if (!encoded || !isWellFormed(entry)) {
                    return Optional.empty();
                }
                entries.add(entry);
            }
        }
        return entries.size() > PAIRS_MAX ? Optional.empty() : Optional.of(entries);
    }

    private static boolean isWellFormed(String entry) {
        int equals = entry.indexOf('=');
        if (equals < 0) {
            return false;
        }
        String key = entry.substring(0, equals);
        String value = entry.substring(equals + 1);
        int most = LARGE.contains(key) ? LARGE_VALUE_MAX : VALUE_MAX;
        return KEY.matcher(key).matches()
                && key.length() <= KEY_MAX
                && value.getBytes(StandardCharsets.UTF_8).length <= most
                && value.chars().noneMatch(c -> c < 0x20 || (c >= 0x7f && c < 0xa0));
    }

    private static void negotiate(List<Pair> pairs, DigestUse header, DigestUse data) {
        LoginKeys keys = new LoginKeys(header, data);
        Set<String> seen = new HashSet<>();
        for (Pair pair : pairs) {
            List<String> answers = new ArrayList<>();
            LoginKeys.Result result = keys.negotiate(pair.key(), pair.value(), answers);
            boolean markInterval = pair.key().endsWith("FMarkInt");
            boolean repeated = !seen.add(pair.key()) && !markInterval;
            Optional<String> expected = expected(pair, header, data);
            if (result == LoginKeys.Result.UNKNOWN) {
                Check.that(expected.isEmpty() && answers.isEmpty(), () -> "not known: " + pair);
            } else if (repeated) {
                Check.that(
                        result == LoginKeys.Result.REPEATED && answers.isEmpty(),
                        () -> "offered twice: " + pair);
            } else {
                List<String> due =
                        expected.filter(value -> !value.isEmpty())
                                .map(value -> List.of(pair.key() + "=" + value))
                                .orElse(List.of());
                Check.that(
                        result == LoginKeys.Result.DONE && expected.isPresent(),
                        () -> pair + " is " + result);
                Check.that(answers.equals(due), () -> pair + ": " + answers + " instead of " + due);
            }
        }
        checkParameters(keys.parameters());
    }

    /** What the answer has to say; "" without one; empty for a key that is not operational. */
    private static Optional<String> expected(Pair pair, DigestUse header, DigestUse data) {
        Numerical number = NUMBERS.get(pair.key());
        List<String> results = BOOLEANS.get(pair.key());
        if (number != null) {
            return Optional.of(
                    number(pair.value())
                            .filter(offer -> isWithin(offer, number.minimum(), number.maximum()))
                            .map(offer ->
                                    number.larger()
                                            ? Math.max(offer.intValue(), number.ours())
                                            : Math.min(offer.intValue(), number.ours()))
                            .map(String::valueOf)
                            .orElse("Reject"));
        } else if (results != null) {
            return Optional.of(
                    switch (pair.value()) {
                        case "Yes" -> results.get(0);
                        case "No" -> results.get(1);
                        default -> "Reject";
                    });
        }
        return switch (pair.key()) {
            case "MaxRecvDataSegmentLength" ->
                    Optional.of(
                            number(pair.value())
                                    .filter(offer -> isWithin(offer, 512, LENGTH_MAX.intValue()))
                                    .map(offer -> "")
                                    .orElse("Reject"));
            case "HeaderDigest" -> Optional.of(digest(pair.value(), header));
            case "DataDigest" -> Optional.of(digest(pair.value(), data));
            case "IFMarkInt", "OFMarkInt" -> Optional.of("Irrelevant");
            default -> Optional.empty();
        };
    }

    private static Optional<BigInteger> number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
        return Optional.of(
                hexadecimal ? new BigInteger(text.substring(2), 16) : new BigInteger(text));
    }

    private static boolean isWithin(BigInteger value, int minimum, int maximum) {
        return value.compareTo(BigInteger.valueOf(minimum)) >= 0
                && value.compareTo(BigInteger.valueOf(maximum)) <= 0;
    }

    private static String digest(String offers, DigestUse use) {
        List<String> wanted =
                switch (use) {
                    case ALLOWED -> List.of("CRC32C", "None");
                    case REQUIRED -> List.of("CRC32C");
                    case FORBIDDEN -> List.of("None");
                };
        return Arrays.stream(offers.split(",", -1))
                .filter(wanted::contains)
                .findFirst()
                .orElse("Reject");
    }

    private static void checkParameters(NegotiatedParameters agreed) {
        Check.that(
                agreed.maxRecvDataSegmentLength() >= 512
                        && agreed.maxRecvDataSegmentLength() < 1 << 24
                        && agreed.maxBurstLength() >= 512
                        && agreed.maxBurstLength() <= 1 << 20
                        && agreed.firstBurstLength() >= 512
                        && agreed.firstBurstLength() <= agreed.maxBurstLength()
                        && agreed.protocolLevel() >= 0
                        && agreed.protocolLevel() <= 2,
                () -> "agreed on " + agreed);
    }
}
