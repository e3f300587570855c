package org.dbstore.server.schedule;

import org.dbstore.backend.BackendException;
import org.dbstore.backend.Store;
import org.dbstore.backend.VolumeInfo;
import org.dbstore.config.NamePattern;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.ScheduleConfig.VolumePattern;

import java.util.Collections;
import java.util.List;

/** The volumes that a rule means. */
final class Selection {
    private final ScheduleConfig rule;

    Selection(ScheduleConfig rule) {
        this.rule = rule;
    }

    /** Names of the devices, each once. */
    List<String> devices() {
        return rule.volumes().stream().map(VolumePattern::device).distinct().toList();
    }

    /** What the volumes of a device are called at present; "#slot" where a name is not enough. */
    List<String> volumes(String device, Store store) throws BackendException {
        List<String> patterns =
                rule.volumes().stream()
                        .filter(pattern -> pattern.device().equals(device))
                        .map(VolumePattern::volume)
                        .toList();
        List<VolumeInfo> all = store.volumes();
        List<String> names = all.stream().map(VolumeInfo::name).toList();
        return all.stream()
                .filter(volume -> NamePattern.matchesAny(patterns, volume.name()))
                .map(volume ->
                        volume.name().isEmpty() || Collections.frequency(names, volume.name()) > 1
                                ? "#" + volume.slot()
                                : volume.name())
                .toList();
    }
}
