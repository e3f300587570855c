package org.dbstore.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a configuration as one file that reads back equal. What has its default is left out; where
 * a secret is, is said, and never what it is. What the records do not have (the names of initiator
 * groups) is lost.
 */
public final class ConfigText {
    private final Map<String, Object> authGroups = new LinkedHashMap<>();
    private final TargetText targets = new TargetText();

    private ConfigText() {}

    /**
     * Writes it.
     *
     * @param config every secret of which has a {@link Secret#reference}
     * @return YAML; paths are absolute
     * @throws IllegalArgumentException if a secret is kept nowhere
     */
    public static String of(DbsConfig config) {
        return YamlText.of(new ConfigText().tree(config));
    }

    /** The same as text, lists and maps by text. */
    static Map<String, Object> treeOf(DbsConfig config) {
        return new ConfigText().tree(config);
    }

    private Map<String, Object> tree(DbsConfig config) {
        Map<String, Object> targetTrees = new LinkedHashMap<>();
        for (TargetConfig target : config.targets()) {
            targetTrees.put(target.name(), targets.tree(target));
        }
        config.authGroups().forEach(this::authGroup);
        Keys root = new Keys();
        Keys devices = new Keys();
        config.devices().forEach(device -> devices.put(device.name(), device(device)));
        root.some(ConfigKey.DEVICES, devices.map());
        root.put(ConfigKey.PORTALS, config.portals().stream().map(ConfigText::portal).toList());
        root.unless(
                config.discovery() == DbsConfig.Discovery.ALL,
                ConfigKey.DISCOVERY,
                config.discovery().name().toLowerCase(Locale.ROOT));
        config.discoveryAuth()
                .ifPresent(group -> root.put(ConfigKey.DISCOVERY_AUTH_GROUP, group.name()));
        root.unless(config.busyPoll(), ConfigKey.BUSY_POLL, "off");
        root.some(ConfigKey.ADMIN, admin(config.admin()));
        root.some(ConfigKey.LOG, log(config.log()));
        root.some(ConfigKey.AUTH_GROUPS, authGroups);
        root.some(ConfigKey.INITIATOR_GROUPS, targets.initiatorGroups());
        root.some(ConfigKey.TARGETS, targetTrees);
        Keys schedules = new Keys();
        config.schedules().forEach(rule -> schedules.put(rule.name(), schedule(rule)));
        root.some(ConfigKey.SCHEDULES, schedules.map());
        return root.map();
    }

    private static Map<String, Object> device(DeviceConfig device) {
        Keys keys = new Keys();
        keys.put(ConfigKey.DEVICE_PATH, device.path().toAbsolutePath().toString());
        keys.unless(
                device.createBytes() == 0,
                ConfigKey.DEVICE_SIZE,
                ByteSize.exact(device.createBytes()));
        keys.unless(!device.direct(), ConfigKey.DEVICE_IO, "direct");
        SoftThresholds thresholds = device.thresholds();
        keys.unless(
                thresholds.devicePercent() == 0,
                ConfigKey.DEVICE_SOFT_THRESHOLD,
                Integer.toString(thresholds.devicePercent()));
        Keys volumes = new Keys();
        device.volumes()
                .forEach(volume -> volumes.put(volume.name(), ByteSize.exact(volume.sizeBytes())));
        keys.some(ConfigKey.DEVICE_VOLUMES, volumes.map());
        Keys percents = new Keys();
        new TreeMap<>(thresholds.volumePercents())
                .forEach((name, percent) -> percents.put(name, Integer.toString(percent)));
        keys.some(ConfigKey.VOLUME_SOFT_THRESHOLDS, percents.map());
        return keys.map();
    }

    private static Object portal(PortalConfig portal) {
        if (portal.groupTag() == 1) {
            return portal.address();
        }
        Keys keys = new Keys();
        keys.put(ConfigKey.PORTAL_ADDRESS, portal.address());
        keys.put(ConfigKey.PORTAL_GROUP, Integer.toString(portal.groupTag()));
        return keys.map();
    }

