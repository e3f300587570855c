package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads {@code targets.conf}. LUNs without a number get the first free one from 1, those of
 * backing-store before those of direct-store, as tgt-admin does.
 */
final class TgtImport {
    private static final int INCLUDE_DEPTH_MAX = 8;
    private static final Set<String> FILES = Set.of("rdwr", "aio", "sync", "mmap");
    private static final String BACKING = "backing-store";
    private static final String DIRECT = "direct-store";

    private final Draft draft;
    private final Map<String, Clause> targets = new LinkedHashMap<>();
    private final List<PeerUser> discoveryUsers = new ArrayList<>();
    private Optional<Clause> discoveryMutual = Optional.empty();

    TgtImport(Draft draft) {
        this.draft = draft;
    }

    void read(Path file) throws ConfigException {
        read(file, 0);
        for (Clause target : targets.values()) {
            target(target);
        }
        draft.discoveryAuth(
                draft.authGroup("discovery", withMutual(discoveryUsers, discoveryMutual)));
    }

    private void read(Path file, int depth) throws ConfigException {
        ClauseReader reader = new ClauseReader(file.toString(), ClauseReader.Syntax.TAGS);
        for (Clause clause : reader.read(ConfigImport.text(file))) {
            switch (clause.key()) {
                case "target" -> targets.merge(clause.word(1), clause, this::united);
                case "include" -> include(clause, file, depth);
                case "default-driver" -> driver(clause);
                case "incomingdiscoveryuser" ->
                        discoveryUsers.add(
                                new PeerUser(clause.word(1), clause.word(2), clause.place()));
                case "outgoingdiscoveryuser" -> discoveryMutual = Optional.of(clause);
                case "ignore-errors" -> {}
                default -> draft.unknown(clause.place(), clause.key(), "there is nothing like it");
            }
        }
    }

    /** Blocks of one target are one, for tgt-admin too. */
    private Clause united(Clause first, Clause second) {
        draft.note(
                second.place(),
                "more of target "
                        + first.words().get(1)
                        + " of "
                        + first.place()
                        + "; both were united, as tgt-admin does: check its LUNs");
        List<Clause> block = new ArrayList<>(first.block());
        block.addAll(second.block());
        return new Clause(first.words(), block, first.place());
    }

    private void include(Clause clause, Path file, int depth) throws ConfigException {
        if (depth == INCLUDE_DEPTH_MAX) {
            throw ConfigImport.refused(clause.place(), "includes itself; remove the include");
        }
        List<Path> found = new ArrayList<>();
        try {
            Path path = file.toAbsolutePath().resolveSibling(clause.rest());
            Path folder = path.getParent();
            Path name = path.getFileName();
            if (folder != null && name != null && Files.isDirectory(folder)) {
                try (DirectoryStream<Path> files =
                        Files.newDirectoryStream(folder, name.toString())) {
                    files.forEach(found::add);
                }
            }
        } catch (IOException | InvalidPathException e) {
            throw ConfigImport.refused(
                    clause.place(), "cannot be listed: " + e.getMessage() + "; mend the path");
        }
        if (found.isEmpty()) {
            draft.note(clause.place(), "no file is " + clause.rest() + "; nothing was included");
        }
        Collections.sort(found);
        for (Path each : found) {
            read(each, depth + 1);
        }
    }

    private void driver(Clause clause) throws ConfigException {
        if (!clause.word(1).equals("iscsi")) {
            draft.unknown(clause.place(), "driver " + clause.word(1), "iSCSI over TCP is served");
        }
    }

    private void target(Clause clause) throws ConfigException {
        Optional<TargetDraft> begun = draft.target(clause.word(1), clause.place());
        if (begun.isEmpty()) {
            return;
        }
        TargetDraft target = begun.get();
        List<PeerUser> users = new ArrayList<>();
        Optional<Clause> mutual = Optional.empty();
        boolean named = false;
        List<Clause> addresses = new ArrayList<>();
        Map<String, Clause> common = new TreeMap<>();
        for (Clause each : clause.block()) {
            switch (each.key()) {
                case BACKING, DIRECT -> {}
                case "driver" -> driver(each);
                case "initiator-name" -> {
                    named = true;
                    target.admit(each.word(1), each.place());
                }
                case "initiator-address" -> {
                    each.word(1);
                    addresses.add(each);
                }
                case "incominguser" ->
                        users.add(new PeerUser(each.word(1), each.word(2), each.place()));
                case "outgoinguser" -> mutual = Optional.of(each);
                default -> common.put(each.key(), each);
            }
        }
        if (!named) {
            target.admitAll();
        }
        if (addresses.stream().noneMatch(each -> each.words().get(1).equals("ALL"))) {
            for (Clause each : addresses) {
                target.from(each.word(1), each.place());
            }
        }
        draft.authGroup(clause.word(1), withMutual(users, mutual))
                .ifPresent(group -> target.key("auth-group", group));
        luns(clause, common, target);
    }

