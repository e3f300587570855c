package org.dbstore.config;

import org.dbstore.config.ScheduleConfig.VolumePattern;

import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@link ConfigKey#SCHEDULES}. */
final class ScheduleSection {
    private final Set<String> deviceNames;

    /**
     * Creates the reader.
     *
     * @param deviceNames the devices there are
     */
    ScheduleSection(Set<String> deviceNames) {
        this.deviceNames = deviceNames;
    }

    /** The rules that could be read; what is wrong with the others has been noted. */
    List<ScheduleConfig> read(Entry root) {
        List<ScheduleConfig> rules = new ArrayList<>();
        for (Entry entry : root.one(ConfigKey.SCHEDULES).map(Entry::entries).orElse(List.of())) {
            rule(entry).ifPresent(rules::add);
        }
        return rules;
    }

    private Optional<ScheduleConfig> rule(Entry entry) {
        entry.checkKeys(ConfigKey.SCHEDULE_EVERY);
        Optional<String> name = entry.parsedName(Values::label);
        Optional<Duration> every = entry.value(ConfigKey.SCHEDULE_EVERY, Durations::parse);
        Optional<LocalTime> at = entry.value(ConfigKey.SCHEDULE_AT, ScheduleSection::time);
        Optional<Integer> keep =
                entry.value(
                        ConfigKey.SCHEDULE_KEEP,
                        text -> Values.integer(text, 1, ScheduleConfig.KEEP_MAX));
        Optional<String> prefix = entry.value(ConfigKey.SCHEDULE_PREFIX, Values::label);
        List<Entry> items = entry.all(ConfigKey.SCHEDULE_VOLUMES);
        List<VolumePattern> volumes =
                items.stream().flatMap(item -> item.parsed(this::volumes).stream()).toList();
        if (name.isEmpty()
                || every.isEmpty()
                || keep.isEmpty()
                || volumes.isEmpty()
                || volumes.size() < items.size()) {
            return Optional.empty();
        }
        return entry.guarded(() ->
                new ScheduleConfig(
                        name.get(),
                        every.get(),
                        at,
                        keep.get(),
                        prefix.orElse(name.get()),
                        volumes));
    }

    private static LocalTime time(String text) {
        try {
            return LocalTime.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a time of day; write one as \"02:30\" (UTC)", e);
        }
    }

    private VolumePattern volumes(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash == text.length() - 1) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not DEVICE/VOLUME; write one as main/vm1 or \"main/*\"");
        }
        String device = text.substring(0, slash);
        if (!deviceNames.contains(device)) {
            throw new IllegalArgumentException(
                    "there is no device '"
                            + device
                            + "'; "
                            + Spelling.nearest(device, deviceNames)
                                    .map(word -> "did you mean '" + word + "'?")
                                    .orElse("define it under devices"));
        }
        return new VolumePattern(device, text.substring(slash + 1));
    }
}
