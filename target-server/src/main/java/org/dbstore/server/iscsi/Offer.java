package org.dbstore.server.iscsi;

import org.dbstore.server.iscsi.auth.ChapUsers;
import org.dbstore.server.iscsi.session.IscsiTarget;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the server offers to those who come: replaced as a whole, so that each login sees one offer.
 *
 * @param targets by name
 * @param discoveryUsers who may ask for targets; empty = everybody
 * @param listsOnlyConnected true if SendTargets lists just the address by which the initiator came
 */
public record Offer(
        Map<String, IscsiTarget> targets,
        Optional<ChapUsers> discoveryUsers,
        boolean listsOnlyConnected) {
    /** Nothing. */
    public static final Offer NOTHING = new Offer(List.of(), Optional.empty(), true);

    /**
     * Makes an offer.
     *
     * @param targets names are unique
     */
    public Offer(
            Collection<IscsiTarget> targets,
            Optional<ChapUsers> discoveryUsers,
            boolean listsOnlyConnected) {
        this(
                targets.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        IscsiTarget::name, Function.identity())),
                discoveryUsers,
                listsOnlyConnected);
    }

    /** Tells whether anything here takes authentication. */
    boolean authenticates() {
        return discoveryUsers.isPresent()
                || targets.values().stream().anyMatch(target -> target.terms().users().isPresent());
    }
}
