package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code saveconfig.json}: storage objects, and targets with portal groups and ACLs. */
final class TargetcliImport {
    private static final Set<String> DATA = Set.of("block", "fileio");

    private final Draft draft;
    private final Map<String, Backing> backings = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

    TargetcliImport(Draft draft) {
        this.draft = draft;
    }

    void read(Json root) throws ConfigException {
        if (!root.fields().containsKey("storage_objects")
                || !root.fields().containsKey("targets")) {
            throw ConfigImport.refused(
                    root.place(),
                    "has no storage_objects and targets; name a saveconfig.json of targetcli");
        }
        for (Json object : root.get("storage_objects").items()) {
            backing(object);
        }
        for (Json target : root.get("targets").items()) {
            if (target.need("fabric").equals("iscsi")) {
                target(target);
            } else {
                draft.unknown(
                        target.place(),
                        "target " + target.need("wwn"),
                        "its fabric is " + target.need("fabric") + "; only iscsi is served");
            }
        }
        for (Map.Entry<String, Backing> backing : backings.entrySet()) {
            if (!used.contains(backing.getKey())) {
                draft.unused(
                        backing.getValue().place(), "storage object " + backing.getValue().name());
            }
        }
        for (Json fabric : root.get("fabric_modules").items()) {
            discovery(fabric);
        }
    }

    private void backing(Json object) throws ConfigException {
        String plugin = object.need("plugin");
        String name = object.need("name");
        if (!DATA.contains(plugin)) {
            draft.unknown(
                    object.place(),
                    "storage object " + name,
                    "its plugin is "
                            + plugin
                            + "; only disks of files and block devices are served");
            return;
        }
        Json attributes = object.get("attributes");
        String block = attributes.get("block_size").text();
        if (!block.isEmpty() && !block.equals("512") && !block.equals("4096")) {
            draft.unknown(
                    attributes.get("block_size").place(),
                    "block_size " + block,
                    "512 or 4096 can be served; 512 was taken");
        }
        String size = object.get("size").text();
        backings.put(
                "/backstores/" + plugin + "/" + name,
                new Backing(
                        name,
                        object.need("dev"),
                        size.matches("[0-9]{1,18}") ? Long.parseLong(size) : 0,
                        object.isOn("readonly"),
                        object.isOn("write_back"),
                        block.equals("4096") ? 4096 : 512,
                        object.place()));
    }

    private void target(Json target) throws ConfigException {
        String name = target.need("wwn");
        List<Json> groups = target.get("tpgs").items();
        Optional<TargetDraft> begun = draft.target(name, target.place());
        if (groups.isEmpty() || begun.isEmpty()) {
            return;
        }
        for (Json other : groups.subList(1, groups.size())) {
            draft.unknown(
                    other.place(),
                    "portal group " + other.get("tag").text() + " of " + name,
                    "a target has the same LUNs through all portals; make another target of it");
        }
        group(name, groups.getFirst(), begun.get());
    }

    private void group(String name, Json group, TargetDraft target) throws ConfigException {
        if (group.fields().containsKey("enable") && !group.isOn("enable")) {
            draft.note(
                    group.place(), name + " is disabled there; here it would be served: remove it");
        }
        for (Json portal : group.get("portals").items()) {
            portal(portal, target);
        }
        parameters(group.get("parameters"), target);
        Json attributes = group.get("attributes");
        Map<Integer, Backing> luns = new LinkedHashMap<>();
        for (Json lun : group.get("luns").items()) {
            alua(lun);
            Backing backing = backings.get(lun.need("storage_object"));
            if (backing == null) {
                draft.unknown(
                        lun.place(),
                        "LUN " + lun.number("index") + " of " + name,
                        "its storage object " + lun.need("storage_object") + " is not served");
            } else {
                luns.put(lun.number("index"), backing);
                used.add(lun.need("storage_object"));
            }
        }
        if (attributes.isOn("generate_node_acls")) {
            target.admitAll();
            boolean protectedLuns = attributes.isOn("demo_mode_write_protect");
            luns.forEach((number, backing) ->
                    target.lun(number, protectedLuns ? backing.withReadOnly() : backing));
        }
        List<PeerUser> users = new ArrayList<>();
        user(group).ifPresent(users::add);
        for (Json acl : group.get("node_acls").items()) {
            acl(acl, luns, target);
            user(acl).ifPresent(users::add);
        }
        authentication(name, group, users, target);
    }

