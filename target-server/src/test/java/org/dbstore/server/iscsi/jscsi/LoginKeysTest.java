package org.dbstore.server.iscsi.jscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.iscsi.jscsi.LoginKeys.Result;
import org.dbstore.server.iscsi.session.DigestUse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/** Goal: every operational key is negotiated by the result function of RFC 7143 section 13. */
class LoginKeysTest {
    private final LoginKeys keys = new LoginKeys();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HeaderDigest|None,CRC32C|None",
                "HeaderDigest|CRC32C,None|CRC32C",
                "HeaderDigest|CRC32C|CRC32C",
                "HeaderDigest|SHA,x|Reject",
                "DataDigest|None|None",
                "iSCSIProtocolLevel|1|1",
                "iSCSIProtocolLevel|5|2",
                "MaxConnections|8|1",
                "InitialR2T|No|No",
                "InitialR2T|Yes|Yes",
                "ImmediateData|Yes|Yes",
                "ImmediateData|No|No",
                "MaxBurstLength|16776192|1048576",
                "MaxBurstLength|4096|4096",
                "MaxBurstLength|0x10000|65536",
                "FirstBurstLength|65536|65536",
                "FirstBurstLength|16777215|262144",
                "DefaultTime2Wait|2|2",
                "DefaultTime2Retain|60|0",
                "MaxOutstandingR2T|16|1",
                "DataPDUInOrder|No|Yes",
                "DataSequenceInOrder|Yes|Yes",
                "ErrorRecoveryLevel|2|0",
                "IFMarker|Yes|No",
                "OFMarker|No|No",
                "IFMarkInt|2048~8192|Irrelevant",
                "TaskReporting|ResponseFence,RFC3720|RFC3720",
                "TaskReporting|FastAbort|Reject",
            })
    void theAnswerFollowsFromOfferAndLimit(String key, String offer, String answer) {
        assertEquals(List.of(key + "=" + answer), negotiate(key, offer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0",
                "511",
                "16777216",
                "18446744073709551616",
                "0x",
                "0xg",
                "1e3",
                "1,2",
                "1~2",
                "",
                " 4096",
                "+4096",
                "٤٠٩٦",
                "0x１０００"
            })
    void aNumberThatIsNoneOrOutOfRangeIsRejectedAndChangesNothing(String offer) {
        assertEquals(List.of("MaxBurstLength=Reject"), negotiate("MaxBurstLength", offer));
        assertEquals(262144, keys.parameters().maxBurstLength());
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "", "Maybe", "Yes,No"})
    void aBooleanThatIsNoneIsRejected(String offer) {
        assertEquals(List.of("InitialR2T=Reject"), negotiate("InitialR2T", offer));
        assertTrue(keys.parameters().initialR2T());
    }

    @Test
    void theInitiatorsTextIsNoRegularExpression() {
        assertEquals(List.of("HeaderDigest=Reject"), negotiate("HeaderDigest", "["));
        assertEquals(List.of("DataDigest=Reject"), negotiate("DataDigest", ".*"));
    }

    @Test
    void aDeclarationIsNotAnswered() {
        assertEquals(List.of(), negotiate("MaxRecvDataSegmentLength", "65536"));
        assertEquals(65536, keys.parameters().maxRecvDataSegmentLength());
    }

    @Test
    void aSecondOfferOfAKeyIsToldApart() {
        negotiate("MaxBurstLength", "4096");
        assertEquals(Result.REPEATED, keys.negotiate("MaxBurstLength", "4096", new ArrayList<>()));
    }

    @Test
    void anUnknownKeyIsLeftToTheCaller() {
        assertEquals(Result.UNKNOWN, keys.negotiate("X-org.example.key", "1", new ArrayList<>()));
    }

    @Test
    void withoutAnyOfferTheDefaultsOfTheStandardHold() {
        var parameters = keys.parameters();
        assertEquals(8192, parameters.maxRecvDataSegmentLength());
        assertEquals(262144, parameters.maxBurstLength());
        assertEquals(65536, parameters.firstBurstLength());
        assertTrue(parameters.initialR2T());
        assertTrue(parameters.immediateData());
    }

    @Test
    void theFirstBurstIsNeverAboveTheBurst() {
        negotiate("FirstBurstLength", "65536");
        negotiate("MaxBurstLength", "4096");
        assertEquals(4096, keys.parameters().firstBurstLength());
    }

    @Test
    void whatWasNegotiatedHolds() {
        negotiate("InitialR2T", "No");
        negotiate("ImmediateData", "No");
        assertFalse(keys.parameters().initialR2T());
        assertFalse(keys.parameters().immediateData());
    }

    @Test
    void aRequiredDigestIsTakenOrMissing() {
        LoginKeys strict = new LoginKeys(DigestUse.REQUIRED, DigestUse.ALLOWED);
        assertTrue(strict.isDigestMissing());
        List<String> answers = new ArrayList<>();
        strict.negotiate("HeaderDigest", "None,CRC32C", answers);
        assertEquals(List.of("HeaderDigest=CRC32C"), answers);
        assertFalse(strict.isDigestMissing());
        assertTrue(strict.parameters().headerDigest());
        assertFalse(strict.parameters().dataDigest());

        LoginKeys refusing = new LoginKeys(DigestUse.ALLOWED, DigestUse.REQUIRED);
        answers.clear();
        refusing.negotiate("DataDigest", "None", answers);
        assertEquals(List.of("DataDigest=Reject"), answers);
        assertTrue(refusing.isDigestMissing());
    }

    @Test
    void aForbiddenDigestIsNotTaken() {
        LoginKeys without = new LoginKeys(DigestUse.FORBIDDEN, DigestUse.FORBIDDEN);
        List<String> answers = new ArrayList<>();
        without.negotiate("HeaderDigest", "CRC32C,None", answers);
        without.negotiate("DataDigest", "CRC32C", answers);
        assertEquals(List.of("HeaderDigest=None", "DataDigest=Reject"), answers);
        assertFalse(without.isDigestMissing());
    }

    private List<String> negotiate(String key, String offer) {
        List<String> answers = new ArrayList<>();
        assertEquals(Result.DONE, keys.negotiate(key, offer == null ? "" : offer, answers));
        return answers;
    }
}
