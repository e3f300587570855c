package org.dbstore.server;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.ScheduleConfig.VolumePattern;
import org.dbstore.config.SoftThresholds;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A configuration in which a volume or a snapshot has another name, wherever it is named. */
final class Renamed {
    private Renamed() {}

    /** With another name of a volume. */
    static DbsConfig volume(DbsConfig config, String device, String name, String newName) {
        return new DbsConfig(
                config.devices().stream()
                        .map(each ->
                                each.name().equals(device) ? device(each, name, newName) : each)
                        .toList(),
                config.portals(),
                config.discovery(),
                config.discoveryAuth(),
                targets(
                        config,
                        lun -> names(lun, device, name) ? lun(lun, newName, lun.snapshot()) : lun),
                config.admin(),
                config.schedules().stream()
                        .map(each -> schedule(each, device, name, newName))
                        .toList(),
                config.log(),
                config.busyPoll(),
                config.authGroups());
    }

    /** With another name of a snapshot. */
    static DbsConfig snapshot(
            DbsConfig config, String device, String volume, String name, String newName) {
        return new DbsConfig(
                config.devices(),
                config.portals(),
                config.discovery(),
                config.discoveryAuth(),
                targets(
                        config,
                        lun ->
                                names(lun, device, volume) && lun.snapshot().equals(name)
                                        ? lun(lun, volume, newName)
                                        : lun),
                config.admin(),
                config.schedules(),
                config.log(),
                config.busyPoll(),
                config.authGroups());
    }

    private static boolean names(LunConfig lun, String device, String volume) {
        return lun.device().equals(device) && lun.volume().equals(volume);
    }

    private static DeviceConfig device(DeviceConfig device, String name, String newName) {
        Map<String, Integer> percents = new HashMap<>();
        device.thresholds()
                .volumePercents()
                .forEach((volume, percent) ->
                        percents.put(volume.equals(name) ? newName : volume, percent));
        return new DeviceConfig(
                device.name(),
                device.path(),
                device.direct(),
                device.createBytes(),
                device.volumes().stream()
                        .map(volume ->
                                volume.name().equals(name)
                                        ? new VolumeConfig(newName, volume.sizeBytes())
                                        : volume)
                        .toList(),
                new SoftThresholds(device.thresholds().devicePercent(), percents));
    }

    private static List<TargetConfig> targets(DbsConfig config, UnaryOperator<LunConfig> change) {
        return config.targets().stream()
                .map(target ->
                        new TargetConfig(
                                target.name(),
                                target.alias(),
                                target.portalGroups(),
                                target.initiators(),
                                target.luns().stream().map(change).toList(),
                                target.access()))
                .toList();
    }

    private static LunConfig lun(LunConfig lun, String volume, String snapshot) {
        return new LunConfig(
                lun.number(),
                lun.device(),
                volume,
                snapshot,
                lun.readOnly(),
                lun.cache(),
                lun.blockBytes(),
                lun.physicalBlockBytes(),
                lun.qos(),
                lun.snapshots());
    }

    private static ScheduleConfig schedule(
            ScheduleConfig schedule, String device, String name, String newName) {
        VolumePattern old = new VolumePattern(device, name);
        return new ScheduleConfig(
                schedule.name(),
                schedule.every(),
                schedule.at(),
                schedule.keep(),
                schedule.prefix(),
                schedule.volumes().stream()
                        .map(each -> each.equals(old) ? new VolumePattern(device, newName) : each)
                        .toList());
    }
}
