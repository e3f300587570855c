package org.dbstore.server.iscsi.jscsi;

import org.dbstore.server.iscsi.session.DigestUse;
import org.dbstore.server.iscsi.session.NegotiatedParameters;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.target.TargetServer;
import org.jscsi.target.settings.BooleanResultFunction;
import org.jscsi.target.settings.KeySet;
import org.jscsi.target.settings.NegotiationStatus;
import org.jscsi.target.settings.NegotiationType;
import org.jscsi.target.settings.NumericalResultFunction;
import org.jscsi.target.settings.NumericalValueRange;
import org.jscsi.target.settings.TextKeyword;
import org.jscsi.target.settings.entry.BooleanEntry;
import org.jscsi.target.settings.entry.Entry;
import org.jscsi.target.settings.entry.NumericalEntry;
import org.jscsi.target.settings.entry.Use;
import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import javax.naming.OperationNotSupportedException;

/**
 * The operational keys (RFC 7143, section 13), one jSCSI entry each, with our side of the bargain.
 * Numbers are checked before jSCSI sees them, and lists are ours: jSCSI would take the initiator's
 * text for a regular expression.
 */
public final class LoginKeys {
    /** What became of a pair. */
    public enum Result {
        /** Answered, or noted. */
        DONE,
        /** No operational key of ours. */
        UNKNOWN,
        /** Offered for the second time: the login has to fail. */
        REPEATED
    }

    private static final int LENGTH_MIN = 512;
    private static final int LENGTH_MAX = (1 << 24) - 1;
    private static final int OUR_MAX_BURST_LENGTH = 1 << 20;
    private static final int OUR_FIRST_BURST_LENGTH = 256 << 10;
    private static final int DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH = 8192;
    private static final int DEFAULT_MAX_BURST_LENGTH = 262144;
    private static final int DEFAULT_FIRST_BURST_LENGTH = 65536;
    private static final int TIME_MAX_SECONDS = 3600;
    private static final String PROTOCOL_LEVEL = "iSCSIProtocolLevel";
    private static final int PROTOCOL_LEVEL_MAX = 31;
    private static final String TASK_REPORTING = "TaskReporting";
    private static final String TASK_REPORTING_OURS = "RFC3720";

    /** As RFC 7143 spells it; jSCSI spells it otherwise. */
    private static final String CRC32C = "CRC32C";

    private final Entry maxRecvDataSegmentLength =
            new NumericalEntry(
                    new KeySet(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH),
                    NegotiationType.DECLARED,
                    Use.LOPNS,
                    NegotiationStatus.DEFAULT,
                    NegotiatedParameters.OUR_MAX_RECV_DATA_SEGMENT_LENGTH,
                    NumericalValueRange.create(LENGTH_MIN, LENGTH_MAX),
                    NumericalResultFunction.MIN,
                    DEFAULT_MAX_RECV_DATA_SEGMENT_LENGTH,
                    false);
    private final Entry maxBurstLength =
            number(
                    TextKeyword.MAX_BURST_LENGTH,
                    OUR_MAX_BURST_LENGTH,
                    LENGTH_MIN,
                    LENGTH_MAX,
                    NumericalResultFunction.MIN,
                    DEFAULT_MAX_BURST_LENGTH);
    private final Entry firstBurstLength =
            number(
                    TextKeyword.FIRST_BURST_LENGTH,
                    OUR_FIRST_BURST_LENGTH,
                    LENGTH_MIN,
                    LENGTH_MAX,
                    NumericalResultFunction.MIN,
                    DEFAULT_FIRST_BURST_LENGTH);
    private final Entry initialR2T =
            bool(TextKeyword.INITIAL_R_2_T, false, BooleanResultFunction.OR, true);
    private final Entry immediateData =
            bool(TextKeyword.IMMEDIATE_DATA, true, BooleanResultFunction.AND, true);

