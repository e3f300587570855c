package org.dbstore.tests.support;

import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.LunConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetConfig;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Configurations that differ from others in one thing. */
public final class Configs {
    private Configs() {}

    /** With other devices. */
    public static DbsConfig devices(DbsConfig config, List<DeviceConfig> devices) {
        return new DbsConfig(
                devices,
                config.portals(),
                config.discovery(),
                config.discoveryAuth(),
                config.targets());
    }

    /** With other portals. */
    public static DbsConfig portals(DbsConfig config, PortalConfig... portals) {
        return new DbsConfig(
                config.devices(),
                List.of(portals),
                config.discovery(),
                config.discoveryAuth(),
                config.targets());
    }

    /** With other targets. */
    public static DbsConfig targets(DbsConfig config, List<TargetConfig> targets) {
        return new DbsConfig(
                config.devices(),
                config.portals(),
                config.discovery(),
                config.discoveryAuth(),
                targets);
    }

    /** With one target more. */
    public static DbsConfig with(DbsConfig config, TargetConfig target) {
        List<TargetConfig> targets = new ArrayList<>(config.targets());
        targets.add(target);
        return targets(config, targets);
    }

    /** Without a target. */
    public static DbsConfig without(DbsConfig config, String target) {
        return targets(
                config,
                config.targets().stream().filter(each -> !each.name().equals(target)).toList());
    }

    /** With one target changed. */
    public static DbsConfig target(
            DbsConfig config, String target, UnaryOperator<TargetConfig> change) {
        return targets(
                config,
                config.targets().stream()
                        .map(each -> each.name().equals(target) ? change.apply(each) : each)
                        .toList());
    }

    /** With a LUN of a target added, or put in the place of what has its number. */
    public static DbsConfig with(DbsConfig config, String target, LunConfig lun) {
        return target(
                without(config, target, lun.number()),
                target,
                each -> {
                    List<LunConfig> luns = new ArrayList<>(each.luns());
                    luns.add(lun);
                    luns.sort(Comparator.comparingInt(LunConfig::number));
                    return luns(each, luns);
                });
    }

    /** Without a LUN of a target. */
    public static DbsConfig without(DbsConfig config, String target, int number) {
        return target(
                config,
                target,
                each ->
                        luns(
                                each,
                                each.luns().stream()
                                        .filter(lun -> lun.number() != number)
                                        .toList()));
    }

    /** With other patterns of those who are admitted to a target. */
    public static DbsConfig initiators(DbsConfig config, String target, String... patterns) {
        return target(
                config,
                target,
                t -> copy(t, t.portalGroups(), List.of(patterns), t.luns(), t.access()));
    }

    /** With other terms of a target. */
    public static DbsConfig access(DbsConfig config, String target, TargetAccess access) {
        return target(
                config, target, t -> copy(t, t.portalGroups(), t.initiators(), t.luns(), access));
    }

    /** With a target in other portal groups. */
    public static DbsConfig portalGroups(DbsConfig config, String target, Integer... groups) {
        return target(
                config,
                target,
                t -> copy(t, List.of(groups), t.initiators(), t.luns(), t.access()));
    }

    private static TargetConfig luns(TargetConfig target, List<LunConfig> luns) {
        return copy(target, target.portalGroups(), target.initiators(), luns, target.access());
    }

    private static TargetConfig copy(
            TargetConfig target,
            List<Integer> portalGroups,
            List<String> initiators,
            List<LunConfig> luns,
            TargetAccess access) {
        return new TargetConfig(
                target.name(), target.alias(), portalGroups, initiators, luns, access);
    }
}
