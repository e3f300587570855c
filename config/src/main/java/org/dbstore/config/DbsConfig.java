package org.dbstore.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All that {@code dbsd} is told to do.
 *
 * @param devices the stores to open; names are unique
 * @param portals the addresses to listen on, at least one
 * @param discovery which addresses SendTargets lists
 * @param discoveryAuth who may ask for the targets; empty = everybody
 * @param targets names are unique; their LUNs are on known devices
 * @param admin how the running server is administered
 * @param schedules of snapshots; names are unique
 * @param log what is logged, and how
 * @param busyPoll true if a connection may look for its next command before it sleeps
 * @param authGroups all that are defined, also those that nothing uses yet
 */
public record DbsConfig(
        List<DeviceConfig> devices,
        List<PortalConfig> portals,
        Discovery discovery,
        Optional<AuthGroupConfig> discoveryAuth,
        List<TargetConfig> targets,
        AdminConfig admin,
        List<ScheduleConfig> schedules,
        LogConfig log,
        boolean busyPoll,
        List<AuthGroupConfig> authGroups) {
    /** Which addresses of a target SendTargets lists (RFC 7143, appendix C). */
    public enum Discovery {
        /** Every portal of the target's portal groups. */
        ALL,
        /** Only the address by which the initiator came. */
        CONNECTED
    }

    /** A configuration in which everybody may discover. */
    public DbsConfig(
            List<DeviceConfig> devices,
            List<PortalConfig> portals,
            Discovery discovery,
            List<TargetConfig> targets) {
        this(devices, portals, discovery, Optional.empty(), targets);
    }

    /** A configuration that is administered and logs as usual. */
    public DbsConfig(
            List<DeviceConfig> devices,
            List<PortalConfig> portals,
            Discovery discovery,
            Optional<AuthGroupConfig> discoveryAuth,
            List<TargetConfig> targets) {
        this(
                devices,
                portals,
                discovery,
                discoveryAuth,
                targets,
                AdminConfig.DEFAULT,
                List.of(),
                LogConfig.DEFAULT);
    }

    /** A configuration whose auth groups are those that discovery and targets use; it polls. */
    public DbsConfig(
            List<DeviceConfig> devices,
            List<PortalConfig> portals,
            Discovery discovery,
            Optional<AuthGroupConfig> discoveryAuth,
            List<TargetConfig> targets,
            AdminConfig admin,
            List<ScheduleConfig> schedules,
            LogConfig log) {
        this(
                devices,
                portals,
                discovery,
                discoveryAuth,
                targets,
                admin,
                schedules,
                log,
                true,
                Stream.concat(
                                discoveryAuth.stream(),
                                targets.stream()
                                        .flatMap(target -> target.access().authGroup().stream()))
                        .distinct()
                        .toList());
    }

    /** Checks the values. */
    public DbsConfig {
        devices = List.copyOf(devices);
        portals = List.copyOf(portals);
        targets = List.copyOf(targets);
        schedules = List.copyOf(schedules);
        authGroups = List.copyOf(authGroups);
        if (portals.isEmpty()) {
            throw new IllegalArgumentException("there is no portal; give one to listen on");
        }
        Set<String> deviceNames = unique(devices, DeviceConfig::name);
        unique(targets, TargetConfig::name);
        unique(schedules, ScheduleConfig::name);
        for (TargetConfig target : targets) {
            for (LunConfig lun : target.luns()) {
                if (!deviceNames.contains(lun.device())) {
                    throw new IllegalArgumentException(
                            target.name() + ": there is no device " + lun.device() + "; define it");
                }
            }
        }
    }

    private static <T> Set<String> unique(List<T> items, Function<T, String> name) {
        Set<String> names = new HashSet<>();
        for (T item : items) {
            if (!names.add(name.apply(item))) {
                throw new IllegalArgumentException(name.apply(item) + " is named twice; leave one");
            }
        }
        return names;
    }
}
