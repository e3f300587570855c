package org.dbstore.server.plan;

import org.dbstore.config.LunConfig;
import org.dbstore.config.NamePattern;
import org.dbstore.config.PortGroupStates;
import org.dbstore.config.TargetAccess;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetConfig;
import org.dbstore.server.iscsi.session.SessionInfo;
import org.dbstore.server.plan.Admission.Denial;
import org.dbstore.server.plan.Change.Kind;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Works out what becomes different of one target. */
final class TargetPlanner {
    private final Planner planner;
    private final TargetConfig old;
    private final TargetConfig next;
    private final String subject;

    TargetPlanner(Planner planner, TargetConfig old, TargetConfig next) {
        this.planner = planner;
        this.old = old;
        this.next = next;
        this.subject = "target " + next.name();
    }

    void plan() {
        note(TargetConfig::alias, "has the alias '" + next.alias() + "'");
        cut(
                TargetConfig::portalGroups,
                next.portalGroups().isEmpty()
                        ? "is reached through all portals"
                        : "is reached through portal groups " + next.portalGroups(),
                Denial.PORTAL_GROUP);
        cut(
                TargetConfig::initiators,
                next.initiators().isEmpty()
                        ? "admits nobody"
                        : "admits " + String.join(", ", next.initiators()),
                Denial.INITIATOR);
        access();
        luns();
    }

    private void access() {
        TargetAccess access = next.access();
        cut(
                target -> target.access().addresses(),
                access.addresses().isEmpty()
                        ? "admits every address"
                        : "admits "
                                + access.addresses().stream()
                                        .map(range -> range.network() + "/" + range.prefixBits())
                                        .collect(Collectors.joining(", ")),
                Denial.ADDRESS);
        cut(
                target -> target.access().authGroup(),
                access.authGroup()
                        .map(group ->
                                "takes CHAP by auth group "
                                        + group.name()
                                        + " as it is now; a new secret is asked for at the next"
                                        + " login")
                        .orElse("needs no authentication"),
                Denial.AUTHENTICATION);
        note(
                target -> target.access().headerDigest(),
                "header digests are " + word(access.headerDigest()) + " from the next login on");
        note(
                target -> target.access().dataDigest(),
                "data digests are " + word(access.dataDigest()) + " from the next login on");
        note(
                target -> target.access().limits().sessions(),
                "takes " + access.limits().sessions() + " sessions; none is cut for that");
        note(
                target -> target.access().limits().commands(),
                "takes " + access.limits().commands() + " commands of a session at once");
        note(target -> target.access().initiatorQos(), "has other limits of certain initiators");
        portGroups(old.access().portGroups(), access.portGroups());
        note(
                target -> target.access().redirect(),
                access.redirect()
                        .map(to -> "sends later logins to " + to.portal().host())
                        .orElse("serves logins itself"));
        if (!old.access().lunMaps().equals(access.lunMaps())) {
            List<String> told =
                    planner.staying(next.name()).stream()
                            .filter(session -> !seen(old, session).equals(seen(next, session)))
                            .map(SessionInfo::title)
                            .toList();
            planner.change(
                    Kind.CHANGE,
                    subject,
                    "shows certain initiators other LUNs",
                    Effect.attention(told));
        }
    }

    /** Whoever is logged in is told, whichever way he came: it is for him to choose another. */
    private void portGroups(PortGroupStates was, PortGroupStates now) {
        Effect told =
                Effect.attention(
                        planner.staying(next.name()).stream().map(SessionInfo::title).toList());
        Set<Integer> tags = new TreeSet<>(was.states().keySet());
        tags.addAll(now.states().keySet());
        for (int tag : tags) {
            if (was.state(tag) != now.state(tag)) {
                String text = "is " + now.state(tag).word() + " through portal group " + tag;
                planner.change(Kind.CHANGE, subject, text, told);
            }
        }
        if (was.settable() != now.settable()) {
            planner.change(
                    Kind.CHANGE,
                    subject,
                    now.settable()
                            ? "lets initiators change its access states"
                            : "lets no initiator change its access states",
                    told);
        }
    }

    private static String word(TargetAccess.Digest digest) {
        return switch (digest) {
            case ALLOWED -> "as the initiator prefers";
            case REQUIRED -> "required";
            case FORBIDDEN -> "forbidden";
        };
    }

