package org.dbstore.tools.completion;

import java.util.List;

/** Knows what things there are. */
@FunctionalInterface
public interface ObjectNames {
    /**
     * Names all of a kind.
     *
     * @param kind what is looked for
     * @param begun what the name begins with; others may be among the answers
     * @return in an order for people
     * @throws Exception whatever keeps it from looking
     */
    List<String> of(ObjectKind kind, String begun) throws Exception;
}