    /** Groups of ports beside the first that LIO makes mean something. */
    private void alua(Json lun) {
        String group = lun.get("alua_tg_pt_gp_name").text();
        if (!group.isEmpty() && !group.equals("default_tg_pt_gp")) {
            draft.unknown(
                    lun.get("alua_tg_pt_gp_name").place(),
                    "ALUA group " + group,
                    "all portals are equally good");
        }
    }

    private void authentication(String name, Json group, List<PeerUser> users, TargetDraft target) {
        Json attributes = group.get("attributes");
        List<Json> acls = group.get("node_acls").items();
        boolean on = attributes.isOn("authentication");
        for (Json acl : acls) {
            Json own = acl.get("attributes");
            boolean differs = own.isOn("authentication") != on && !inherits(own);
            if (differs) {
                draft.note(
                        own.place(),
                        "authentication differs for "
                                + acl.get("node_wwn").text()
                                + "; here all initiators of a target need a secret, or none");
            }
        }
        on |= acls.stream().anyMatch(acl -> acl.get("attributes").isOn("authentication"));
        if (!on) {
            if (!users.isEmpty()) {
                draft.note(
                        attributes.place(),
                        "authentication is off there; the users of "
                                + name
                                + " were left out, nobody needs a secret");
            }
            return;
        }
        if (users.isEmpty()) {
            draft.note(
                    attributes.place(),
                    name + " wants authentication, but has no users; add an auth-group");
        }
        if (users.size() > 1) {
            draft.note(
                    attributes.place(),
                    "each initiator of "
                            + name
                            + " has its own user there; here each of the users may come from each"
                            + " of the initiators");
        }
        draft.authGroup(name, users).ifPresent(made -> target.key("auth-group", made));
    }

    private static boolean inherits(Json attributes) {
        String value = attributes.get("authentication").text();
        return value.isEmpty() || value.equals("-1");
    }

    private void acl(Json acl, Map<Integer, Backing> luns, TargetDraft target)
            throws ConfigException {
        List<String> initiator = target.admit(acl.need("node_wwn"), acl.place());
        Map<Integer, Backing> view = target.view(initiator);
        for (Json mapped : acl.get("mapped_luns").items()) {
            Backing backing = luns.get(mapped.number("tpg_lun"));
            if (backing == null) {
                draft.unknown(
                        mapped.place(),
                        "mapped LUN " + mapped.number("index"),
                        "there is no LUN " + mapped.number("tpg_lun") + " behind it");
            } else {
                target.add(
                        view,
                        mapped.number("index"),
                        mapped.isOn("write_protect") ? backing.withReadOnly() : backing);
            }
        }
    }

    private void portal(Json portal, TargetDraft target) throws ConfigException {
        String address = portal.need("ip_address");
        if (portal.isOn("iser")) {
            draft.unknown(portal.place(), "iser of " + address, "iSCSI over TCP is served");
        }
        String host =
                address.contains(":") && !address.startsWith("[") ? "[" + address + "]" : address;
        target.portals.add(draft.portal(host + ":" + portal.number("port"), portal.place()));
    }

    private static void parameters(Json parameters, TargetDraft target) {
        String alias = parameters.get("TargetAlias").text();
        if (!alias.isEmpty()) {
            target.key("alias", alias);
        }
        digest(parameters.get("HeaderDigest").text(), "header-digest", target);
        digest(parameters.get("DataDigest").text(), "data-digest", target);
    }

    private static void digest(String value, String key, TargetDraft target) {
        if (value.equals("CRC32C")) {
            target.key(key, "required");
        } else if (value.equals("None")) {
            target.key(key, "forbidden");
        }
    }

    /** Written with the prefix chap_; the manual page has none. */
    private static Optional<PeerUser> user(Json owner) {
        return user(owner, "chap_").or(() -> user(owner, ""));
    }

    private static Optional<PeerUser> user(Json owner, String prefix) {
        String name = owner.get(prefix + "userid").text();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new PeerUser(
                        name,
                        owner.get(prefix + "password").text(),
                        owner.get(prefix + "mutual_userid").text(),
                        owner.get(prefix + "mutual_password").text(),
                        owner.place()));
    }

    private void discovery(Json fabric) {
        boolean off =
                fabric.fields().containsKey("discovery_enable_auth")
                        && !fabric.isOn("discovery_enable_auth");
        if (!off) {
            user(fabric, "discovery_")
                    .or(() -> user(fabric, ""))
                    .ifPresent(user ->
                            draft.discoveryAuth(draft.authGroup("discovery", List.of(user))));
        }
    }
}
