package org.dbstore.server.lun;

import static org.dbstore.server.scsi.FakeTask.NEXUS_A;
import static org.dbstore.server.scsi.FakeTask.NEXUS_B;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.server.scsi.Nexus;
import org.dbstore.server.scsi.SenseCode;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Goal: a condition is seen once by each nexus (SAM-5, "Unit attention conditions"). */
class UnitAttentionsTest {
    private final UnitAttentions attentions = new UnitAttentions();

    @Test
    void powerOnIsReportedOnceToEachNexus() {
        attentions.established(NEXUS_A);
        attentions.established(NEXUS_B);
        assertEquals(SenseCode.POWER_ON_OCCURRED, attentions.take(NEXUS_A));
        assertNull(attentions.take(NEXUS_A));
        assertEquals(SenseCode.POWER_ON_OCCURRED, attentions.take(NEXUS_B));
        assertNull(attentions.take(NEXUS_B));
    }

    @Test
    void nexusThatIsBackSeesItsLoss() {
        attentions.established(NEXUS_A);
        attentions.take(NEXUS_A);
        attentions.established(NEXUS_A);
        assertEquals(SenseCode.NEXUS_LOSS_OCCURRED, attentions.take(NEXUS_A));
        assertNull(attentions.take(NEXUS_A));
    }

    @Test
    void powerOnNotYetReportedCoversResetAndLoss() {
        attentions.established(NEXUS_A);
        attentions.raise(SenseCode.RESET_OCCURRED);
        attentions.established(NEXUS_A);
        assertEquals(SenseCode.POWER_ON_OCCURRED, attentions.take(NEXUS_A));
        assertNull(attentions.take(NEXUS_A));
    }

    @Test
    void resetIsSeenByEveryNexusOnce() {
        attentions.established(NEXUS_A);
        attentions.established(NEXUS_B);
        attentions.take(NEXUS_A);
        attentions.take(NEXUS_B);
        attentions.raise(SenseCode.RESET_OCCURRED);
        attentions.raise(SenseCode.RESET_OCCURRED);
        assertEquals(SenseCode.RESET_OCCURRED, attentions.take(NEXUS_A));
        assertNull(attentions.take(NEXUS_A));
        assertEquals(SenseCode.RESET_OCCURRED, attentions.take(NEXUS_B));
    }

    @Test
    void resetComesBeforeChangedLuns() {
        attentions.established(NEXUS_A);
        attentions.take(NEXUS_A);
        attentions.raise(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
        attentions.raise(SenseCode.RESET_OCCURRED);
        assertEquals(SenseCode.RESET_OCCURRED, attentions.take(NEXUS_A));
        assertEquals(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED, attentions.take(NEXUS_A));
        assertNull(attentions.take(NEXUS_A));
    }

    @Test
    void aTargetResetIsGraverThanThatOfAUnit() {
        attentions.established(NEXUS_A);
        attentions.take(NEXUS_A);
        attentions.raise(SenseCode.RESET_OCCURRED);
        attentions.raise(SenseCode.SCSI_BUS_RESET_OCCURRED);
        attentions.raise(SenseCode.COLD_RESET_OCCURRED);
        assertEquals(List.of(SenseCode.COLD_RESET_OCCURRED), attentions.pending(NEXUS_A));
    }

    @Test
    void whatIsRaisedForOneNexusIsSeenByNoOther() {
        attentions.established(NEXUS_A);
        attentions.established(NEXUS_B);
        attentions.take(NEXUS_A);
        attentions.take(NEXUS_B);
        attentions.raise(NEXUS_A, SenseCode.NEXUS_LOSS_OCCURRED);
        assertNull(attentions.take(NEXUS_B));
        assertEquals(SenseCode.NEXUS_LOSS_OCCURRED, attentions.take(NEXUS_A));
        assertEquals(List.of(), attentions.pending(NEXUS_A));
    }

    @Test
    void clearedConditionIsGoneForThatNexusOnly() {
        attentions.established(NEXUS_A);
        attentions.established(NEXUS_B);
        attentions.take(NEXUS_A);
        attentions.take(NEXUS_B);
        attentions.raise(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
        attentions.clear(NEXUS_A, SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
        assertNull(attentions.take(NEXUS_A));
        assertEquals(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED, attentions.take(NEXUS_B));
    }

    @Test
    void nexusNeverEstablishedSeesNothing() {
        attentions.established(NEXUS_A);
        attentions.raise(SenseCode.RESET_OCCURRED);
        assertNull(attentions.take(NEXUS_B));
    }

    @Test
    void thousandsOfNexusesDoNotFillTheMemory() {
        for (int i = 0; i <= UnitAttentions.GONE_MAX; i++) {
            attentions.established(nexus(i));
            attentions.take(nexus(i));
            attentions.lost(nexus(i));
        }
        attentions.established(nexus(0));
        attentions.established(nexus(UnitAttentions.GONE_MAX));
        assertEquals(SenseCode.POWER_ON_OCCURRED, attentions.take(nexus(0)), "forgotten");
        assertEquals(
                SenseCode.NEXUS_LOSS_OCCURRED,
                attentions.take(nexus(UnitAttentions.GONE_MAX)),
                "remembered");
    }

    @Test
    void anOpenSessionIsNotForgottenHoweverManyComeAndGo() {
        attentions.established(NEXUS_A);
        attentions.take(NEXUS_A);
        for (int i = 0; i <= UnitAttentions.GONE_MAX; i++) {
            attentions.established(nexus(i));
            attentions.lost(nexus(i));
        }
        attentions.raise(SenseCode.RESET_OCCURRED);
        assertEquals(SenseCode.RESET_OCCURRED, attentions.take(NEXUS_A));
    }

    @Test
    void whoLeftWithoutReadingDoesNotSlowDownOthers() {
        attentions.established(NEXUS_A);
        attentions.take(NEXUS_A);
        attentions.established(NEXUS_B);
        assertFalse(attentions.isQuiet());
        attentions.lost(NEXUS_B);
        assertTrue(attentions.isQuiet());
        attentions.raise(NEXUS_B, SenseCode.REGISTRATIONS_PREEMPTED);
        assertTrue(attentions.isQuiet());
    }

    @Test
    void whatHappenedMeanwhileIsSeenByWhoIsBack() {
        attentions.established(NEXUS_A);
        attentions.take(NEXUS_A);
        attentions.lost(NEXUS_A);
        attentions.raise(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED);
        assertEquals(List.of(NEXUS_A), attentions.knownNexuses());
        attentions.established(NEXUS_A);
        assertEquals(SenseCode.NEXUS_LOSS_OCCURRED, attentions.take(NEXUS_A));
        assertEquals(SenseCode.REPORTED_LUNS_DATA_HAS_CHANGED, attentions.take(NEXUS_A));
        assertNull(attentions.take(NEXUS_A));
        assertTrue(attentions.isQuiet());
    }

    private static Nexus nexus(int isid) {
        return new Nexus("iqn.2026-01.org.example:a", isid, "iqn.2026-01.org.dbstore:t", 1);
    }
}
