package org.dbstore.config;

import org.dbstore.config.ConfigText.Keys;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes targets, and names the lists of initiators that they need a name for. */
final class TargetText {
    private final Map<String, Object> initiatorGroups = new LinkedHashMap<>();

    /** The lists that {@link #tree} has named so far. */
    Map<String, Object> initiatorGroups() {
        return initiatorGroups;
    }

    Map<String, Object> tree(TargetConfig target) {
        Keys keys = new Keys();
        keys.unless(target.alias().isEmpty(), ConfigKey.TARGET_ALIAS, target.alias());
        keys.some(
                ConfigKey.TARGET_PORTAL_GROUPS,
                target.portalGroups().stream().map(String::valueOf).toList());
        keys.some(
                ConfigKey.TARGET_INITIATORS,
                target.initiators().stream().map(TargetText::item).toList());
        terms(target.access(), keys);
        Keys luns = new Keys();
        target.luns().forEach(lun -> luns.put(Integer.toString(lun.number()), lun(lun)));
        keys.some(ConfigKey.TARGET_LUNS, luns.map());
        return keys.map();
    }

    private void terms(TargetAccess access, Keys keys) {
        Keys states = new Keys();
        new TreeMap<>(access.portGroups().states())
                .forEach((tag, state) -> states.put(Integer.toString(tag), state.word()));
        keys.some(ConfigKey.TARGET_ACCESS_STATES, states.map());
        keys.unless(!access.portGroups().settable(), ConfigKey.TARGET_SET_ACCESS_STATES, "true");
        access.authGroup().ifPresent(group -> keys.put(ConfigKey.TARGET_AUTH_GROUP, group.name()));
        keys.some(
                ConfigKey.TARGET_ADDRESSES,
                access.addresses().stream().map(TargetText::range).toList());
        digest(access.headerDigest(), ConfigKey.TARGET_HEADER_DIGEST, keys);
        digest(access.dataDigest(), ConfigKey.TARGET_DATA_DIGEST, keys);
        keys.unless(
                access.limits().sessions() == Limits.SESSIONS_MAX,
                ConfigKey.TARGET_SESSIONS_MAX,
                Integer.toString(access.limits().sessions()));
        keys.unless(
                access.limits().commands() == Limits.COMMANDS_MAX,
                ConfigKey.TARGET_COMMANDS_MAX,
                Integer.toString(access.limits().commands()));
        access.redirect()
                .ifPresent(redirect -> {
                    keys.put(ConfigKey.TARGET_REDIRECT, redirect.portal().address());
                    keys.unless(!redirect.permanent(), ConfigKey.TARGET_REDIRECT_KIND, "permanent");
                });
        Keys maps = new Keys();
        for (TargetAccess.LunMapConfig map : access.lunMaps()) {
            Keys numbers = new Keys();
            new TreeMap<>(map.luns())
                    .forEach((seen, own) ->
                            numbers.put(Integer.toString(seen), Integer.toString(own)));
            maps.put(name(map.initiators(), maps), numbers.map());
        }
        keys.some(ConfigKey.TARGET_LUN_MAPS, maps.map());
        Keys limits = new Keys();
        for (TargetAccess.InitiatorQos limit : access.initiatorQos()) {
            limits.put(
                    name(limit.initiators(), limits),
                    qos(
                            limit.qos(),
                            ConfigKey.INITIATOR_QOS_IOPS,
                            ConfigKey.INITIATOR_QOS_BANDWIDTH,
                            ConfigKey.INITIATOR_QOS_BURST));
        }
        keys.some(ConfigKey.TARGET_INITIATOR_QOS, limits.map());
    }

    /** A key for initiators that is not in a map yet: their pattern, or a group made for them. */
    private String name(List<String> patterns, Keys map) {
        if (patterns.size() == 1 && !map.map().containsKey(item(patterns.getFirst()))) {
            return item(patterns.getFirst());
        }
        String name = "initiators-" + (initiatorGroups.size() + 1);
        initiatorGroups.put(name, patterns);
        return name;
    }

    /** A pattern as it is written: everybody has a word. */
    private static String item(String pattern) {
        return pattern.equals("*") ? TargetSection.ANY : pattern;
    }

    private static String range(AddressRange range) {
        return range.network() + "/" + range.prefixBits();
    }

    private static void digest(Digest digest, ConfigKey key, Keys keys) {
        keys.unless(digest == Digest.ALLOWED, key, digest.name().toLowerCase(Locale.ROOT));
    }

    private static Map<String, Object> lun(LunConfig lun) {
        Keys keys = new Keys();
        keys.put(ConfigKey.LUN_DEVICE, lun.device());
        keys.put(ConfigKey.LUN_VOLUME, lun.volume());
        keys.unless(lun.snapshot().isEmpty(), ConfigKey.LUN_SNAPSHOT, lun.snapshot());
        lun.snapshots().ifPresent(shown -> keys.put(ConfigKey.LUN_SNAPSHOTS, snapshots(shown)));
        keys.unless(!lun.readOnly() || !lun.snapshot().isEmpty(), ConfigKey.LUN_READ_ONLY, "true");
        keys.unless(
                lun.cache() == LunConfig.CacheMode.WRITETHROUGH,
                ConfigKey.LUN_CACHE,
                lun.cache().name().toLowerCase(Locale.ROOT));
        keys.unless(
                Integer.toString(lun.blockBytes()).equals(ConfigKey.LUN_BLOCK_SIZE.defaultText()),
                ConfigKey.LUN_BLOCK_SIZE,
                Integer.toString(lun.blockBytes()));
        String physical = Integer.toString(lun.physicalBlockBytes());
        keys.unless(
                physical.equals(ConfigKey.LUN_PHYSICAL_BLOCK_SIZE.defaultText()),
                ConfigKey.LUN_PHYSICAL_BLOCK_SIZE,
                physical);
        keys.some(
                ConfigKey.LUN_QOS,
                qos(
                        lun.qos(),
                        ConfigKey.LUN_QOS_IOPS,
                        ConfigKey.LUN_QOS_BANDWIDTH,
                        ConfigKey.LUN_QOS_BURST));
        return keys.map();
    }

    private static Object snapshots(SnapshotLuns snapshots) {
        if (snapshots.equals(SnapshotLuns.AUTO)) {
            return "auto";
        }
        Keys keys = new Keys();
        keys.put(ConfigKey.SNAPSHOTS_LUNS, snapshots.first() + "-" + snapshots.last());
        keys.unless(snapshots.names().equals("*"), ConfigKey.SNAPSHOTS_NAMES, snapshots.names());
        keys.unless(
                snapshots.newest() == 0,
                ConfigKey.SNAPSHOTS_NEWEST,
                Integer.toString(snapshots.newest()));
        return keys.map();
    }

    private static Map<String, Object> qos(
            QosConfig qos, ConfigKey iops, ConfigKey bandwidth, ConfigKey burst) {
        Keys keys = new Keys();
        keys.unless(qos.iops() == 0, iops, Long.toString(qos.iops()));
        keys.unless(qos.bytesPerSecond() == 0, bandwidth, ByteSize.exact(qos.bytesPerSecond()));
        keys.unless(qos.burstSeconds() == 1, burst, Integer.toString(qos.burstSeconds()));
        return keys.map();
    }
}