    private static List<PeerUser> withMutual(List<PeerUser> users, Optional<Clause> mutual)
            throws ConfigException {
        if (mutual.isEmpty()) {
            return users;
        }
        String name = mutual.get().word(1);
        String secret = mutual.get().word(2);
        return users.stream().map(user -> user.withMutual(name, secret)).toList();
    }

    private void luns(Clause target, Map<String, Clause> common, TargetDraft draftTarget)
            throws ConfigException {
        Map<Integer, Clause> numbered = new TreeMap<>();
        List<Clause> others = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (String kind : List.of(BACKING, DIRECT)) {
            for (Clause store : target.block()) {
                if (store.key().equals(kind) && isFirst(store, paths)) {
                    Optional<Clause> lun = own(store, "lun");
                    if (lun.isEmpty() && store.block().isEmpty()) {
                        lun = Optional.ofNullable(common.get("lun"));
                    }
                    if (lun.isEmpty() || numbered.putIfAbsent(lun.get().number(1), store) != null) {
                        others.add(store);
                    }
                }
            }
        }
        int next = 1;
        for (Clause store : others) {
            while (numbered.containsKey(next)) {
                next++;
            }
            numbered.put(next, store);
        }
        for (Map.Entry<Integer, Clause> lun : numbered.entrySet()) {
            backing(lun.getValue(), common).ifPresent(data -> draftTarget.lun(lun.getKey(), data));
        }
        common.remove("lun");
        common.values().forEach(this::setting);
    }

    /** A path is one LUN of a target: tgt-admin leaves out what is in use. */
    private boolean isFirst(Clause store, Set<String> paths) throws ConfigException {
        boolean first = paths.add(store.rest());
        if (!first) {
            draft.note(
                    store.place(),
                    store.rest() + " is a LUN of this target already; the second was left out");
        }
        return first;
    }

    private Optional<Backing> backing(Clause store, Map<String, Clause> common)
            throws ConfigException {
        Map<String, Clause> settings = new TreeMap<>(common);
        for (Clause setting : store.block()) {
            settings.put(setting.key(), setting);
            setting(setting);
        }
        Clause type = settings.get("device-type");
        String path = store.rest();
        Clause access = settings.get("bs-type");
        if (access != null && !FILES.contains(access.word(1))) {
            draft.unknown(
                    store.place(),
                    path,
                    "its bs-type is "
                            + access.word(1)
                            + "; the data of files and block devices is");
            return Optional.empty();
        }
        if (type != null && !type.word(1).equals("disk")) {
            draft.unknown(
                    store.place(), path, "it is a " + type.word(1) + "; only disks are served");
            return Optional.empty();
        }
        Clause cache = settings.get("write-cache");
        Clause readOnly = settings.get("readonly");
        Clause block = settings.get("block-size");
        return Optional.of(
                new Backing(
                        path.substring(path.lastIndexOf('/') + 1),
                        path,
                        0,
                        readOnly != null && readOnly.isOn(),
                        cache == null || cache.isOn(),
                        block != null && block.word(1).equals("4096") ? 4096 : 512,
                        store.place()));
    }

    private static Optional<Clause> own(Clause store, String key) {
        return store.block().stream().filter(each -> each.key().equals(key)).findFirst();
    }

    /** Notes what is not used above. */
    private void setting(Clause setting) {
        switch (setting.key()) {
            case "write-cache",
                    "readonly",
                    "device-type",
                    "lun",
                    "allow-in-use",
                    "block-size",
                    "bs-type" -> {}
            case "vendor_id", "product_id", "product_rev", "scsi_id", "scsi_sn" ->
                    draft.unknown(
                            setting.place(), setting.key(), "disks have identities of their own");
            default ->
                    draft.unknown(
                            setting.place(),
                            setting.key(),
                            "the server decides it by itself, or has nothing like it");
        }
    }
}
