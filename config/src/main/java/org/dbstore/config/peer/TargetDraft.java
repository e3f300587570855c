package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;
import org.dbstore.config.IscsiName;
import org.dbstore.config.LunConfig;
import org.dbstore.config.Place;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A target as it is being put together. */
final class TargetDraft {
    /** What certain initiators see, by the number they see it under. */
    record View(List<String> initiators, Map<Integer, Backing> luns) {}

    private final Draft draft;
    private final Place place;
    private final Set<String> initiators = new LinkedHashSet<>();
    private final Map<Integer, Backing> luns = new TreeMap<>();
    private final List<View> views = new ArrayList<>();
    private final Map<String, Object> keys = new LinkedHashMap<>();
    final Set<String> portals = new LinkedHashSet<>();
    private final List<String> addresses = new ArrayList<>();
    private boolean open;
    private boolean narrowed;

    TargetDraft(Draft draft, Place place) {
        this.draft = draft;
        this.place = place;
    }

    /** Sets one of our keys. */
    void key(String key, Object value) {
        keys.put(key, value);
    }

    /** Admits everybody. */
    void admitAll() {
        open = true;
    }

    /** Admits an initiator; one that is none of ours is noted. */
    List<String> admit(String pattern, Place at) {
        List<String> valid = draft.pattern(pattern, at);
        initiators.addAll(valid);
        return valid;
    }

    /** Admits only from this address or network, and others that are named so. */
    void from(String address, Place at) {
        narrowed = true;
        addresses.addAll(draft.address(address, at));
    }

    /** All that any initiator sees. */
    Stream<Backing> backings() {
        return Stream.concat(
                luns.values().stream(),
                views.stream().flatMap(view -> view.luns.values().stream()));
    }

    /** Shows a LUN to those who have no view of their own. */
    void lun(int number, Backing backing) {
        add(luns, number, backing);
    }

    /** Gives initiators a view of their own; to be filled by {@link #add}. */
    Map<Integer, Backing> view(List<String> patterns) {
        Map<Integer, Backing> shown = new TreeMap<>();
        if (!patterns.isEmpty()) {
            views.add(new View(patterns, shown));
        }
        return shown;
    }

    void add(Map<Integer, Backing> shown, int number, Backing backing) {
        if (number > LunConfig.NUMBER_MAX) {
            draft.note(
                    backing.place(),
                    "LUN " + number + " is above 255 and was left out; give it a lower number");
        } else if (shown.putIfAbsent(number, backing) != null) {
            draft.note(
                    backing.place(),
                    "LUN " + number + " is given twice; the first was taken: check which is meant");
        }
    }

    /** The keys of the target. */
    Map<String, Object> finish(Set<String> allPortals, List<String> tags) {
        if (portals.size() < allPortals.size()) {
            keys.put("portal-groups", tags);
        }
        if (!addresses.isEmpty()) {
            keys.put("addresses", List.copyOf(addresses));
        }
        if (narrowed && addresses.isEmpty()) {
            draft.note(place, "nobody may log in, as no address was carried over; name some");
        } else if (open) {
            keys.put("initiators", List.of("any"));
        } else if (!initiators.isEmpty()) {
            keys.put("initiators", List.copyOf(initiators));
        } else {
            draft.note(place, "nobody may log in; name those who may under initiators");
        }
        numbers();
        return keys;
    }

    private void numbers() {
        List<View> all = new ArrayList<>(views);
        if (open || !luns.isEmpty() || views.isEmpty()) {
            all.add(new View(List.of("any"), luns));
        }
        Map<Integer, Backing> own = new TreeMap<>(luns);
        List<Map<String, Object>> maps = new ArrayList<>();
        for (View view : all) {
            Map<String, Object> map = new LinkedHashMap<>();
            view.luns.forEach((seen, backing) ->
                    map.put(Integer.toString(seen), Integer.toString(number(own, seen, backing))));
            maps.add(map);
        }
        if (all.stream().anyMatch(view -> !view.luns.equals(own))) {
            Map<String, Object> keyed = new LinkedHashMap<>();
            for (int i = 0; i < maps.size(); i++) {
                keyed.putIfAbsent(draft.initiatorKey(all.get(i).initiators), maps.get(i));
            }
            keys.put("lun-maps", keyed);
        }
        Map<String, Object> numbered = new LinkedHashMap<>();
        own.forEach(
                (number, backing) -> numbered.put(Integer.toString(number), draft.lun(backing)));
        if (!numbered.isEmpty()) {
            keys.put("luns", numbered);
        }
    }

    /**
     * The number under which the target itself has something: the one that is seen, if it can be.
     */
    private static int number(Map<Integer, Backing> own, int seen, Backing backing) {
        if (backing.equals(own.getOrDefault(seen, backing))) {
            own.put(seen, backing);
            return seen;
        }
        for (Map.Entry<Integer, Backing> present : own.entrySet()) {
            if (present.getValue().equals(backing)) {
                return present.getKey();
            }
        }
        int free = LunConfig.NUMBER_MAX;
        while (own.containsKey(free)) {
            free--;
        }
        own.put(free, backing);
        return free;
    }

    /** Names of targets are checked where they are read. */
    static String name(String name, Place place) throws ConfigException {
        try {
            return IscsiName.parse(name);
        } catch (IllegalArgumentException e) {
            throw ConfigImport.refused(place, String.valueOf(e.getMessage()));
        }
    }
}
