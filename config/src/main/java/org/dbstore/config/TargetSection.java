package org.dbstore.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@link ConfigKey#INITIATOR_GROUPS} and {@link ConfigKey#TARGETS}. */
final class TargetSection {
    /** Everybody. */
    static final String ANY = "any";

    private final Set<Integer> portalGroups;
    private final LunSection luns;
    private final AccessSection access;
    private final Map<String, List<String>> initiatorGroups = new HashMap<>();
    private final Map<String, Place> names = new HashMap<>();

    /**
     * Creates the reader.
     *
     * @param portalGroups the tags there are
     * @param deviceNames the devices there are
     * @param auth the auth groups, read
     */
    TargetSection(Set<Integer> portalGroups, Set<String> deviceNames, AuthSection auth) {
        this.portalGroups = portalGroups;
        this.luns = new LunSection(deviceNames);
        this.access = new AccessSection(auth);
    }

    /** The targets that could be read; what is wrong with the others has been noted. */
    List<TargetConfig> read(Entry root) {
        root.one(ConfigKey.INITIATOR_GROUPS)
                .map(Entry::entries)
                .orElse(List.of())
                .forEach(this::initiatorGroup);
        List<TargetConfig> targets = new ArrayList<>();
        root.one(ConfigKey.TARGETS).map(Entry::entries).orElse(List.of()).stream()
                .map(this::target)
                .forEach(target -> target.ifPresent(targets::add));
        return targets;
    }

    private void initiatorGroup(Entry entry) {
        List<String> patterns =
                initiatorGroups.computeIfAbsent(entry.name(), name -> new ArrayList<>());
        entry.parsedName(Values::label);
        if (entry.name().equals(ANY)) {
            entry.problem("'any' means everybody; choose another name");
        }
        entry.parsed(IscsiName::parsePattern).ifPresent(patterns::add);
    }

    private Optional<TargetConfig> target(Entry entry) {
        entry.checkKeys(ConfigKey.TARGET_ALIAS);
        Optional<String> name = entry.parsedName(IscsiName::parse);
        name.ifPresent(value -> checkUnique(entry, value));
        String alias = entry.value(ConfigKey.TARGET_ALIAS, Values::text).orElse("");
        List<Integer> groups =
                entry.all(ConfigKey.TARGET_PORTAL_GROUPS).stream()
                        .flatMap(item -> item.parsed(this::portalGroup).stream())
                        .distinct()
                        .toList();
        Set<String> initiators = new LinkedHashSet<>();
        for (Entry item : entry.all(ConfigKey.TARGET_INITIATORS)) {
            item.parsed(this::initiators).ifPresent(initiators::addAll);
        }
        List<LunConfig> units =
                entry.one(ConfigKey.TARGET_LUNS).map(Entry::entries).orElse(List.of()).stream()
                        .flatMap(lun -> luns.read(lun).stream())
                        .sorted(Comparator.comparingInt(LunConfig::number))
                        .toList();
        checkSnapshotLuns(entry, units);
        TargetAccess terms =
                access.read(
                        entry, units, groups.isEmpty() ? portalGroups : groups, this::initiators);
        return name.map(value ->
                new TargetConfig(value, alias, groups, List.copyOf(initiators), units, terms));
    }

    /** A snapshot that appears must not take the number of another LUN. */
    private static void checkSnapshotLuns(Entry target, List<LunConfig> luns) {
        for (LunConfig lun : luns) {
            if (lun.snapshots().isEmpty()) {
                continue;
            }
            SnapshotLuns range = lun.snapshots().get();
            for (LunConfig other : luns) {
                boolean shared =
                        other.number() > lun.number()
                                && other.snapshots().isPresent()
                                && range.first() <= other.snapshots().get().last()
                                && other.snapshots().get().first() <= range.last();
                if (shared || range.contains(other.number())) {
                    target.problem(
                            "the snapshots of LUN %d appear as LUNs %d-%d, where %s; give them another"
                                            .formatted(
                                                    lun.number(),
                                                    range.first(),
                                                    range.last(),
                                                    shared
                                                            ? "those of LUN "
                                                                    + other.number()
                                                                    + " appear too"
                                                            : "LUN " + other.number() + " is")
                                    + " range");
                }
            }
        }
    }

    private void checkUnique(Entry entry, String name) {
        Place first = names.putIfAbsent(name, entry.place());
        if (first != null) {
            entry.problem("the target at " + first + " has the same name; leave one of them");
        }
    }

    private int portalGroup(String text) {
        int group = PortalSection.group(text);
        if (!portalGroups.contains(group)) {
            throw new IllegalArgumentException(
                    "no portal is in group " + group + "; give one portal the key group: " + group);
        }
        return group;
    }

    /** The patterns behind one item: everybody, a group's, or the item itself. */
    private List<String> initiators(String text) {
        if (text.equals(ANY)) {
            return List.of("*");
        }
        List<String> group = initiatorGroups.get(text);
        if (group != null) {
            return group;
        }
        if (text.contains(".") || text.contains(":") || text.contains("*")) {
            return List.of(IscsiName.parsePattern(text));
        }
        throw new IllegalArgumentException(
                "there is no initiator group '"
                        + text
                        + "'; "
                        + Spelling.nearest(text, initiatorGroups.keySet())
                                .map(word -> "did you mean '" + word + "'?")
                                .orElse(
                                        "define it under initiator-groups, or write a name or"
                                                + " any"));
    }
}
