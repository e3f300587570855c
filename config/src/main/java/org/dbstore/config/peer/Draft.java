package org.dbstore.config.peer;

import org.dbstore.config.AddressRange;
import org.dbstore.config.ByteSize;
import org.dbstore.config.ConfigException;
import org.dbstore.config.IscsiName;
import org.dbstore.config.Place;
import org.dbstore.config.PortalConfig;
import org.dbstore.config.YamlText;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Our configuration as it is being put together, and what is to be said about it. */
final class Draft {
    /** Volumes have whole MiB. */
    private static final long MIB = 1 << 20;

    private final String device;
    private final Path devicePath;
    private final Map<String, String> volumesByPath = new LinkedHashMap<>();
    private final Map<String, Object> volumeSizes = new LinkedHashMap<>();
    private final Set<String> writtenThrough = new HashSet<>();
    private final Map<String, Integer> blockBytes = new HashMap<>();
    private final Map<String, TargetDraft> targets = new LinkedHashMap<>();
    private final Map<String, Object> initiatorGroups = new LinkedHashMap<>();
    private final SecretDraft secrets = new SecretDraft(this);
    private final Set<String> notes = new LinkedHashSet<>();
    private final List<String> commands = new ArrayList<>();
    private Optional<String> discoveryAuth = Optional.empty();
    private long totalBytes;

    Draft(String device, Path devicePath) {
        this.device = device;
        this.devicePath = devicePath;
    }

    /** Says what was not carried over, and what to do. */
    void note(Place place, String what) {
        notes.add(place + ": " + what);
    }

    /** Says that a key of the peer has no counterpart. */
    void unknown(Place place, String key, String why) {
        note(place, key + " was not carried over: " + why);
    }

    /** Says that something with data is not in use, so that it is not missed. */
    void unused(Place place, String what) {
        unknown(place, what, "no target that is served has it; its data stays where it is");
    }

    /** Begins a target; empty if there is one of that name already, which is noted. */
    Optional<TargetDraft> target(String name, Place place) throws ConfigException {
        String normalised = TargetDraft.name(name, place);
        if (targets.containsKey(normalised)) {
            note(place, normalised + " is defined again; only the first was taken: unite them");
            return Optional.empty();
        }
        TargetDraft target = new TargetDraft(this, place);
        targets.put(normalised, target);
        return Optional.of(target);
    }

    /** The key for a group of users, with their secrets kept; empty if there are none. */
    Optional<String> authGroup(String name, Collection<PeerUser> users) {
        return secrets.group(name, users);
    }

    void discoveryAuth(Optional<String> group) {
        discoveryAuth = group;
    }

    /** A pattern for initiators as we write it; empty if it cannot be one, which is noted. */
    List<String> pattern(String pattern, Place place) {
        try {
            return List.of(IscsiName.parsePattern(pattern));
        } catch (IllegalArgumentException e) {
            note(place, "initiator was not carried over: " + e.getMessage());
            return List.of();
        }
    }

    /**
     * An address or network from where one may log in; empty if it is none, which is noted. Peers
     * take brackets around IPv6, and any address of a network for it.
     */
    List<String> address(String text, Place place) {
        try {
            return List.of(AddressRange.around(text.replaceAll("[\\[\\]]", "")).text());
        } catch (IllegalArgumentException e) {
            note(place, "address was not carried over: " + e.getMessage());
            return List.of();
        }
    }

    /** ADDRESS:PORT as we write it. */
    String portal(String text, Place place) throws ConfigException {
        try {
            return PortalConfig.parse(text, 1).address();
        } catch (IllegalArgumentException e) {
            throw ConfigImport.refused(place, String.valueOf(e.getMessage()));
        }
    }

    /** A key of a map by initiators. */
    String initiatorKey(List<String> patterns) {
        if (patterns.size() == 1) {
            return patterns.getFirst();
        }
        String name = "initiators-" + (initiatorGroups.size() + 1);
        initiatorGroups.put(name, patterns);
        return name;
    }

