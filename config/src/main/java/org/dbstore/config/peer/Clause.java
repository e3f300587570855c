package org.dbstore.config.peer;

import org.dbstore.config.ConfigException;
import org.dbstore.config.Place;

import java.util.List;

/**
 * A line of a peer's configuration, with what stands in its block.
 *
 * @param words at least one
 * @param block empty also if there is none
 */
record Clause(List<String> words, List<Clause> block, Place place) {
    String key() {
        return words.getFirst();
    }

    /** A word behind the key. */
    String word(int index) throws ConfigException {
        if (index >= words.size()) {
            throw ConfigImport.refused(
                    place, key() + " lacks " + (index == 1 ? "a value" : "values") + "; add it");
        }
        return words.get(index);
    }

    /** All behind the key, as one text. */
    String rest() throws ConfigException {
        word(1);
        return String.join(" ", words.subList(1, words.size()));
    }

    /** A whole number behind the key. */
    int number(int index) throws ConfigException {
        String text = word(index);
        if (!text.matches("[0-9]{1,9}")) {
            throw ConfigImport.refused(place, "'" + text + "' is not a whole number; write one");
        }
        return Integer.parseInt(text);
    }

    /** Tells whether a switch is on. */
    boolean isOn() {
        return words.size() > 1 && words.get(1).matches("(?i)1|yes|on|true");
    }
}
