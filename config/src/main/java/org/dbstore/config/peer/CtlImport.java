package org.dbstore.config.peer;

import org.dbstore.config.ByteSize;
import org.dbstore.config.ConfigException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code ctl.conf}: auth groups, portal groups, LUNs and targets. */
final class CtlImport {
    private static final Set<String> OF_THE_DAEMON =
            Set.of("pidfile", "debug", "maxproc", "timeout");

    private static final Set<String> TERMS =
            Set.of(
                    "auth-group",
                    "auth-type",
                    "chap",
                    "chap-mutual",
                    "initiator-name",
                    "initiator-portal");

    private final Draft draft;
    private final Map<String, Clause> authGroups = new HashMap<>();
    private final Map<String, Clause> luns = new LinkedHashMap<>();
    private final Map<String, List<String>> portalGroups = new HashMap<>();
    private final Map<String, Optional<String>> named = new HashMap<>();
    private final Set<String> usedLuns = new HashSet<>();

    CtlImport(Draft draft) {
        this.draft = draft;
    }

    void read(List<Clause> clauses) throws ConfigException {
        for (Clause clause : clauses) {
            switch (clause.key()) {
                case "auth-group" -> authGroups.put(clause.word(1), clause);
                case "lun" -> luns.put(clause.word(1), clause);
                default -> {}
            }
        }
        for (Clause clause : clauses) {
            if (clause.key().equals("portal-group")) {
                portalGroup(clause);
            }
        }
        for (Clause clause : clauses) {
            if (clause.key().equals("target")) {
                target(clause);
            } else if (clause.key().equals("controller")) {
                draft.unknown(
                        clause.place(),
                        "controller " + clause.word(1),
                        "NVMe over Fabrics is not served");
            } else if (!Set.of("auth-group", "lun", "portal-group").contains(clause.key())
                    && !OF_THE_DAEMON.contains(clause.key())) {
                draft.unknown(clause.place(), clause.key(), "there is nothing like it");
            }
        }
        for (Map.Entry<String, Clause> lun : luns.entrySet()) {
            if (!usedLuns.contains(lun.getKey())) {
                draft.unused(lun.getValue().place(), "lun " + lun.getKey());
            }
        }
    }

    private void portalGroup(Clause group) throws ConfigException {
        List<String> portals = new ArrayList<>();
        if (!has(group, "discovery-auth-group")) {
            closedDiscovery(group);
        }
        for (Clause each : group.block()) {
            switch (each.key()) {
                case "listen" -> portals.add(listen(each));
                case "discovery-auth-group" -> discovery(each);
                case "listen-iser" ->
                        draft.unknown(each.place(), "listen-iser", "iSCSI over TCP is served");
                default -> draft.unknown(each.place(), each.key(), "portals have nothing like it");
            }
        }
        portalGroups.put(group.word(1), portals);
    }

