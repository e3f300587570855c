package org.dbstore.server.iscsi.auth;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Those who may log in by CHAP, and the hashes they may use. Immutable. */
public final class ChapUsers {
    /** Nobody: a login that has to fail, and does so just as one with a wrong secret. */
    public static final ChapUsers NOBODY = new ChapUsers(Set.of(ChapAlgorithm.values()), List.of());

    private final Set<ChapAlgorithm> algorithms;
    private final Map<String, User> users = new HashMap<>();

    /**
     * Somebody with a secret.
     *
     * @param name CHAP_N
     * @param secret never empty
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Identity(String name, byte[] secret) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * An initiator.
     *
     * @param identity by which it proves itself
     * @param mutual by which the target has to prove itself to it
     */
    public record User(Identity identity, Optional<Identity> mutual) {}

    /**
     * Creates a list.
     *
     * @param algorithms allowed
     * @param users names are unique
     */
    public ChapUsers(Set<ChapAlgorithm> algorithms, List<User> users) {
        this.algorithms = Set.copyOf(algorithms);
        users.forEach(user -> this.users.put(user.identity().name(), user));
    }

    /**
     * Chooses the first hash of an initiator's list that is allowed.
     *
     * @param list CHAP_A as sent: numbers separated by commas
     */
    public Optional<ChapAlgorithm> choose(String list) {
        return Arrays.stream(list.split(",", -1))
                .flatMap(code -> ChapAlgorithm.numbered(code).stream())
                .filter(algorithms::contains)
                .findFirst();
    }

    /** Finds a user by its CHAP_N. */
    public Optional<User> find(String name) {
        return Optional.ofNullable(users.get(name));
    }
}
