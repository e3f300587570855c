package org.dbstore.server.admin.api;

import org.dbstore.server.metrics.Rates;

import java.util.List;

/**
 * What goes on at present.
 *
 * @param intervalMillis over which was counted; 0 in the first answer after a pause
 * @param luns every LUN
 * @param sessions every session
 */
public record RatesView(long intervalMillis, List<Lun> luns, List<Session> sessions) {
    /**
     * A LUN.
     *
     * @param target iSCSI name
     * @param lun number
     * @param device name
     * @param volume name
     * @param snapshot name, empty for the volume as it is
     * @param load what is done
     */
    public record Lun(
            String target,
            int lun,
            String device,
            String volume,
            String snapshot,
            Rates.Load load) {}

    /**
     * A session.
     *
     * @param id by which it is ended
     * @param initiator iSCSI name
     * @param target iSCSI name
     * @param address of the initiator
     * @param load what is done
     */
    public record Session(
            int id, String initiator, String target, String address, Rates.Load load) {}

    /** Shows rates. */
    public static RatesView of(Rates rates) {
        return new RatesView(
                rates.intervalMillis(),
                rates.luns().stream().map(RatesView::lun).toList(),
                rates.sessions().stream().map(RatesView::session).toList());
    }

    private static Lun lun(Rates.OfLun each) {
        return new Lun(
                each.lun().target(),
                each.lun().lun(),
                each.lun().device(),
                each.lun().volume(),
                each.lun().snapshot(),
                each.load());
    }

    private static Session session(Rates.OfSession each) {
        return new Session(
                each.session().handle(),
                each.session().initiator(),
                each.session().target(),
                Addresses.text(each.session().peer()),
                each.load());
    }
}
