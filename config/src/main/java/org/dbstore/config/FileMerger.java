package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts the files of a configuration together: maps are united key by key at every depth, so that
 * one file may hold all that belongs to one machine. A value or list given in two files is a
 * problem, because which of them holds would depend on the names of the files. Only the managed
 * file may go on with a list, so that a portal or an initiator can be added where a file of the
 * user's names some.
 */
final class FileMerger {
    private final Problems problems;

    FileMerger(Problems problems) {
        this.problems = problems;
    }

    /** Puts a file of the user's to others. */
    ImmutableNode merge(ImmutableNode first, ImmutableNode second) {
        return merge(first, second, List.of(), false);
    }

    /** Puts the managed file to those of the user: it may add items to their lists. */
    ImmutableNode extend(ImmutableNode users, ImmutableNode managed) {
        return merge(users, managed, List.of(), true);
    }

    private ImmutableNode merge(
            ImmutableNode first, ImmutableNode second, List<String> path, boolean extending) {
        List<ImmutableNode> children = new ArrayList<>(first.getChildren());
        for (ImmutableNode added : second.getChildren()) {
            List<ImmutableNode> present = named(first, added.getNodeName());
            List<String> childPath = new ArrayList<>(path);
            childPath.add(added.getNodeName());
            if (present.isEmpty() || (extending && ConfigKey.isList(childPath))) {
                children.add(added);
            } else if (isSingleMap(present) && isSingleMap(named(second, added.getNodeName()))) {
                children.set(
                        children.indexOf(present.getFirst()),
                        merge(present.getFirst(), added, childPath, extending));
            } else if (named(second, added.getNodeName()).getFirst() == added) {
                problems.add(
                        Place.of(added),
                        String.join(".", childPath),
                        "given twice, first at " + Place.of(present.getFirst()) + "; leave one");
            }
        }
        return new ImmutableNode.Builder()
                .name(first.getNodeName())
                .addAttributes(first.getAttributes())
                .addChildren(children)
                .create();
    }

    private static List<ImmutableNode> named(ImmutableNode parent, String name) {
        return parent.getChildren().stream()
                .filter(child -> child.getNodeName().equals(name))
                .toList();
    }

    private static boolean isSingleMap(List<ImmutableNode> nodes) {
        return nodes.size() == 1 && nodes.getFirst().getValue() == null;
    }
}
