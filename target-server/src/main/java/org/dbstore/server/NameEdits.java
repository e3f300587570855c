package org.dbstore.server;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.Edit;
import org.dbstore.config.LunConfig;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The edits that make of a configuration one that differs in names of volumes and snapshots. */
final class NameEdits {
    private final List<Edit> edits = new ArrayList<>();

    private NameEdits() {}

    /**
     * Compares.
     *
     * @param renamed the same devices, targets, LUNs and schedules, in the same order
     */
    static List<Edit> of(DbsConfig config, DbsConfig renamed) {
        NameEdits names = new NameEdits();
        for (int i = 0; i < config.devices().size(); i++) {
            names.device(config.devices().get(i), renamed.devices().get(i));
        }
        for (int i = 0; i < config.targets().size(); i++) {
            names.target(config.targets().get(i), renamed.targets().get(i));
        }
        for (int i = 0; i < config.schedules().size(); i++) {
            names.schedule(config.schedules().get(i), renamed.schedules().get(i));
        }
        return names.edits;
    }

    private void device(DeviceConfig old, DeviceConfig next) {
        for (int i = 0; i < old.volumes().size(); i++) {
            VolumeConfig was = old.volumes().get(i);
            VolumeConfig is = next.volumes().get(i);
            if (!was.equals(is)) {
                List<String> map = List.of("devices", old.name(), "volumes");
                move(map, was.name(), is.name(), is.sizeBytes());
            }
        }
        Map<String, Integer> gone = new HashMap<>(old.thresholds().volumePercents());
        next.thresholds().volumePercents().keySet().forEach(gone::remove);
        Map<String, Integer> come = new HashMap<>(next.thresholds().volumePercents());
        old.thresholds().volumePercents().keySet().forEach(come::remove);
        gone.forEach((name, percent) ->
                come.keySet()
                        .forEach(newName ->
                                move(
                                        List.of("devices", old.name(), "volume-soft-thresholds"),
                                        name,
                                        newName,
                                        percent)));
    }

    private void target(TargetConfig old, TargetConfig next) {
        for (int i = 0; i < old.luns().size(); i++) {
            LunConfig was = old.luns().get(i);
            LunConfig is = next.luns().get(i);
            List<String> lun =
                    List.of("targets", old.name(), "luns", Integer.toString(was.number()));
            if (!was.volume().equals(is.volume())) {
                edits.add(new Edit.Set(below(lun, "volume"), is.volume()));
            }
            if (!was.snapshot().equals(is.snapshot())) {
                edits.add(new Edit.Set(below(lun, "snapshot"), is.snapshot()));
            }
        }
    }

    private void schedule(ScheduleConfig old, ScheduleConfig next) {
        List<String> list = List.of("snapshot-schedules", old.name(), "volumes");
        for (int i = 0; i < old.volumes().size(); i++) {
            if (!old.volumes().get(i).equals(next.volumes().get(i))) {
                edits.add(new Edit.Drop(list, old.volumes().get(i).toString()));
                edits.add(new Edit.Add(list, next.volumes().get(i).toString()));
            }
        }
    }

    private void move(List<String> map, String name, String newName, Object value) {
        edits.add(new Edit.Remove(below(map, name)));
        edits.add(new Edit.Set(below(map, newName), value));
    }

    private static List<String> below(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }
}
