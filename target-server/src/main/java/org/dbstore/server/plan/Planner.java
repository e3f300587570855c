package org.dbstore.server.plan;

import org.dbstore.config.AuthGroupConfig;
import org.dbstore.config.DbsConfig;
import org.dbstore.config.DeviceConfig;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.ScheduleConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.config.VolumeConfig;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.server.plan.Admission.Denial;
import org.dbstore.server.plan.Change.Kind;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Works out what lies between two configurations. Used by one thread, once. */
public final class Planner {
    private final DbsConfig current;
    private final DbsConfig next;
    private final List<SessionInfo> sessions;
    private final Set<String> missing;
    private final Map<SessionInfo, Denial> denials = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();

    private Planner(
            DbsConfig current, DbsConfig next, List<SessionInfo> sessions, Set<String> missing) {
        this.current = current;
        this.next = next;
        this.sessions = sessions;
        this.missing = missing;
        for (SessionInfo session : sessions) {
            Admission.denial(session, next).ifPresent(denial -> denials.put(session, denial));
        }
    }

    /**
     * Compares two configurations.
     *
     * @param version of the current one
     * @param sessions open now
     * @param missing devices that are wanted and could not be opened
     */
    public static Plan plan(
            DbsConfig current,
            long version,
            DbsConfig next,
            List<SessionInfo> sessions,
            Set<String> missing) {
        Planner planner = new Planner(current, next, sessions, missing);
        planner.devicesToOpen();
        planner.portals();
        planner.authGroups();
        planner.discovery();
        planner.busyPoll();
        planner.targets();
        planner.devicesToClose();
        planner.rest();
        return new Plan(next, version, planner.changes, planner.obstacles);
    }

    private void devicesToOpen() {
        Map<String, DeviceConfig> before = byName(current.devices(), DeviceConfig::name);
        for (DeviceConfig device : next.devices()) {
            DeviceConfig old = before.get(device.name());
            if (old == null) {
                add(Kind.ADD, title(device), "is opened at " + place(device));
                device.volumes().forEach(volume -> volume(device, volume));
            } else if (missing.contains(device.name())) {
                add(
                        Kind.CHANGE,
                        title(device),
                        "could not be opened, and is tried again at " + place(device));
            } else {
                device(old, device);
            }
        }
    }

    private static String place(DeviceConfig device) {
        return device.path()
                + (device.createBytes() > 0 ? ", which is created if it is not there" : "");
    }

    private void device(DeviceConfig old, DeviceConfig device) {
        if (!old.path().equals(device.path()) || old.direct() != device.direct()) {
            String how =
                    "is closed and opened at "
                            + device.path()
                            + (device.direct() ? ", past the page cache" : "");
            add(Kind.CHANGE, title(device), how);
            if (old.path().equals(device.path())) {
                obstacles.add(
                        title(device)
                                + " is open and cannot be opened a second time in another way;"
                                + " take it out of the configuration before, or restart dbsd");
            } else if (isUsed(old.name())) {
                obstacles.add(
                        title(device)
                                + " is served, so it cannot become another one; unmap its LUNs"
                                + " before, or give the new one a name of its own");
            }
        }
        device.volumes().stream()
                .filter(volume -> !old.volumes().contains(volume))
                .forEach(volume -> volume(device, volume));
        if (!old.thresholds().equals(device.thresholds())) {
            add(Kind.CHANGE, title(device), "has other soft thresholds");
        }
    }

    private void volume(DeviceConfig device, VolumeConfig volume) {
        add(
                Kind.ADD,
                "volume " + volume.name() + " of " + title(device),
                "is created with " + volume.sizeBytes() + " bytes if it is not there");
    }

    private void devicesToClose() {
        Map<String, DeviceConfig> after = byName(next.devices(), DeviceConfig::name);
        for (DeviceConfig device : current.devices()) {
            if (!after.containsKey(device.name())) {
                add(Kind.REMOVE, title(device), "is closed; its data stay");
                if (!missing.contains(device.name())
                        && next.devices().stream().anyMatch(d -> d.path().equals(device.path()))) {
                    obstacles.add(
                            title(device)
                                    + " is open and cannot change its name; take it out of the"
                                    + " configuration before, or restart dbsd");
                }
            }
        }
    }

    private boolean isUsed(String device) {
        return current.targets().stream()
                .flatMap(target -> target.luns().stream())
                .anyMatch(lun -> lun.device().equals(device));
    }

    private void rest() {
        if (!current.admin().equals(next.admin())) {
            add(Kind.CHANGE, "administration", "has other settings, from the next start on");
        }
        if (!current.log().equals(next.log())) {
            add(Kind.CHANGE, "log", "has other settings");
        }
        Map<String, ScheduleConfig> before = byName(current.schedules(), ScheduleConfig::name);
        Map<String, ScheduleConfig> after = byName(next.schedules(), ScheduleConfig::name);
        after.forEach((name, schedule) -> {
            if (!before.containsKey(name)) {
                add(Kind.ADD, "snapshot schedule " + name, "is followed");
            } else if (!schedule.equals(before.get(name))) {
                add(Kind.CHANGE, "snapshot schedule " + name, "is another");
            }
        });
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .forEach(name ->
                        add(
                                Kind.REMOVE,
                                "snapshot schedule " + name,
                                "is followed no more; its snapshots stay"));
    }

