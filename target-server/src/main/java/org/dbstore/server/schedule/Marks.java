package org.dbstore.server.schedule;

import org.dbstore.backend.SnapshotInfo;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;

/** By what a snapshot of a rule is known: labels, which outlast renaming; and its first name. */
final class Marks {
    /** Label: name of the rule. */
    static final String RULE = "dbs.schedule";

    /** Label: when it was taken, by the clock of the schedule. */
    static final String TIME = "dbs.schedule-time";

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm'Z'").withZone(ZoneOffset.UTC);

    private Marks() {}

    static Map<String, String> labels(String rule, Instant now) {
        return Map.of(RULE, rule, TIME, now.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    static boolean isOf(String rule, SnapshotInfo snapshot) {
        return !snapshot.head() && rule.equals(snapshot.labels().get(RULE));
    }

    static Instant time(SnapshotInfo snapshot) {
        String time = snapshot.labels().get(TIME);
        try {
            return time == null ? snapshot.createdAt() : Instant.parse(time);
        } catch (DateTimeParseException e) {
            return snapshot.createdAt(); // somebody changed the label
        }
    }

    /** PREFIX-20260131T0215Z, with a number behind it if that is taken: names sort by time. */
    static String name(String prefix, Instant now, Set<String> taken) {
        String name = prefix + "-" + MINUTE.format(now);
        String unique = name;
        for (int i = 2; taken.contains(unique); i++) {
            unique = name + "-" + i;
        }
        return unique;
    }
}
