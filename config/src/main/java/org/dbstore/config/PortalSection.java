package org.dbstore.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@link ConfigKey#PORTALS}. */
final class PortalSection {
    private static final String DEFAULT_GROUP = ConfigKey.PORTAL_GROUP.defaultText();

    private final List<PortalConfig> portals = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    /** The portals that could be read; what is wrong with the others has been noted. */
    List<PortalConfig> read(Entry root) {
        for (Entry entry : root.all(ConfigKey.PORTALS)) {
            portal(entry)
                    .ifPresent(portal -> {
                        checkFree(entry, portal);
                        portals.add(portal);
                        places.add(entry.place());
                    });
        }
        return List.copyOf(portals);
    }

    private static Optional<PortalConfig> portal(Entry entry) {
        if (!entry.isMap()) {
            return entry.parsed(text -> PortalConfig.parse(text, group(DEFAULT_GROUP)));
        }
        entry.checkKeys(ConfigKey.PORTAL_ADDRESS);
        int group =
                entry.value(ConfigKey.PORTAL_GROUP, PortalSection::group)
                        .orElse(group(DEFAULT_GROUP));
        return entry.value(ConfigKey.PORTAL_ADDRESS, text -> PortalConfig.parse(text, group));
    }

    /** True if two items of the list, as they stand in a file, are one portal. */
    static boolean isSame(Object item, Object other) {
        Optional<PortalConfig> portal = of(item);
        return portal.isPresent() && portal.equals(of(other));
    }

    private static Optional<PortalConfig> of(Object item) {
        try {
            if (!(item instanceof Map<?, ?> keys)) {
                return Optional.of(PortalConfig.parse(item.toString(), group(DEFAULT_GROUP)));
            }
            Object group = keys.get("group");
            return Optional.of(
                    PortalConfig.parse(
                            String.valueOf(keys.get("address")),
                            group(group == null ? DEFAULT_GROUP : group.toString())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the check of the whole says what is wrong with it
        }
    }

    static int group(String text) {
        return Values.integer(text, 1, 65535);
    }

    private void checkFree(Entry entry, PortalConfig added) {
        for (int i = 0; i < portals.size(); i++) {
            if (portals.get(i).overlaps(added)) {
                entry.problem(
                        "the portal at " + places.get(i) + " has this address already; leave one");
                return;
            }
        }
    }
}