    /** The keys of a LUN; its volume is made known. */
    Map<String, Object> lun(Backing backing) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("device", device);
        keys.put("volume", volume(backing));
        if (backing.readOnly()) {
            keys.put("read-only", "true");
        }
        if (backing.writeBack() && writtenThrough.contains(backing.path())) {
            note(
                    backing.place(),
                    backing.path() + " is written without a cache elsewhere: here too");
        } else if (backing.writeBack()) {
            keys.put("cache", "writeback");
        }
        if (blockBytes.getOrDefault(backing.path(), backing.blockBytes()) == 4096) {
            keys.put("block-size", "4096");
        }
        return keys;
    }

    /** One volume is the same disk everywhere: written through if it is anywhere. */
    private void noteUse(Backing backing) {
        String path = backing.path();
        if (!backing.writeBack() && !backing.readOnly()) {
            writtenThrough.add(path);
        }
        int first = blockBytes.computeIfAbsent(path, any -> backing.blockBytes());
        if (first != backing.blockBytes()) {
            note(backing.place(), path + " has blocks of " + first + " bytes elsewhere: here too");
        }
    }

    private String volume(Backing backing) {
        String known = volumesByPath.get(backing.path());
        if (known != null) {
            return known;
        }
        String wanted = backing.name().replaceAll("[/@#\\p{Cntrl}]", "-");
        String name = wanted.isEmpty() ? "volume" : wanted;
        for (int i = 2; volumesByPath.containsValue(name); i++) {
            name = wanted + "-" + i;
        }
        volumesByPath.put(backing.path(), name);
        long size = backing.sizeBytes() > 0 ? backing.sizeBytes() : sizeOf(backing.path());
        String command =
                "dbsctl -d "
                        + quoted(devicePath.toString())
                        + " volume import "
                        + quoted(name)
                        + " "
                        + quoted(backing.path())
                        + " --create";
        if (size == 0) {
            note(
                    backing.place(),
                    "the size of "
                            + backing.path()
                            + " cannot be seen here, so the volume is not made by the"
                            + " configuration; the import makes it");
        } else {
            long whole = (size + MIB - 1) / MIB * MIB;
            if (whole != size) {
                note(
                        backing.place(),
                        "%s has %d bytes, volume %s gets %d: whole MiB"
                                .formatted(backing.path(), size, name, whole));
            }
            totalBytes += whole;
            volumeSizes.put(name, whole / MIB + "MiB");
            command += " --size " + whole / MIB + "MiB";
        }
        commands.add(backing.place() + ": copy the data: " + command);
        return name;
    }

    private static long sizeOf(String path) {
        try (FileChannel channel = FileChannel.open(Path.of(path))) {
            return channel.size();
        } catch (IOException | IllegalArgumentException e) {
            return 0; // it is on another machine, or not ours to read: a note says so
        }
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:+=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** All of it; {@code file} is the peer's. */
    Imported finish(Place file) {
        targets.values().stream().flatMap(TargetDraft::backings).forEach(this::noteUse);
        PortalDraft portals = new PortalDraft(this, file);
        targets.values().forEach(target -> portals.absorb(target.portals));
        Map<String, Object> targetKeys = new LinkedHashMap<>();
        targets.forEach((name, target) ->
                targetKeys.put(name, target.finish(portals.all(), portals.tags(target.portals))));
        Map<String, Object> deviceKeys = new LinkedHashMap<>();
        deviceKeys.put("path", devicePath.toString());
        if (!volumeSizes.isEmpty()) {
            deviceKeys.put("volumes", volumeSizes);
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("devices", Map.of(device, deviceKeys));
        root.put("portals", portals.keys(targets.values().stream().map(t -> t.portals).toList()));
        discoveryAuth.ifPresent(group -> root.put("discovery-auth-group", group));
        putSome(root, "auth-groups", secrets.groups());
        putSome(root, "initiator-groups", initiatorGroups);
        putSome(root, "targets", targetKeys);
        List<String> all = new ArrayList<>(notes);
        if (!commands.isEmpty()) {
            all.add(
                    file
                            + ": before dbsd is started, make the device, at least as large as what"
                            + " is stored ("
                            + ByteSize.format(totalBytes)
                            + " if all is full): dbsctl device init "
                            + quoted(devicePath.toString())
                            + " --size SIZE; then copy the data while nobody writes it:");
            all.addAll(commands);
            all.add(
                    file
                            + ": initiators will see new disks, with serial numbers of their own;"
                            + " what finds its disk by that (multipath, /dev/disk/by-id) is to be"
                            + " changed");
        }
        return new Imported(
                "# Made from "
                        + file.file()
                        + ". The notes of the import say what to do before it is served.\n"
                        + YamlText.of(root),
                secrets.files(),
                all);
    }

    private static void putSome(Map<String, Object> root, String key, Map<String, Object> section) {
        if (!section.isEmpty()) {
            root.put(key, section);
        }
    }
}
