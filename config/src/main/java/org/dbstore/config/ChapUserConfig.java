package org.dbstore.config;

import java.util.Optional;

/**
 * Who may log in by CHAP (RFC 7143, section 12.1.3).
 *
 * @param name CHAP_N of the initiator, 1..255 bytes
 * @param secret by which the initiator proves to be it
 * @param mutual by which the target proves itself; an initiator that does not ask for it is refused
 */
public record ChapUserConfig(String name, Secret secret, Optional<Mutual> mutual) {
    /**
     * The target's own identity.
     *
     * @param name CHAP_N of the target, 1..255 bytes
     * @param secret differs from every initiator's
     */
    public record Mutual(String name, Secret secret) {
        /** Checks the values. */
        public Mutual {
            checkName(name);
        }
    }

    /** Checks the values. */
    public ChapUserConfig {
        checkName(name);
    }

    static String checkName(String name) {
        Values.text(name);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name is empty; write one");
        }
        return name;
    }
}