    private static Map<String, Object> admin(AdminConfig admin) {
        Keys keys = new Keys();
        keys.unless(
                admin.listen().equals(AdminConfig.DEFAULT.listen()),
                ConfigKey.ADMIN_LISTEN,
                admin.listen().map(PortalConfig::address).orElse("off"));
        admin.runtimeDirectory()
                .ifPresent(path -> keys.put(ConfigKey.ADMIN_RUNTIME_DIR, path.toString()));
        admin.tokenFile().ifPresent(path -> keys.put(ConfigKey.ADMIN_TOKEN_FILE, path.toString()));
        admin.tls()
                .ifPresent(tls -> {
                    keys.put(ConfigKey.ADMIN_CERTIFICATE, tls.certificate().toString());
                    keys.put(ConfigKey.ADMIN_KEY, tls.key().toString());
                });
        keys.unless(!admin.openMetrics(), ConfigKey.ADMIN_METRICS, "open");
        return keys.map();
    }

    private static Map<String, Object> log(LogConfig log) {
        Keys keys = new Keys();
        keys.unless(log.format() == LogConfig.Format.TEXT, ConfigKey.LOG_FORMAT, "json");
        keys.unless(
                log.slowCommandMillis() == 0,
                ConfigKey.LOG_SLOW_COMMANDS,
                log.slowCommandMillis() + "ms");
        log.auditFile().ifPresent(path -> keys.put(ConfigKey.LOG_AUDIT_FILE, path.toString()));
        return keys.map();
    }

    private static Map<String, Object> schedule(ScheduleConfig rule) {
        Keys keys = new Keys();
        keys.put(ConfigKey.SCHEDULE_EVERY, Durations.text(rule.every()));
        rule.at().ifPresent(time -> keys.put(ConfigKey.SCHEDULE_AT, time.toString()));
        keys.put(ConfigKey.SCHEDULE_KEEP, Integer.toString(rule.keep()));
        keys.unless(rule.prefix().equals(rule.name()), ConfigKey.SCHEDULE_PREFIX, rule.prefix());
        keys.put(
                ConfigKey.SCHEDULE_VOLUMES,
                rule.volumes().stream().map(ScheduleConfig.VolumePattern::toString).toList());
        return keys.map();
    }

    private void authGroup(AuthGroupConfig group) {
        Keys users = new Keys();
        for (ChapUserConfig user : group.users()) {
            Keys keys = new Keys();
            secret(
                    keys,
                    user.name(),
                    user.secret(),
                    ConfigKey.AUTH_SECRET_FILE,
                    ConfigKey.AUTH_SECRET_ENV);
            user.mutual()
                    .ifPresent(mutual -> {
                        keys.put(ConfigKey.AUTH_MUTUAL_NAME, mutual.name());
                        secret(
                                keys,
                                user.name(),
                                mutual.secret(),
                                ConfigKey.AUTH_MUTUAL_SECRET_FILE,
                                ConfigKey.AUTH_MUTUAL_SECRET_ENV);
                    });
            users.put(user.name(), keys.map());
        }
        Keys keys = new Keys();
        keys.unless(
                group.algorithms().equals(ConfigKey.AUTH_ALGORITHMS.choices()),
                ConfigKey.AUTH_ALGORITHMS,
                new ArrayList<>(group.algorithms()));
        keys.put(ConfigKey.AUTH_USERS, users.map());
        authGroups.put(group.name(), keys.map());
    }

    private static void secret(
            Keys keys, String user, Secret secret, ConfigKey file, ConfigKey variable) {
        Secret.Reference reference =
                secret.reference()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "the secret of "
                                                + user
                                                + " is kept nowhere; write it to a file"));
        keys.put(
                switch (reference.kind()) {
                    case FILE -> file;
                    case VARIABLE -> variable;
                },
                reference.name());
    }

    /** A map that is being written. */
    static final class Keys {
        private final Map<String, Object> map = new LinkedHashMap<>();

        void put(String key, Object value) {
            map.put(key, value);
        }

        void put(ConfigKey key, Object value) {
            put(key.key(), value);
        }

        /** Writes what is not the default. */
        void unless(boolean isDefault, ConfigKey key, Object value) {
            if (!isDefault) {
                put(key, value);
            }
        }

        /** Writes a section that says something. */
        void some(ConfigKey key, Map<String, Object> section) {
            unless(section.isEmpty(), key, section);
        }

        /** Writes a list that says something. */
        void some(ConfigKey key, List<String> list) {
            unless(list.isEmpty(), key, list);
        }

        Map<String, Object> map() {
            return map;
        }
    }
}
