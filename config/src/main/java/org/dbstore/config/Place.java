package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;

import java.util.Objects;

/**
 * Where something is written.
 *
 * @param file as the operator named it
 * @param line counted from 1; 0 = the file as a whole
 */
public record Place(String file, int line) {
    /** Where a node of a {@link LocatedYaml} was written. */
    static Place of(ImmutableNode node) {
        return (Place) Objects.requireNonNull(node.getAttributes().get(LocatedYaml.PLACE));
    }

    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
