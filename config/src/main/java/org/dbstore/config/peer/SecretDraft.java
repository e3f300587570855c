package org.dbstore.config.peer;

import org.dbstore.config.Place;
import org.dbstore.config.Secret;

import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Groups of users, whose secrets go into files. */
final class SecretDraft {
    /** Of a new secret: 16 characters, which Windows takes too. */
    private static final int NEW_BYTES = 8;

    private final Draft draft;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Object> groups = new LinkedHashMap<>();
    private final Map<String, String> files = new LinkedHashMap<>();

    SecretDraft(Draft draft) {
        this.draft = draft;
    }

    Map<String, Object> groups() {
        return groups;
    }

    /** Secrets by path. */
    Map<String, String> files() {
        return files;
    }

    Optional<String> group(String wanted, Collection<PeerUser> users) {
        if (users.isEmpty()) {
            return Optional.empty();
        }
        String name = label(wanted);
        Map<String, Object> entries = new LinkedHashMap<>();
        Set<String> secrets = new HashSet<>();
        for (PeerUser user : users) {
            if (entries.containsKey(user.name())) {
                draft.note(
                        user.place(),
                        "user " + user.name() + " is given twice; the first secret was taken");
                continue;
            }
            Map<String, Object> keys = new LinkedHashMap<>();
            keys.put("secret-file", file(name, user.name(), user.secret(), user.place(), secrets));
            entries.put(user.name(), keys);
        }
        for (PeerUser user : users) {
            if (!user.mutualName().isEmpty()
                    && entries.get(user.name()) instanceof Map<?, ?> keys
                    && !keys.containsKey("mutual-name")) {
                Map<String, Object> extended = new LinkedHashMap<>();
                keys.forEach((key, value) -> extended.put(key.toString(), value));
                extended.put("mutual-name", user.mutualName());
                extended.put("mutual-secret-file", mutual(name, user, secrets));
                entries.put(user.name(), extended);
            }
        }
        groups.put(name, Map.of("users", entries));
        return Optional.of(name);
    }

    private String mutual(String group, PeerUser user, Set<String> secrets) {
        String secret = user.mutualSecret();
        if (secrets.contains(secret)) {
            draft.note(
                    user.place(),
                    "the secret of the target for user "
                            + user.name()
                            + " is also a user's, which could then play the target; a new one was"
                            + " made: tell the initiator");
            secret = "";
        }
        return file(group, user.name() + "-mutual", secret, user.place(), new HashSet<>());
    }

    /** Keeps a secret, or a new one if it cannot be used; returns the path of its file. */
    private String file(
            String group, String user, String secret, Place place, Set<String> secrets) {
        String base = "secrets/" + group + "-" + user.replaceAll("[^A-Za-z0-9._-]", "_");
        String path = base;
        for (int i = 2; files.containsKey(path); i++) {
            path = base + "-" + i;
        }
        String kept = secret;
        try {
            if (!secret.isEmpty()) {
                kept =
                        new String(
                                new Secret(secret).bytes(),
                                java.nio.charset.StandardCharsets.UTF_8);
            }
            if (!kept.equals(kept.stripTrailing())) {
                throw new IllegalArgumentException("the secret ends with a blank");
            }
        } catch (IllegalArgumentException e) {
            draft.note(
                    place,
                    user
                            + ": "
                            + e.getMessage()
                            + "; a new one was made in "
                            + path
                            + ": give it to the initiator");
            kept = "";
        }
        if (kept.isEmpty()) {
            byte[] bytes = new byte[NEW_BYTES];
            random.nextBytes(bytes);
            kept = HexFormat.of().formatHex(bytes);
        }
        files.put(path, kept);
        secrets.add(kept);
        return path;
    }

    /** A name of ours that is not taken. */
    private String label(String wanted) {
        String clean = wanted.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^[-_]+", "");
        String base = clean.substring(0, Math.min(clean.length(), 50));
        String name = base.isEmpty() ? "users" : base;
        for (int i = 2; groups.containsKey(name); i++) {
            name = base + "-" + i;
        }
        return name;
    }
}
