package org.dbstore.config.peer;

import org.dbstore.config.Place;
import org.dbstore.config.PortalConfig;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The portals of all targets. Where an address is a part of another (127.0.0.1 of 0.0.0.0), only
 * the larger one can be listened on.
 */
final class PortalDraft {
    private static final List<String> DEFAULT = List.of("0.0.0.0:3260", "[::]:3260");

    private final Draft draft;
    private final Place file;
    private final Set<String> all = new LinkedHashSet<>();

    PortalDraft(Draft draft, Place file) {
        this.draft = draft;
        this.file = file;
    }

    /** Takes the portals of a target; those that others contain are replaced, in all targets. */
    void absorb(Set<String> portals) {
        if (portals.isEmpty()) {
            portals.addAll(DEFAULT);
        }
        all.addAll(portals);
    }

    /** All that are listened on. */
    Set<String> all() {
        Set<String> kept = new LinkedHashSet<>();
        all.forEach(portal -> kept.add(container(portal)));
        return kept.isEmpty() ? new LinkedHashSet<>(DEFAULT) : kept;
    }

    /**
     * Tags of the groups of a target's portals; all its portals are replaced by their containers.
     */
    List<String> tags(Set<String> portals) {
        Set<String> contained = new LinkedHashSet<>();
        for (String portal : portals) {
            String container = container(portal);
            contained.add(container);
            if (!container.equals(portal)) {
                draft.note(
                        file,
                        portal
                                + " is a part of "
                                + container
                                + ", which is listened on instead: a target of "
                                + portal
                                + " alone is reached through all addresses");
            }
        }
        portals.clear();
        portals.addAll(contained);
        List<String> order = new ArrayList<>(all());
        return contained.stream().map(portal -> "" + (order.indexOf(portal) + 1)).toList();
    }

    /** The section: a group for each, unless all targets are reached through all. */
    List<Object> keys(Collection<Set<String>> targets) {
        Set<String> portals = all();
        if (targets.stream().allMatch(portals::equals)) {
            return List.copyOf(portals);
        }
        List<Object> keys = new ArrayList<>();
        for (String portal : portals) {
            Map<String, Object> key = new LinkedHashMap<>();
            key.put("address", portal);
            key.put("group", Integer.toString(keys.size() + 1));
            keys.add(key);
        }
        return keys;
    }

    private String container(String portal) {
        PortalConfig part = PortalConfig.parse(portal, 1);
        for (String other : all) {
            PortalConfig whole = PortalConfig.parse(other, 1);
            InetAddress address = InetAddress.ofLiteral(whole.host());
            if (whole.port() == part.port()
                    && address.isAnyLocalAddress()
                    && address.getClass() == InetAddress.ofLiteral(part.host()).getClass()) {
                return other;
            }
        }
        return portal;
    }
}