    private final Entry protocolLevel =
            number(
                    PROTOCOL_LEVEL,
                    NegotiatedParameters.LEVEL_RFC_7144,
                    0,
                    PROTOCOL_LEVEL_MAX,
                    NumericalResultFunction.MIN,
                    1);
    private final DigestEntry headerDigest;
    private final DigestEntry dataDigest;
    private final List<Entry> entries;

    /** Begins negotiations in which digests are the initiator's choice. */
    public LoginKeys() {
        this(DigestUse.ALLOWED, DigestUse.ALLOWED);
    }

    /** Begins negotiations. */
    public LoginKeys(DigestUse header, DigestUse data) {
        headerDigest = new DigestEntry(TextKeyword.HEADER_DIGEST, header);
        dataDigest = new DigestEntry(TextKeyword.DATA_DIGEST, data);
        entries =
                List.of(
                        headerDigest,
                        dataDigest,
                        protocolLevel,
                        maxRecvDataSegmentLength,
                        maxBurstLength,
                        firstBurstLength,
                        initialR2T,
                        immediateData,
                        number(
                                TextKeyword.MAX_CONNECTIONS,
                                1,
                                1,
                                65535,
                                NumericalResultFunction.MIN,
                                1),
                        number(
                                TextKeyword.MAX_OUTSTANDING_R_2_T,
                                1,
                                1,
                                65535,
                                NumericalResultFunction.MIN,
                                1),
                        number(
                                TextKeyword.DEFAULT_TIME_2_WAIT,
                                0,
                                0,
                                TIME_MAX_SECONDS,
                                NumericalResultFunction.MAX,
                                2),
                        number(
                                TextKeyword.DEFAULT_TIME_2_RETAIN,
                                0,
                                0,
                                TIME_MAX_SECONDS,
                                NumericalResultFunction.MIN,
                                20),
                        number(
                                TextKeyword.ERROR_RECOVERY_LEVEL,
                                0,
                                0,
                                2,
                                NumericalResultFunction.MIN,
                                0),
                        bool(TextKeyword.DATA_PDU_IN_ORDER, true, BooleanResultFunction.OR, true),
                        bool(
                                TextKeyword.DATA_SEQUENCE_IN_ORDER,
                                true,
                                BooleanResultFunction.OR,
                                true),
                        bool(TextKeyword.IF_MARKER, false, BooleanResultFunction.AND, false),
                        bool(TextKeyword.OF_MARKER, false, BooleanResultFunction.AND, false));
    }

    private final Set<String> seen = new HashSet<>();

    /**
     * Negotiates one key.
     *
     * @param key as sent
     * @param value as sent
     * @param answers gets "key=value" if the key is to be answered
     * @return what became of it
     */
    public Result negotiate(String key, String value, List<String> answers) {
        for (Entry entry : entries) {
            if (entry.matchKey(key)) {
                return negotiate(entry, key, value, answers);
            }
        }
        if (key.equals(TASK_REPORTING)) {
            return taskReporting(value, answers);
        }
        if (key.equals(TextKeyword.IF_MARK_INT) || key.equals(TextKeyword.OF_MARK_INT)) {
            answers.add(key + "=" + TextKeyword.IRRELEVANT);
            return Result.DONE;
        }
        return Result.UNKNOWN;
    }

    /** We report as RFC 3720 does, without a fence (RFC 7143, section 13.23). */
    private Result taskReporting(String value, List<String> answers) {
        if (!seen.add(TASK_REPORTING)) {
            return Result.REPEATED;
        }
        boolean offered = List.of(value.split(",", -1)).contains(TASK_REPORTING_OURS);
        answers.add(TASK_REPORTING + "=" + (offered ? TASK_REPORTING_OURS : TextKeyword.REJECT));
        return Result.DONE;
    }