    private String listen(Clause clause) throws ConfigException {
        String text = clause.word(1);
        boolean bare = text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[");
        return draft.portal(bare ? "[" + text + "]" : text, clause.place());
    }

    private void discovery(Clause clause) throws ConfigException {
        String name = clause.word(1);
        if (name.equals("no-authentication")) {
            return;
        }
        if (name.equals("default")) {
            closedDiscovery(clause);
            return;
        }
        draft.note(
                clause.place(),
                "discovery is for the users of "
                        + name
                        + " now, through all portals: there it was through this group");
        draft.discoveryAuth(users(name, defined(name, clause)));
    }

    private void closedDiscovery(Clause clause) {
        draft.note(
                clause.place(),
                "discovery is refused there; here it is open, or for the users of"
                        + " discovery-auth-group: name one");
    }

    private static boolean has(Clause owner, String key) {
        return owner.block().stream().anyMatch(each -> each.key().equals(key));
    }

    private Clause defined(String name, Clause use) throws ConfigException {
        Clause group = authGroups.get(name);
        if (group == null) {
            throw ConfigImport.refused(
                    use.place(), "there is no auth-group " + name + "; define it");
        }
        return group;
    }

    /** Our name of a group's users; made at the first use. */
    private Optional<String> users(String name, Clause owner) throws ConfigException {
        Optional<String> known = named.get(name);
        if (known != null) {
            return known;
        }
        List<PeerUser> users = new ArrayList<>();
        for (Clause each : owner.block()) {
            if (each.key().equals("chap")) {
                users.add(new PeerUser(each.word(1), each.word(2), each.place()));
            } else if (each.key().equals("chap-mutual")) {
                users.add(
                        new PeerUser(
                                each.word(1),
                                each.word(2),
                                each.word(3),
                                each.word(4),
                                each.place()));
            }
        }
        Optional<String> made = draft.authGroup(name, users);
        named.put(name, made);
        return made;
    }

    private void target(Clause clause) throws ConfigException {
        if (has(clause, "port") && !has(clause, "portal-group")) {
            draft.unknown(
                    clause.place(),
                    "target " + clause.word(1),
                    "it is reached through ports of hardware; iSCSI over TCP is served");
            return;
        }
        Optional<TargetDraft> begun = draft.target(clause.word(1), clause.place());
        if (begun.isEmpty()) {
            return;
        }
        TargetDraft target = begun.get();
        for (Clause each : clause.block()) {
            switch (each.key()) {
                case "alias" -> target.key("alias", each.rest());
                case "portal-group" -> portals(each, target);
                case "lun" -> lun(each, target);
                default -> {
                    if (!TERMS.contains(each.key())) {
                        draft.unknown(each.place(), each.key(), "targets have nothing like it");
                    }
                }
            }
        }
        if (!has(clause, "portal-group")) {
            target.portals.addAll(portalGroups.getOrDefault("default", List.of()));
        }
        access(clause, target);
    }

    /** Who may log in: by the target's own terms, its auth group, or that of its portal groups. */
    private void access(Clause clause, TargetDraft target) throws ConfigException {
        Set<String> ofPortals = new LinkedHashSet<>();
        for (Clause each : clause.block()) {
            if (each.key().equals("auth-group")) {
                authGroup(each.word(1), each, target);
                return;
            }
            if (each.key().equals("portal-group")) {
                ofPortals.add(each.words().size() > 2 ? each.word(2) : "default");
            }
        }
        if (clause.block().stream().anyMatch(each -> TERMS.contains(each.key()))) {
            terms(clause.word(1), clause, target);
        } else {
            authGroup(
                    ofPortals.size() == 1 ? ofPortals.iterator().next() : "default",
                    clause,
                    target);
        }
    }

    private void authGroup(String name, Clause use, TargetDraft target) throws ConfigException {
        if (name.equals("no-authentication")) {
            target.admitAll();
        } else if (!name.equals("default") || authGroups.containsKey(name)) {
            terms(name, defined(name, use), target);
        }
    }

    /** The terms that stand in an auth group, or in the target itself. */
    private void terms(String name, Clause owner, TargetDraft target) throws ConfigException {
        boolean anybody = true;
        for (Clause each : owner.block()) {
            switch (each.key()) {
                case "auth-type" -> {
                    if (each.word(1).equals("deny")) {
                        return;
                    }
                }
                case "initiator-name" -> {
                    anybody = false;
                    target.admit(each.word(1), each.place());
                }
                case "initiator-portal" -> target.from(each.word(1), each.place());
                default -> {}
            }
        }
        if (anybody) {
            target.admitAll();
        }
        users(name, owner).ifPresent(group -> target.key("auth-group", group));
    }

    private void portals(Clause use, TargetDraft target) throws ConfigException {
        List<String> portals = portalGroups.get(use.word(1));
        if (portals != null) {
            target.portals.addAll(portals);
        } else if (!use.word(1).equals("default")) {
            throw ConfigImport.refused(
                    use.place(), "there is no portal-group " + use.word(1) + "; define it");
        }
        if (use.words().size() > 2) {
            draft.note(
                    use.place(),
                    "auth-group "
                            + use.word(2)
                            + " is for this portal group; here a target has the same terms through"
                            + " all portals: check them");
        }
    }

    private void lun(Clause use, TargetDraft target) throws ConfigException {
        Clause definition = use;
        if (use.words().size() > 2) {
            definition = luns.get(use.word(2));
            if (definition == null) {
                throw ConfigImport.refused(
                        use.place(), "there is no lun " + use.word(2) + "; define it");
            }
            usedLuns.add(use.word(2));
        }
        int number = use.number(1);
        backing(definition).ifPresent(backing -> target.lun(number, backing));
    }

    private Optional<Backing> backing(Clause lun) throws ConfigException {
        String path = "";
        long size = 0;
        int blockBytes = 512;
        boolean readOnly = false;
        for (Clause each : lun.block()) {
            switch (each.key()) {
                case "path" -> path = each.word(1);
                case "size" -> size = size(each);
                case "blocksize" -> blockBytes = blockBytes(each);
                case "backend" -> {
                    if (!each.word(1).equals("block")) {
                        draft.unknown(
                                each.place(),
                                "the LUN",
                                "a " + each.word(1) + " holds no data of its own");
                        return Optional.empty();
                    }
                }
                case "device-type" -> {
                    if (!each.word(1).matches("0|disk|direct")) {
                        draft.unknown(
                                each.place(),
                                "the LUN",
                                "it is of device-type " + each.word(1) + "; only disks are served");
                        return Optional.empty();
                    }
                }
                case "option" -> {
                    if (each.word(1).equals("readonly")) {
                        readOnly = each.word(2).matches("on|yes|true|1");
                    } else {
                        draft.unknown(
                                each.place(),
                                "option " + each.word(1),
                                "LUNs have nothing like it");
                    }
                }
                default ->
                        draft.unknown(
                                each.place(), each.key(), "disks have identities of their own");
            }
        }
        if (path.isEmpty()) {
            throw ConfigImport.refused(lun.place(), "the lun has no path; add it");
        }
        return Optional.of(
                new Backing(
                        path.substring(path.lastIndexOf('/') + 1),
                        path,
                        size,
                        readOnly,
                        false,
                        blockBytes,
                        lun.place()));
    }

    private static long size(Clause clause) throws ConfigException {
        try {
            return ByteSize.parsePositive(clause.word(1));
        } catch (IllegalArgumentException e) {
            throw ConfigImport.refused(clause.place(), String.valueOf(e.getMessage()));
        }
    }

    private int blockBytes(Clause clause) throws ConfigException {
        int bytes = clause.number(1);
        if (bytes != 512 && bytes != 4096) {
            draft.unknown(
                    clause.place(),
                    "blocksize " + bytes,
                    "512 or 4096 can be served; 512 was taken");
        }
        return bytes == 4096 ? 4096 : 512;
    }
}
