package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code scst.conf}: handlers with devices, and the iSCSI driver with targets and groups. */
final class ScstImport {
    private static final Set<String> DATA = Set.of("vdisk_fileio", "vdisk_blockio");

    private final Draft draft;
    private static final Set<String> IDENTITY =
            Set.of(
                    "t10_dev_id",
                    "t10_vend_id",
                    "vend_specific_id",
                    "prod_id",
                    "prod_rev_lvl",
                    "scsi_device_name",
                    "usn",
                    "naa_id",
                    "eui64_id",
                    "inq_vend_specific");

    private final Map<String, Backing> devices = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

    ScstImport(Draft draft) {
        this.draft = draft;
    }

    void read(List<Clause> clauses) throws ConfigException {
        for (Clause clause : clauses) {
            if (clause.key().equals("HANDLER")) {
                handler(clause);
            }
        }
        for (Clause clause : clauses) {
            switch (clause.key()) {
                case "HANDLER" -> {}
                case "TARGET_DRIVER" -> driver(clause);
                case "DEVICE_GROUP" ->
                        draft.unknown(
                                clause.place(),
                                "DEVICE_GROUP " + clause.word(1),
                                "all portals are equally good");
                default -> {
                    if (clause.key().startsWith("[")) {
                        throw ConfigImport.refused(
                                clause.place(),
                                "the form of scstadmin 1; load it and save it with scstadmin 2 or"
                                        + " later");
                    }
                    draft.unknown(clause.place(), clause.key(), "there is nothing like it");
                }
            }
        }
        for (Map.Entry<String, Backing> device : devices.entrySet()) {
            if (!used.contains(device.getKey())) {
                draft.unused(device.getValue().place(), "device " + device.getKey());
            }
        }
    }

    private void handler(Clause handler) throws ConfigException {
        for (Clause device : handler.block()) {
            if (!device.key().equals("DEVICE")) {
                draft.unknown(device.place(), device.key(), "there is nothing like it");
            } else if (DATA.contains(handler.word(1))) {
                devices.put(device.word(1), device(device, handler.word(1)));
            } else {
                draft.unknown(
                        device.place(),
                        "device " + device.word(1),
                        "its handler is "
                                + handler.word(1)
                                + "; only disks of files and block devices are served");
            }
        }
    }

    private Backing device(Clause device, String handler) throws ConfigException {
        String path = "";
        int blockBytes = 512;
        boolean readOnly = false;
        boolean through = !handler.equals("vdisk_fileio");
        for (Clause each : device.block()) {
            switch (each.key()) {
                case "filename" -> path = each.word(1);
                case "read_only" -> readOnly = each.isOn();
                case "write_through" -> through |= each.isOn();
                case "nv_cache" -> through |= each.isOn();
                case "thin_provisioned" -> {
                    if (!each.isOn()) {
                        draft.note(each.place(), "all volumes are thin here");
                    }
                }
                case "blocksize" -> {
                    blockBytes = each.number(1) == 4096 ? 4096 : 512;
                    if (each.number(1) != blockBytes) {
                        draft.unknown(
                                each.place(),
                                "blocksize " + each.word(1),
                                "512 or 4096 can be served; 512 was taken");
                    }
                }
                default ->
                        draft.unknown(
                                each.place(),
                                each.key(),
                                IDENTITY.contains(each.key())
                                        ? "disks have identities of their own"
                                        : "volumes have nothing like it");
            }
        }
        if (path.isEmpty()) {
            throw ConfigImport.refused(device.place(), "the device has no filename; add it");
        }
        return new Backing(device.word(1), path, 0, readOnly, !through, blockBytes, device.place());
    }

    private void driver(Clause driver) throws ConfigException {
        if (!driver.word(1).equals("iscsi")) {
            draft.unknown(driver.place(), "driver " + driver.word(1), "iSCSI over TCP is served");
            return;
        }
        if (!isEnabled(driver)) {
            draft.note(driver.place(), "the driver is disabled there; here it would serve");
        }
        for (Clause each : driver.block()) {
            switch (each.key()) {
                case "TARGET" -> target(each);
                case "enabled", "IncomingUser", "OutgoingUser" -> {}
                default -> draft.unknown(each.place(), each.key(), "there is nothing like it");
            }
        }
        draft.discoveryAuth(draft.authGroup("discovery", users(driver)));
    }

