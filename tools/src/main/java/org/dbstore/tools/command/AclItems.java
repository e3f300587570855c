package org.dbstore.tools.command;

import org.dbstore.config.Edit;

import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.function.BiFunction;

/** Initiators of a target, as "acl add" and "acl remove" take them. */
final class AclItems {
    @Parameters(index = "0", paramLabel = "TARGET", description = "Name of the target.")
    String target = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "INITIATOR",
            description = "A name, a pattern with *, a group, or any.")
    List<String> initiators = List.of();

    /** An edit of the list for each. */
    List<Edit> edits(BiFunction<List<String>, Object, Edit> edit) {
        return initiators.stream()
                .map(name -> edit.apply(List.of("targets", target, "initiators"), name))
                .toList();
    }

    String names() {
        return String.join(", ", initiators);
    }
}
