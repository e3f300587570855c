package org.dbstore.config;

import org.dbstore.config.Secret.Reference;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@link ConfigKey#AUTH_GROUPS}, and the secrets from where they are. */
final class AuthSection {
    /** A file with more is none that holds a secret. */
    private static final int FILE_BYTES_MAX = 4096;

    private final Path baseDirectory;
    private final Map<String, String> environment;
    private final Map<String, Optional<AuthGroupConfig>> groups = new LinkedHashMap<>();

    /**
     * Creates the reader.
     *
     * @param baseDirectory what relative paths are relative to
     * @param environment variables of the process
     */
    AuthSection(Path baseDirectory, Map<String, String> environment) {
        this.baseDirectory = baseDirectory;
        this.environment = environment;
    }

    /** Reads the groups; before {@link #named}. */
    AuthSection read(Entry root) {
        root.one(ConfigKey.AUTH_GROUPS)
                .map(Entry::entries)
                .orElse(List.of())
                .forEach(entry -> groups.put(entry.name(), group(entry)));
        return this;
    }

    /** All that were read, without those that are wrong. */
    List<AuthGroupConfig> groups() {
        return groups.values().stream().flatMap(Optional::stream).toList();
    }

    /**
     * The group that an entry names; empty if it is wrong, which has been noted.
     *
     * @throws IllegalArgumentException if there is none
     */
    Optional<AuthGroupConfig> named(String name) {
        Optional<AuthGroupConfig> group = groups.get(name);
        if (group != null) {
            return group;
        }
        throw new IllegalArgumentException(
                "there is no auth group '"
                        + name
                        + "'; "
                        + Spelling.nearest(name, groups.keySet())
                                .map(word -> "did you mean '" + word + "'?")
                                .orElse("define it under auth-groups"));
    }

    private Optional<AuthGroupConfig> group(Entry entry) {
        entry.checkKeys(ConfigKey.AUTH_ALGORITHMS);
        Optional<String> name = entry.parsedName(Values::label);
        List<String> algorithms =
                entry.all(ConfigKey.AUTH_ALGORITHMS).stream()
                        .flatMap(item -> item.parsed(ConfigKey.AUTH_ALGORITHMS::choose).stream())
                        .distinct()
                        .toList();
        List<ChapUserConfig> users = new ArrayList<>();
        List<Entry> entries = entry.one(ConfigKey.AUTH_USERS).map(Entry::entries).orElse(List.of());
        entries.forEach(user -> user(user).ifPresent(users::add));
        if (name.isEmpty() || users.size() < entries.size()) {
            return Optional.empty();
        }
        return entry.guarded(() ->
                new AuthGroupConfig(
                        name.get(),
                        algorithms.isEmpty() ? ConfigKey.AUTH_ALGORITHMS.choices() : algorithms,
                        users));
    }

    private Optional<ChapUserConfig> user(Entry entry) {
        entry.checkKeys(ConfigKey.AUTH_SECRET_FILE);
        Optional<String> name = entry.parsedName(ChapUserConfig::checkName);
        Optional<Secret> secret =
                secret(entry, ConfigKey.AUTH_SECRET_FILE, ConfigKey.AUTH_SECRET_ENV, true);
        Optional<String> mutualName =
                entry.value(ConfigKey.AUTH_MUTUAL_NAME, ChapUserConfig::checkName);
        Optional<Secret> mutualSecret =
                secret(
                        entry,
                        ConfigKey.AUTH_MUTUAL_SECRET_FILE,
                        ConfigKey.AUTH_MUTUAL_SECRET_ENV,
                        mutualName.isPresent());
        if (mutualName.isEmpty() && mutualSecret.isPresent()) {
            entry.problem("a mutual secret without mutual-name; give both or none");
            return Optional.empty();
        }
        if (name.isEmpty()
                || secret.isEmpty()
                || mutualName.isPresent() != mutualSecret.isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                new ChapUserConfig(
                        name.get(),
                        secret.get(),
                        mutualName.map(own ->
                                new ChapUserConfig.Mutual(own, mutualSecret.orElseThrow()))));
    }

    private Optional<Secret> secret(
            Entry user, ConfigKey file, ConfigKey variable, boolean required) {
        Optional<Entry> fromFile = user.one(file);
        Optional<Entry> fromVariable = user.one(variable);
        if (fromFile.isPresent() && fromVariable.isPresent()) {
            fromVariable.get().problem("there is " + file.key() + " too; leave one of them");
            return Optional.empty();
        }
        if (fromFile.isPresent()) {
            return fromFile.get().parsed(this::fromFile);
        }
        if (fromVariable.isPresent()) {
            return fromVariable.get().parsed(this::fromVariable);
        }
        if (required) {
            user.problem("has no secret; give " + file.key() + " or " + variable.key());
        }
        return Optional.empty();
    }

    private Secret fromVariable(String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the environment has no variable '" + name + "'; set it for dbsd");
        }
        return new Secret(value, Optional.of(new Reference(Reference.Kind.VARIABLE, name)));
    }

    private Secret fromFile(String text) {
        Path path = baseDirectory.resolve(text).normalize();
        try {
            PrivateFiles.check(path);
            if (Files.size(path) > FILE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        path + " is too long to be a secret; name another");
            }
            return new Secret(
                    Files.readString(path).stripTrailing(),
                    Optional.of(new Reference(Reference.Kind.FILE, path.toString())));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(path + " does not exist; write the secret there", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(path + " is not text in UTF-8; write it anew", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    path + " cannot be read: " + e.getMessage() + "; check its owner", e);
        }
    }
}
