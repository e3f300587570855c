package org.dbstore.server.admin.api;

import org.dbstore.server.metrics.Rates;

import java.util.List;
import java.util.Optional;

/**
 * What goes on at present, as {@link Rates}.
 *
 * @param intervalMillis over which was counted; 0 = nobody has asked for a while, ask again in a
 *     second
 * @param luns every LUN that is mapped
 * @param sessions every session
 */
public record RatesView(long intervalMillis, List<Lun> luns, List<Session> sessions) {
    /**
     * Of a LUN.
     *
     * @param target iSCSI name
     * @param lun its number in the target's own map
     * @param device name
     * @param volume name
     * @param snapshot its name; absent for the volume as it is
     * @param load what is done with it
     */
    public record Lun(
            String target,
            int lun,
            String device,
            String volume,
            Optional<String> snapshot,
            Rates.Load load) {
        static Lun of(Rates.OfLun rates) {
            return new Lun(
                    rates.lun().target(),
                    rates.lun().lun(),
                    rates.lun().device(),
                    rates.lun().volume(),
                    rates.lun().snapshot().isEmpty()
                            ? Optional.empty()
                            : Optional.of(rates.lun().snapshot()),
                    rates.load());
        }
    }

    /**
     * Of a session.
     *
     * @param id as in {@link SessionView}
     * @param initiator iSCSI name
     * @param target iSCSI name
     * @param load what it does
     */
    public record Session(int id, String initiator, String target, Rates.Load load) {
        static Session of(Rates.OfSession rates) {
            return new Session(
                    rates.session().handle(),
                    rates.session().initiator(),
                    rates.session().target(),
                    rates.load());
        }
    }

    /** Shows what was measured. */
    public static RatesView of(Rates rates) {
        return new RatesView(
                rates.intervalMillis(),
                rates.luns().stream().map(Lun::of).toList(),
                rates.sessions().stream().map(Session::of).toList());
    }
}