    private void target(Clause clause) throws ConfigException {
        Optional<TargetDraft> begun = draft.target(clause.word(1), clause.place());
        if (begun.isEmpty()) {
            return;
        }
        TargetDraft target = begun.get();
        if (!isEnabled(clause)) {
            draft.note(
                    clause.place(),
                    clause.word(1) + " is disabled there; here it would be served: remove it");
        }
        boolean shared = false;
        boolean grouped = false;
        for (Clause each : clause.block()) {
            switch (each.key()) {
                case "LUN" -> {
                    shared = true;
                    lun(each)
                            .ifPresent(backing ->
                                    target.lun(Integer.parseInt(each.words().get(1)), backing));
                }
                case "GROUP" -> {
                    grouped = true;
                    group(each, target);
                }
                case "alias" -> target.key("alias", each.rest());
                case "HeaderDigest" -> digest(each, "header-digest", target);
                case "DataDigest" -> digest(each, "data-digest", target);
                case "allowed_portal" -> allowed(each, target);
                case "enabled", "IncomingUser", "OutgoingUser", "rel_tgt_id" -> {}
                default ->
                        draft.unknown(
                                each.place(),
                                each.key(),
                                "the server negotiates and decides it by itself");
            }
        }
        if (shared || !grouped) {
            target.admitAll();
        }
        draft.authGroup(clause.word(1), users(clause))
                .ifPresent(group -> target.key("auth-group", group));
    }

    /** What is not enabled explicitly is disabled. */
    private static boolean isEnabled(Clause owner) {
        return owner.block().stream().anyMatch(each -> each.key().equals("enabled") && each.isOn());
    }

    private void allowed(Clause clause, TargetDraft target) throws ConfigException {
        String portal = clause.word(1);
        if (portal.matches("[0-9.]+")) {
            target.portals.add(draft.portal(portal, clause.place()));
        } else {
            draft.unknown(
                    clause.place(),
                    "allowed_portal " + portal,
                    "portals are addresses without '*'; give the target its portal-groups");
        }
    }

    private void group(Clause group, TargetDraft target) throws ConfigException {
        List<String> initiators = new ArrayList<>();
        for (Clause each : group.block()) {
            if (each.key().equals("INITIATOR")) {
                initiators.addAll(initiator(each, target));
            }
        }
        Map<Integer, Backing> view = target.view(initiators);
        for (Clause each : group.block()) {
            switch (each.key()) {
                case "LUN" ->
                        lun(each)
                                .ifPresent(backing ->
                                        target.add(
                                                view,
                                                Integer.parseInt(each.words().get(1)),
                                                backing));
                case "INITIATOR" -> {}
                default -> draft.unknown(each.place(), each.key(), "groups have nothing like it");
            }
        }
        if (initiators.isEmpty()) {
            draft.note(
                    group.place(),
                    "group "
                            + group.word(1)
                            + " has no initiator that could be carried over; its"
                            + " LUNs are left out");
        }
    }

    private List<String> initiator(Clause clause, TargetDraft target) throws ConfigException {
        String name = clause.word(1);
        if (name.equals("*")) {
            target.admitAll();
            return List.of("any");
        }
        if (name.contains("?") || name.contains("!") || name.contains("#")) {
            draft.unknown(
                    clause.place(),
                    "initiator " + name,
                    "patterns have '*' alone; write names, or a pattern with it");
            return List.of();
        }
        return target.admit(name, clause.place());
    }

    private Optional<Backing> lun(Clause lun) throws ConfigException {
        lun.number(1);
        Backing backing = devices.get(lun.word(2));
        if (backing == null) {
            draft.unknown(
                    lun.place(),
                    "LUN " + lun.word(1),
                    "there is no device " + lun.word(2) + " that can be served");
            return Optional.empty();
        }
        used.add(lun.word(2));
        boolean readOnly =
                lun.block().stream()
                        .anyMatch(each -> each.key().equals("read_only") && each.isOn());
        return Optional.of(readOnly ? backing.withReadOnly() : backing);
    }

    private static void digest(Clause clause, String key, TargetDraft target)
            throws ConfigException {
        String value = clause.rest().toLowerCase(Locale.ROOT);
        if (value.equals("crc32c")) {
            target.key(key, "required");
        } else if (value.equals("none")) {
            target.key(key, "forbidden");
        }
    }

    /** Users of the target or driver: {@code IncomingUser "NAME SECRET"}. */
    private static List<PeerUser> users(Clause owner) throws ConfigException {
        List<PeerUser> users = new ArrayList<>();
        List<String> mutual = List.of();
        for (Clause each : owner.block()) {
            if (each.key().equals("OutgoingUser")) {
                mutual = nameAndSecret(each);
            } else if (each.key().equals("IncomingUser")) {
                List<String> user = nameAndSecret(each);
                users.add(new PeerUser(user.getFirst(), user.getLast(), each.place()));
            }
        }
        if (mutual.isEmpty()) {
            return users;
        }
        String name = mutual.getFirst();
        String secret = mutual.getLast();
        return users.stream().map(user -> user.withMutual(name, secret)).toList();
    }

    private static List<String> nameAndSecret(Clause clause) throws ConfigException {
        String[] parts = clause.rest().split("\\s+", 2);
        if (parts.length < 2) {
            throw ConfigImport.refused(
                    clause.place(), clause.key() + " lacks a secret; write \"NAME SECRET\"");
        }
        return List.of(parts);
    }
}