    private void luns() {
        Map<Integer, LunConfig> before = byNumber(old);
        Map<Integer, LunConfig> after = byNumber(next);
        before.forEach((number, lun) -> {
            if (!after.containsKey(number)) {
                lun(Kind.REMOVE, lun, title(lun) + " is shown no more; its data stay");
            }
        });
        after.forEach((number, lun) -> {
            LunConfig was = before.get(number);
            if (was == null) {
                lun(Kind.ADD, lun, "shows " + title(lun) + (lun.readOnly() ? ", read-only" : ""));
            } else if (!title(was).equals(title(lun))) {
                lun(
                        Kind.CHANGE,
                        lun,
                        "shows another disk, "
                                + title(lun)
                                + " instead of "
                                + title(was)
                                + ": whoever has it in use has to let go of it before");
            } else {
                sameDisk(was, lun);
            }
        });
    }

    private void sameDisk(LunConfig was, LunConfig lun) {
        if (was.readOnly() != lun.readOnly()) {
            lun(Kind.CHANGE, lun, lun.readOnly() ? "is read-only" : "can be written");
        }
        if (was.cache() != lun.cache()) {
            lun(
                    Kind.CHANGE,
                    lun,
                    switch (lun.cache()) {
                        case WRITEBACK -> "has a write-back cache";
                        case WRITETHROUGH ->
                                "has no write-back cache; what is in it is made durable before";
                    });
        }
        if (was.physicalBlockBytes() != lun.physicalBlockBytes()) {
            lun(Kind.CHANGE, lun, "has physical blocks of " + lun.physicalBlockBytes() + " bytes");
        }
        if (!was.qos().equals(lun.qos())) {
            planner.add(Kind.CHANGE, subject(lun), "has other limits");
        }
        if (!was.snapshots().equals(lun.snapshots())) {
            lun(
                    Kind.CHANGE,
                    lun,
                    lun.snapshots()
                            .map(rule ->
                                    "shows its snapshots as LUNs "
                                            + rule.first()
                                            + "-"
                                            + rule.last())
                            .orElse("shows none of its snapshots by themselves any more"));
        }
        if (was.blockBytes() != lun.blockBytes()) {
            lun(Kind.CHANGE, lun, "has blocks of " + lun.blockBytes() + " bytes");
            List<String> users = seeing(lun.number());
            if (!users.isEmpty()) {
                planner.obstacle(
                        subject(lun)
                                + " is seen by "
                                + String.join(", ", users)
                                + ", who count its blocks in the old size and would destroy its"
                                + " contents; have them log out, or unmap it and map it again");
            }
        }
    }

    private void lun(Kind kind, LunConfig lun, String text) {
        planner.change(kind, subject(lun), text, Effect.attention(seeing(lun.number())));
    }

    private String subject(LunConfig lun) {
        return "LUN " + lun.number() + " of " + next.name();
    }

    private static String title(LunConfig lun) {
        return "volume "
                + lun.device()
                + "/"
                + lun.volume()
                + (lun.snapshot().isEmpty() ? "" : "@" + lun.snapshot());
    }

    /** Sessions that go on and see a LUN of the target, now or then. */
    private List<String> seeing(int number) {
        return planner.staying(next.name()).stream()
                .filter(session ->
                        seen(old, session).containsValue(number)
                                || seen(next, session).containsValue(number))
                .map(SessionInfo::title)
                .toList();
    }

    /** What a session sees: its number to the target's. */
    private static Map<Integer, Integer> seen(TargetConfig target, SessionInfo session) {
        String initiator = session.nexus().initiatorName();
        return target.access().lunMaps().stream()
                .filter(map -> NamePattern.matchesAny(map.initiators(), initiator))
                .map(LunMapConfig::luns)
                .findFirst()
                .orElseGet(() ->
                        target.luns().stream()
                                .map(LunConfig::number)
                                .collect(Collectors.toMap(Function.identity(), number -> number)));
    }

    private static Map<Integer, LunConfig> byNumber(TargetConfig target) {
        Map<Integer, LunConfig> map = new TreeMap<>();
        target.luns().forEach(lun -> map.put(lun.number(), lun));
        return map;
    }

    /** A change that concerns later logins only. */
    private void note(Function<TargetConfig, Object> part, String text) {
        if (!part.apply(old).equals(part.apply(next))) {
            planner.add(Kind.CHANGE, subject, text);
        }
    }

    /** A change by which sessions may come to an end. */
    private void cut(Function<TargetConfig, Object> part, String text, Denial denial) {
        if (!part.apply(old).equals(part.apply(next))) {
            planner.change(
                    Kind.CHANGE, subject, text, Effect.cuts(planner.denied(next.name(), denial)));
        }
    }
}
