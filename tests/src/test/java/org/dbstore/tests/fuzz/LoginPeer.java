package org.dbstore.tests.fuzz;

import org.dbstore.server.iscsi.auth.ChapAlgorithm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The initiator of a scripted login: sends a request each time the target waits for one, and checks
 * what it is told.
 *
 * <pre>
 * for each request
 *   byte   flags as they stand in byte 1: T, C, CSG, NSG
 *   byte   n = 0..3, and n times the offset and the value of a byte of the header
 *   2 byte length of the text, and the text
 * </pre>
 *
 * <p>What nobody could guess stands in the text as one byte: 01h the right CHAP_R, 02h the target's
 * CHAP_C, 03h the CHAP_R of a wrong secret, 04h a challenge of the initiator's own.
 */
final class LoginPeer implements ScriptedChannel.Peer {
    private static final int HEADER_BYTES = 48;
    private static final int TEXT_BYTES_MAX = 0x3fff;
    private static final int FULL_FEATURE_FLAGS = 0x87;
    private static final int TRANSIT_FLAGS_MASK = 0x83;
    private static final String CHALLENGE = "0x00112233445566778899aabbccddeeff";

    private final FuzzInput script;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private int requests;
    private int responses;
    private int statusNumber;
    private int lastStatus;
    private int firstTaskTag;
    private int lastTaskTag;
    private boolean inStep = true;
    private boolean closed;
    private boolean letIn;
    private boolean proven;
    private boolean mutualProof;
    private String lastText = "";
    private String algorithm = "";
    private String identifier = "";
    private String challenge = "";

    LoginPeer(FuzzInput script) {
        this.script = script;
    }

    /** True once the script was at its end. */
    boolean hasClosed() {
        return closed;
    }

    /** True once a right response to the challenge was sent. */
    boolean hasProven() {
        return proven;
    }

    /** True once the target has proven itself. */
    boolean hasMutualProof() {
        return mutualProof;
    }

    /** True once the target has said that the login is complete. */
    boolean isLetIn() {
        return letIn;
    }

    /** Status of the last response, 0 before any. */
    int lastStatus() {
        return lastStatus;
    }

    @Override
    public byte[] send(byte[] received) {
        hear(received);
        Check.that(lastStatus == 0 && !letIn, "the target listens on after its last word");
        if (!script.hasMore()) {
            closed = true;
            return new byte[0];
        }
        return request();
    }

    private byte[] request() {
        requests++;
        int flags = script.u8();
        int patches = script.u8() & 3;
        int[] offsets = new int[patches];
        int[] values = new int[patches];
        for (int i = 0; i < patches; i++) {
            offsets[i] = script.u8() % HEADER_BYTES;
            values[i] = script.u8();
        }
        byte[] text = expand(script.bytes(script.u16() & TEXT_BYTES_MAX));
        lastText = new String(text, StandardCharsets.ISO_8859_1);
        ByteBuffer pdu = ByteBuffer.allocate(HEADER_BYTES + ((text.length + 3) & ~3));
        pdu.put(0, (byte) 0x43).put(1, (byte) flags).putInt(4, text.length);
        pdu.putLong(8, 0x4000_0137_0000_0000L).putInt(16, 7).putInt(24, 1);
        for (int i = 0; i < patches; i++) {
            pdu.put(offsets[i], (byte) values[i]);
            // Then requests and answers need not alternate.
            inStep &= offsets[i] < 4 || offsets[i] > 7;
        }
        lastTaskTag = pdu.getInt(16);
        firstTaskTag = requests == 1 ? lastTaskTag : firstTaskTag;
        pdu.put(HEADER_BYTES, text);
        return pdu.array();
    }

    private byte[] expand(byte[] text) {
        ByteArrayOutputStream expanded = new ByteArrayOutputStream();
        for (byte each : text) {
            switch (each) {
                case 1 -> {
                    proven |= !challenge.isEmpty();
                    expanded.writeBytes(ascii(response(LoginMachineFuzz.SECRET)));
                }
                case 2 -> expanded.writeBytes(ascii(challenge));
                case 3 -> expanded.writeBytes(ascii(response("another-secret-1")));
                case 4 -> expanded.writeBytes(ascii(CHALLENGE));
                default -> expanded.write(each);
            }
        }
        return expanded.toByteArray();
    }