    private void portals() {
        Map<String, PortalConfig> before = byName(current.portals(), Planner::address);
        Map<String, PortalConfig> after = byName(next.portals(), Planner::address);
        after.forEach((address, portal) -> {
            PortalConfig old = before.get(address);
            if (old == null) {
                add(Kind.ADD, "portal " + address, "is listened on, group " + portal.groupTag());
            } else if (old.groupTag() != portal.groupTag()) {
                change(
                        Kind.CHANGE,
                        "portal " + address,
                        "is in group " + portal.groupTag() + " instead of " + old.groupTag(),
                        Effect.cuts(through(old)));
            }
        });
        before.forEach((address, portal) -> {
            if (!after.containsKey(address)) {
                change(
                        Kind.REMOVE,
                        "portal " + address,
                        "is listened on no more",
                        Effect.cuts(through(portal)));
            }
        });
    }

    /** Sessions that came through a portal and may not stay. */
    private List<String> through(PortalConfig portal) {
        return sessions.stream()
                .filter(session -> denials.get(session) == Denial.PORTAL_GONE)
                .filter(session -> session.nexus().portalGroupTag() == portal.groupTag())
                .filter(session -> Admission.leadsTo(portal, session.local()))
                .map(SessionInfo::title)
                .toList();
    }

    /** A change of a group in use is a change of what uses it. */
    private void authGroups() {
        Map<String, AuthGroupConfig> before = byName(current.authGroups(), AuthGroupConfig::name);
        Map<String, AuthGroupConfig> after = byName(next.authGroups(), AuthGroupConfig::name);
        after.forEach((name, group) -> {
            if (!before.containsKey(name)) {
                add(Kind.ADD, "auth group " + name, "is there to be used");
            } else if (!group.equals(before.get(name)) && !isUsed(group)) {
                add(Kind.CHANGE, "auth group " + name, "has other users, secrets or algorithms");
            }
        });
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .forEach(name -> add(Kind.REMOVE, "auth group " + name, "is gone"));
    }

    private boolean isUsed(AuthGroupConfig group) {
        Optional<AuthGroupConfig> used = Optional.of(group);
        return next.discoveryAuth().equals(used)
                || next.targets().stream()
                        .anyMatch(target -> target.access().authGroup().equals(used));
    }

    private void discovery() {
        if (current.discovery() != next.discovery()) {
            String which =
                    switch (next.discovery()) {
                        case ALL -> "every portal of a target";
                        case CONNECTED -> "only the address by which the initiator came";
                    };
            add(Kind.CHANGE, "discovery", "lists " + which);
        }
        if (!current.discoveryAuth().equals(next.discoveryAuth())) {
            add(
                    Kind.CHANGE,
                    "discovery",
                    next.discoveryAuth()
                            .map(group -> "takes CHAP by auth group " + group.name())
                            .orElse("needs no authentication"));
        }
    }

    private void busyPoll() {
        if (current.busyPoll() != next.busyPoll()) {
            String how =
                    next.busyPoll()
                            ? "look for the next command before they sleep"
                            : "sleep until the next command";
            add(Kind.CHANGE, "connections", how);
        }
    }

    private void targets() {
        Map<String, TargetConfig> before = byName(current.targets(), TargetConfig::name);
        Map<String, TargetConfig> after = byName(next.targets(), TargetConfig::name);
        before.forEach((name, target) -> {
            if (!after.containsKey(name)) {
                change(
                        Kind.REMOVE,
                        "target " + name,
                        "is gone with its " + target.luns().size() + " LUNs; the volumes stay",
                        Effect.cuts(denied(name, Denial.TARGET_GONE)));
            }
        });
        after.forEach((name, target) -> {
            TargetConfig old = before.get(name);
            if (old == null) {
                add(Kind.ADD, "target " + name, "appears with " + target.luns().size() + " LUNs");
            } else {
                new TargetPlanner(this, old, target).plan();
            }
        });
    }

    /** Titles of the sessions of a target that are denied for one of some reasons. */
    List<String> denied(String target, Denial... reasons) {
        return sessions.stream()
                .filter(session -> session.nexus().targetName().equals(target))
                .filter(session ->
                        Optional.ofNullable(denials.get(session))
                                .filter(Arrays.asList(reasons)::contains)
                                .isPresent())
                .map(SessionInfo::title)
                .toList();
    }

    /** The sessions of a target that go on. */
    List<SessionInfo> staying(String target) {
        return sessions.stream()
                .filter(session -> session.nexus().targetName().equals(target))
                .filter(session -> !denials.containsKey(session))
                .toList();
    }

    void change(Kind kind, String subject, String text, Effect effect) {
        changes.add(new Change(kind, subject, text, effect));
    }

    void add(Kind kind, String subject, String text) {
        change(kind, subject, text, Effect.NONE);
    }

    void obstacle(String text) {
        obstacles.add(text);
    }

    private static String title(DeviceConfig device) {
        return "device " + device.name();
    }

    private static String address(PortalConfig portal) {
        String host = portal.host().contains(":") ? "[" + portal.host() + "]" : portal.host();
        return host + ":" + portal.port();
    }

    private static <T> Map<String, T> byName(List<T> items, Function<T, String> name) {
        Map<String, T> map = new LinkedHashMap<>();
        items.forEach(item -> map.put(name.apply(item), item));
        return map;
    }
}
