package org.dbstore.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A named list of CHAP users.
 *
 * @param name as the operator calls it
 * @param algorithms allowed hashes: MD5, SHA-1, SHA-256, SHA3-256; the initiator's order decides
 * @param users names are unique, at least one
 */
public record AuthGroupConfig(String name, List<String> algorithms, List<ChapUserConfig> users) {
    /** Checks the values. */
    public AuthGroupConfig {
        algorithms = List.copyOf(algorithms);
        users = List.copyOf(users);
        if (users.isEmpty()) {
            throw new IllegalArgumentException("the group has no users; name at least one");
        }
        Set<String> names = new HashSet<>();
        for (ChapUserConfig user : users) {
            if (!names.add(user.name())) {
                throw new IllegalArgumentException(
                        "user " + user.name() + " is named twice; leave one");
            }
        }
        for (ChapUserConfig user : users) {
            // RFC 7143, section 9.2.1: an initiator that knows the target's secret could play it.
            if (user.mutual().isPresent()
                    && users.stream()
                            .anyMatch(any -> any.secret().equals(user.mutual().get().secret()))) {
                throw new IllegalArgumentException(
                        "the mutual secret of user "
                                + user.name()
                                + " is also a user's secret; make them differ");
            }
        }
    }
}