    private String response(String secret) {
        if (challenge.isEmpty()) {
            return "0x00";
        }
        byte[] answer =
                algorithm()
                        .response(
                                Integer.parseInt(identifier),
                                ascii(secret),
                                HexFormat.of().parseHex(challenge.substring(2)));
        return "0x" + HexFormat.of().formatHex(answer);
    }

    private ChapAlgorithm algorithm() {
        return Arrays.stream(ChapAlgorithm.values())
                .filter(each -> Integer.toString(each.code()).equals(algorithm))
                .findFirst()
                .orElseThrow(() -> new AssertionError("CHAP_A=" + algorithm));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes in what the target has written. */
    void hear(byte[] received) {
        heard.writeBytes(received);
        ByteBuffer all = ByteBuffer.wrap(heard.toByteArray());
        heard.reset();
        while (all.hasRemaining()) {
            Check.that(all.remaining() >= HEADER_BYTES, "half a header");
            int dataBytes = all.getInt(all.position() + 4);
            Check.that(dataBytes >= 0 && dataBytes <= 8192, "AHS, or too much data");
            int padded = (dataBytes + 3) & ~3;
            Check.that(all.remaining() >= HEADER_BYTES + padded, "half a PDU");
            ByteBuffer header = all.slice(all.position(), HEADER_BYTES);
            byte[] data = new byte[dataBytes];
            all.get(all.position() + HEADER_BYTES, data);
            all.position(all.position() + HEADER_BYTES + padded);
            response(header, data);
        }
    }

    private void response(ByteBuffer header, byte[] data) {
        Check.that(lastStatus == 0 && !letIn, "a word after the last one");
        Check.that(header.get(0) == 0x23, "no login response");
        responses++;
        Check.that(!inStep || responses <= requests, "more answers than requests");
        Check.that(
                !inStep || header.getInt(16) == lastTaskTag || header.getInt(16) == firstTaskTag,
                "an answer to another task");
        Check.that(
                responses == 1 || header.getInt(24) == statusNumber + 1, "StatSN is out of step");
        statusNumber = header.getInt(24);
        lastStatus = header.getShort(36) & 0xffff;
        int flags = header.get(1) & 0xff;
        boolean transit = (flags & 0x80) != 0;
        Check.that(lastStatus == 0 || (!transit && header.getShort(14) == 0), "refused, and not");
        letIn =
                transit
                        && (flags & TRANSIT_FLAGS_MASK)
                                == (FULL_FEATURE_FLAGS & TRANSIT_FLAGS_MASK);
        Check.that(
                header.getShort(14) == (letIn ? LoginMachineFuzz.HANDLE : 0), "TSIH out of turn");
        text(data);
    }

    private void text(byte[] data) {
        Check.that(data.length == 0 || data[data.length - 1] == 0, "text without an end");
        Map<String, String> keys = new LinkedHashMap<>();
        for (String entry : new String(data, StandardCharsets.UTF_8).split("\0", -1)) {
            int equals = entry.indexOf('=');
            Check.that(entry.isEmpty() || equals > 0, () -> "no pair: " + entry);
            if (equals > 0) {
                keys.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        if (keys.containsKey("CHAP_C")) {
            Check.that(challenge.isEmpty(), "a second challenge");
            algorithm = keys.getOrDefault("CHAP_A", "");
            identifier = keys.getOrDefault("CHAP_I", "");
            challenge = keys.getOrDefault("CHAP_C", "");
            Check.that(challenge.length() == 2 + 32, () -> "a challenge of " + challenge);
        }
        String proof = keys.get("CHAP_R");
        if (proof != null) {
            Check.that(proven, "a proof of ours before theirs");
            Check.that(
                    !lastText.toLowerCase(Locale.ROOT)
                            .contains("chap_c=" + challenge.toLowerCase(Locale.ROOT)),
                    "our own challenge is answered");
            mutualProof = true;
        }
        Check.that(
                !keys.containsKey("TargetAddress") || lastStatus >> 8 == 1,
                "an address without a redirection");
    }
}