    /** What holds now; keys that were not spoken of have RFC 7143's defaults. */
    public NegotiatedParameters parameters() {
        try {
            int burst = maxBurstLength.getIntegerValue();
            return new NegotiatedParameters(
                    maxRecvDataSegmentLength.getIntegerValue(),
                    burst,
                    Math.min(firstBurstLength.getIntegerValue(), burst),
                    initialR2T.getBooleanValue(),
                    immediateData.getBooleanValue(),
                    headerDigest.agreed,
                    dataDigest.agreed,
                    protocolLevel.getIntegerValue());
        } catch (OperationNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tells whether a digest is missing that the target requires. */
    public boolean isDigestMissing() {
        return headerDigest.isMissing() || dataDigest.isMissing();
    }

    private Result negotiate(Entry entry, String key, String value, List<String> answers) {
        if (!seen.add(key)) {
            return Result.REPEATED;
        }
        String checked = entry instanceof NumericalEntry ? decimal(value) : value;
        if (checked == null
                || !entry.negotiate(
                        null,
                        LoginStage.LOGIN_OPERATIONAL_NEGOTIATION,
                        true,
                        false,
                        key,
                        checked,
                        answers)) {
            answers.add(key + "=" + TextKeyword.REJECT);
        }
        return Result.DONE;
    }

    /** Reads a decimal or hexadecimal constant of RFC 7143, section 6.1; null if it is none. */
    private static @Nullable String decimal(String value) {
        try {
            boolean hex = value.startsWith("0x") || value.startsWith("0X");
            String digits = hex ? value.substring(2) : value;
            // Java takes a sign, and the digits of every script.
            if (digits.isEmpty() || !digits.chars().allMatch(LoginKeys::isAsciiAlphanumeric)) {
                return null;
            }
            return Integer.toString(Integer.parseInt(digits, hex ? 16 : 10));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static boolean isAsciiAlphanumeric(int character) {
        return character < 0x80 && Character.isLetterOrDigit(character);
    }

    private static Entry number(
            String key,
            int ours,
            int minimum,
            int maximum,
            NumericalResultFunction function,
            int fallback) {
        return new NumericalEntry(
                new KeySet(key),
                NegotiationType.NEGOTIATED,
                Use.LEADING_LOPNS,
                NegotiationStatus.DEFAULT,
                ours,
                NumericalValueRange.create(minimum, maximum),
                function,
                fallback,
                false);
    }

    private static Entry bool(
            String key, boolean ours, BooleanResultFunction function, boolean fallback) {
        return new BooleanEntry(
                new KeySet(key),
                Use.LEADING_LOPNS,
                NegotiationStatus.DEFAULT,
                ours,
                function,
                fallback);
    }

    /** HeaderDigest or DataDigest: a list in the initiator's order of preference. */
    private static final class DigestEntry extends Entry {
        private final String key;
        private final DigestUse policy;
        private final List<String> acceptable;
        private boolean agreed;

        DigestEntry(String key, DigestUse policy) {
            super(
                    new KeySet(key),
                    NegotiationType.NEGOTIATED,
                    Use.LOPNS,
                    NegotiationStatus.DEFAULT,
                    TextKeyword.NONE);
            this.key = key;
            this.policy = policy;
            this.acceptable =
                    switch (policy) {
                        case ALLOWED -> List.of(CRC32C, TextKeyword.NONE);
                        case REQUIRED -> List.of(CRC32C);
                        case FORBIDDEN -> List.of(TextKeyword.NONE);
                    };
        }

        boolean isMissing() {
            return policy == DigestUse.REQUIRED && !agreed;
        }

        @Override
        protected Object parseOffer(@Nullable TargetServer server, String values) {
            return List.of(values.split(TextKeyword.COMMA, -1));
        }

        @Override
        protected boolean inProtocolValueRange(Object offer) {
            return ((List<?>) offer).stream().anyMatch(acceptable::contains);
        }

        @Override
        protected void processDeclaration(Object offer) {
            throw new IllegalStateException(key + " is negotiated");
        }

        @Override
        protected String processNegotiation(Object offer) {
            String chosen =
                    ((List<?>) offer)
                            .stream()
                                    .map(String::valueOf)
                                    .filter(acceptable::contains)
                                    .findFirst()
                                    .orElse(TextKeyword.NONE);
            agreed = chosen.equals(CRC32C);
            return chosen;
        }

        @Override
        public Entry copy() {
            return new DigestEntry(key, policy);
        }
    }
}
